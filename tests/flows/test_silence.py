"""Work of which nothing is heard for long is ended, wherever it waits; work that goes on is not."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from flows.round import Round
from flows.silence import SilentError, ended_when_silent
from models.database import open_engine, unit_of_work
from models.engine.shard import Shard
from models.items.plan import AnnualPlan
from models.migrate import create_or_upgrade
from models.people.organ import Organ
from models.settings import Settings

pytestmark = pytest.mark.postgres
SHORT = dt.timedelta(seconds=2)
LOCK = text("LOCK TABLE organ IN ACCESS EXCLUSIVE MODE")


@pytest.fixture
def database(postgres_database: str, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(postgres_database)
    create_or_upgrade(Settings(home=tmp_path, database_url=postgres_database))
    yield engine
    engine.dispose()


@contextmanager
def held(database: Engine) -> Iterator[None]:
    """Nobody else comes to the organs."""
    with database.connect() as connection:
        connection.execute(LOCK)
        yield


def waiting(database: Engine) -> int:
    with database.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


def test_work_that_waits_for_a_lock_is_ended_and_leaves_nothing_waiting_in_the_server(database: Engine) -> None:
    ended = pytest.raises(SilentError, match="2 秒没有进展")
    with held(database), ended, ended_when_silent(SHORT), unit_of_work(database) as session:
        session.exec(select(Organ)).all()

    assert waiting(database) == 0


def test_a_round_over_organs_does_not_take_its_end_for_the_failure_of_an_organ(database: Engine) -> None:
    with unit_of_work(database) as session:
        for number in (1, 2):
            session.add(Organ(id=number, code=f"o{number}", name=f"第{number}局"))
            session.flush()
            session.add(AnnualPlan(organ_id=number, year=2025, title="计划"))
    going = Round(database, "年度报告编制", Shard())

    def hang(session: object, _organ: Organ, _plan: AnnualPlan) -> dict[str, object]:
        with open_engine(str(database.url.render_as_string(hide_password=False))).connect() as other:
            other.execute(text("SELECT pg_sleep(600)"))
        return {}

    with pytest.raises(SilentError), ended_when_silent(SHORT):
        going.over(select(AnnualPlan), hang)

    assert (going.results, going.problems) == ([], [])


def test_work_that_goes_on_is_not_ended_however_long_it_takes(database: Engine) -> None:
    with ended_when_silent(SHORT), database.connect() as connection:
        for _ in range(12):
            connection.execute(text("SELECT pg_sleep(0.25)"))
