"""What tests of every folder share: databases, SQLite in a file per test, PostgreSQL from a wheel."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from sqlalchemy import Engine

from models.database import sqlite_url
from models.settings import Settings
from tasks.access import hash_password
from tests.databases import Emptied, compile_once, disposed, lay_sqlite, made_database, served_postgres

settings.register_profile("house", deadline=None)
"""No test asserts a time, not even by hypothesis' default."""
settings.load_profile("ci" if os.environ.get("CI") else "house")

compile_once("sqlite://")

STRONG = hash_password.HASHER
hash_password.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Passwords of tests guard nothing; one test takes `STRONG`, which is what the product keeps them with."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database in a file, with every table."""
    with disposed(lay_sqlite(tmp_path / "test.db")) as made:
        yield made


@pytest.fixture
def other_engine(tmp_path: Path) -> Iterator[Engine]:
    """The database of another office, on a machine of its own."""
    with disposed(lay_sqlite(tmp_path / "other.db")) as made:
        yield made


@pytest.fixture
def database(settings: Settings) -> Iterator[Engine]:
    """The database of the place that the test's own `settings` describe."""
    with disposed(settings.database) as made:
        yield made


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server. Where it cannot start, tests are skipped with the reason, but on CI they fail."""
    with ExitStack() as held:
        try:
            url = held.enter_context(served_postgres())
        except Exception as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"PostgreSQL did not start here: {error}")
        yield url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    with made_database(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_emptied(postgres_url: str) -> Iterator[Emptied]:
    """The database with every table that tests on PostgreSQL are given one after the other."""
    made = Emptied(postgres_url)
    yield made
    made.drop()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database without tables, once on each system the product runs on."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "test.db")
    found: str = request.getfixturevalue("postgres_database")
    return found


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty database with every table, once on each system the product runs on."""
    if request.param == "sqlite":
        yield request.getfixturevalue("engine")
        return
    shared: Emptied = request.getfixturevalue("postgres_emptied")
    with disposed(shared.url) as made:
        yield made
    shared.empty()
