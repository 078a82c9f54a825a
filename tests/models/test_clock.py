"""Instants of the office: pendulum's, in its zone, and taken as any aware `datetime` wherever they go."""

import copy
import datetime as dt
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pendulum import DateTime, Interval  # noqa: TID251 - what pendulum does is what these tests are about
from pydantic import BaseModel
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError, StatementError
from sqlmodel import Session, select

from models import clock
from models.clock import OFFICE_ZONE, day_of, local, midnight_of, opening_of
from models.database import unit_of_work
from models.engine.rhythm import LastRun

ON = dt.date(2026, 6, 30)
NINE = dt.datetime(2026, 6, 30, 1, 0, tzinfo=dt.UTC)
zones = st.sampled_from([dt.UTC, OFFICE_ZONE, dt.timezone(dt.timedelta(hours=-8)), dt.timezone(dt.timedelta(hours=14))])
instants = st.datetimes(dt.datetime(1992, 1, 1), dt.datetime(2200, 1, 1), timezones=zones)  # noqa: DTZ001 - bounds
spans = st.timedeltas(dt.timedelta(days=-4000), dt.timedelta(days=4000))


class Told(BaseModel):
    at: dt.datetime
    on: dt.date


def test_the_present_is_an_instant_of_pendulum_in_the_offices_zone() -> None:
    before, now, after = clock.now(), clock.now(), clock.now()

    assert isinstance(now, DateTime)
    assert str(now.tzinfo) == "Asia/Shanghai"
    assert before <= now <= after
    assert type(clock.today()) is dt.date
    assert day_of(before) <= clock.today()


@pytest.mark.parametrize("made", [opening_of(ON), midnight_of(ON) + dt.timedelta(hours=9)])
def test_a_day_opens_at_nine(made: DateTime) -> None:
    assert isinstance(made, DateTime)
    assert made == NINE
    assert made.isoformat() == "2026-06-30T09:00:00+08:00"


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-06-30T15:59:59+00:00", "2026-06-30"),
        ("2026-06-30T16:00:00+00:00", "2026-07-01"),
        ("2026-06-30T08:00:00-08:00", "2026-07-01"),
        ("2026-07-01T05:59:00+14:00", "2026-06-30"),
        ("2025-12-31T16:00:00+00:00", "2026-01-01"),
    ],
)
def test_an_instant_lies_on_the_offices_day_whatever_zone_it_is_told_in(instant: str, day: str) -> None:
    at = dt.datetime.fromisoformat(instant)

    assert day_of(at).isoformat() == day
    assert local(at) == at
    assert f"{local(at):%Y-%m-%d}" == day


@given(instants, instants, spans)
def test_instants_of_pendulum_and_the_standard_library_are_compared_and_subtracted_alike(
    one: dt.datetime, other: dt.datetime, span: dt.timedelta
) -> None:
    told: Any = DateTime.fromtimestamp(0, OFFICE_ZONE) + (one - dt.datetime.fromtimestamp(0, dt.UTC))

    assert (told == one, told < other, hash(told)) == (True, one < other, hash(one))
    assert told + span == one + span
    assert isinstance(told - other, Interval)
    assert (told - other).total_seconds() == (one - other).total_seconds() == -(other - told).total_seconds()
    assert (told - other < span) is (one - other < span)
    assert type(day_of(told)) is dt.date
    assert day_of(told) == day_of(one)


def test_an_instant_is_told_copied_and_kept_as_any_other() -> None:
    at = opening_of(ON)

    told = Told(at=at, on=ON)

    assert told.model_dump_json() == '{"at":"2026-06-30T09:00:00+08:00","on":"2026-06-30"}'
    assert Told.model_validate_json(told.model_dump_json()) == told
    assert pickle.loads(pickle.dumps(at)) == copy.deepcopy(at) == at  # noqa: S301 - our own bytes
    assert json.dumps(at, default=dt.datetime.isoformat) == '"2026-06-30T09:00:00+08:00"'


def test_a_column_takes_an_instant_and_gives_back_the_standard_librarys_in_utc(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session:
        session.add(LastRun(slug="daily", on=ON, ended_at=opening_of(ON)))
    with Session(any_engine) as session:
        kept = session.exec(select(LastRun).where(LastRun.ended_at <= opening_of(ON))).one()
        later = session.exec(select(LastRun).where(LastRun.ended_at > opening_of(ON))).all()

        assert type(kept.ended_at) is dt.datetime
        assert (kept.ended_at, kept.ended_at.tzinfo) == (NINE, dt.UTC)
        assert json.loads(kept.model_dump_json()) == {
            "slug": "daily", "on": "2026-06-30", "ended_at": "2026-06-30T01:00:00Z",
            "problems": [],
        }  # fmt: skip
        assert later == []


def test_a_column_refuses_an_instant_without_a_zone(any_engine: Engine) -> None:
    with Session(any_engine) as session:
        session.add(LastRun(slug="daily", on=ON, ended_at=opening_of(ON).naive()))
        with pytest.raises(StatementError, match="timezone"):
            session.flush()


def test_a_bare_instant_is_refused_by_sqlite_and_taken_by_postgresql(any_engine: Engine) -> None:
    """As text it would match none that a column stored."""
    with Session(any_engine) as session:
        asked = text("SELECT CAST(:at AS VARCHAR(40))"), {"at": opening_of(ON)}
        if any_engine.dialect.name == "sqlite":
            with pytest.raises(ProgrammingError, match="'DateTime' is not supported"):
                session.execute(*asked)
        else:
            assert dt.datetime.fromisoformat(session.execute(*asked).scalar_one()) == NINE
