"""The database: engines for SQLite and PostgreSQL, and sessions that are committed at the edge only."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Session, create_engine


def sqlite_url(path: Path) -> str:
    """The address of the embedded database."""
    return f"sqlite:///{path}"


def key(row_id: int | None) -> int:
    """The id of a row that has been flushed. Raises LookupError for one that has not."""
    if row_id is None:
        raise LookupError("row has no id yet: flush it first")
    return row_id


def open_engine(url: str) -> Engine:
    """An engine for `url`; SQLite gets foreign keys, write-ahead logging and immediate transactions.

    An immediate transaction takes the write lock at once, so that two processes queue up instead of one
    failing half-way with a locked database.
    """
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if url.startswith("postgresql"):
        # Compiling a sweep takes PostgreSQL a hundred times as long as running it.
        engine = create_engine(url, pool_pre_ping=True, connect_args={"options": "-c jit=off"})
    else:
        engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Any) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """A session that commits when its block ends and rolls back whole when it raises."""
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.commit()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only looks: it takes no write lock, and closing it drops whatever it changed.

    What it loaded stays readable afterwards.
    """
    with Session(engine.execution_options(reading=True), expire_on_commit=False) as session:
        yield session
