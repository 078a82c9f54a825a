"""A running `duban serve` over a filled data folder."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from duban.web.visit import COOKIE
from models.clock import now, today
from models.database import open_engine, sqlite_url, unit_of_work
from models.people.person import Person
from tasks.access.hold_session import start_session
from tests.benchmarks.populate import populate
from tests.homes import lay_home


def lay_filled(home: Path, items: int, supervisor: int) -> str:
    """Fill a data folder, as if the sweep of today were done; the cookie of this person."""
    lay_home(home)
    engine = open_engine(sqlite_url(home / "duban.db"))
    with engine.begin() as connection:
        for table in ("rung", "policy", "last_run"):
            connection.execute(text(f"DELETE FROM {table}"))
    populate(engine, items)
    with unit_of_work(engine) as session:
        session.execute(text('UPDATE last_run SET "on" = :today'), {"today": today()})
        person = session.get_one(Person, supervisor)
        token = start_session(session, person, address="127.0.0.1", agent="benchmark", now=now())
    engine.dispose()
    return f"{COOKIE}={token}"


@contextmanager
def serving(home: Path, *options: str) -> Iterator[tuple[int, str]]:
    """Its process, and the address it answers at."""
    command = [sys.executable, "-m", "duban.cli", "--home", str(home), "serve", *options, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8") as process:
        assert process.stdout is not None
        yield process.pid, process.stdout.readline().split("http://")[1].split("/")[0]
        process.terminate()
