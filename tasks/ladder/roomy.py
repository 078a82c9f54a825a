"""Room for the pages of a large office's database while its sweep writes."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

LARGE = 50_000
"""Deadlines from which on the indexes of the notices are more than SQLite keeps in memory of itself."""
_ROOM, _USUAL = 64_000, 2_000
"""KiB of pages of one connection."""


@contextmanager
def roomy(connection: Connection, deadlines: int) -> Iterator[None]:
    """Let SQLite hold 64 MB of a large database's pages, not 2: each notice goes into nine indexes, most of them in no
    order, whose pages would be read again and again. PostgreSQL has a cache of its own.
    """
    if connection.dialect.name != "sqlite" or deadlines < LARGE:
        yield
        return
    connection.exec_driver_sql(f"PRAGMA cache_size=-{_ROOM}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size=-{_USUAL}")
