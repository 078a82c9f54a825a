"""Days, weeks, months and quarters against an oracle that only ever steps from one day to the next."""

import copy
import datetime as dt
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pendulum import Date, Interval  # noqa: TID251 - what pendulum does is what these tests are about
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session, select

from models.clock import opening_of
from models.database import unit_of_work
from models.dates.days import (
    DAY,
    Stretch,
    add_months,
    add_years,
    days_from,
    first_of,
    last_of,
    length_of_month,
    nth_weekday,
    quarter_name,
    spoken,
    weekday_name,
)
from models.engine.rhythm import LastRun

days = st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31))
stretches = st.sampled_from(["week", "month", "quarter", "year"])
_NAMED: dict[str, Callable[[dt.date], object]] = {
    "week": lambda day: day.isocalendar()[:2],
    "month": lambda day: (day.year, day.month),
    "quarter": lambda day: (day.year, (day.month + 2) // 3),
    "year": lambda day: day.year,
}


def walked(stretch: str, day: dt.date, step: int) -> dt.date:
    """As far as the name of the stretch stays the same."""
    name = _NAMED[stretch]
    while name(day + step * DAY) == name(day):
        day += step * DAY
    return day


@given(stretches, days)
def test_a_stretch_goes_from_its_first_day_to_its_last(stretch: Stretch, day: dt.date) -> None:
    assert first_of(stretch, day) == walked(stretch, day, -1)
    assert last_of(stretch, day) == walked(stretch, day, 1)


@given(days)
def test_a_month_is_as_long_as_it_has_days(day: dt.date) -> None:
    assert length_of_month(day) == len(days_from(first_of("month", day), last_of("month", day)))


@given(days, st.integers(-60, 60))
def test_months_are_counted_on_and_a_day_that_is_missing_is_the_last(day: dt.date, count: int) -> None:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = walked("month", dt.date(year, month + 1, 1), 1)

    assert add_months(day, count) == dt.date(year, month + 1, min(day.day, last.day))


@given(days, st.integers(-50, 50))
def test_years_are_counted_on_as_twelve_months_each(day: dt.date, count: int) -> None:
    assert add_years(day, count) == add_months(day, 12 * count)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-02-28", 1, "2026-03-28"),
        ("2026-12-31", -10, "2026-02-28"),
        ("2026-10-31", 13, "2027-11-30"),
        ("2028-02-29", -12, "2027-02-28"),
    ],
)
def test_a_month_too_short_ends_on_its_last_day(day: str, count: int, expected: str) -> None:
    assert add_months(dt.date.fromisoformat(day), count).isoformat() == expected


@given(days, st.integers(1, 5), st.integers(0, 6))
def test_a_weekday_of_a_month_is_found_or_missing(day: dt.date, nth: int, weekday: int) -> None:
    inside = days_from(first_of("month", day), last_of("month", day))
    such = [one for one in inside if one.weekday() == weekday]
    if len(such) < nth:
        with pytest.raises(ValueError, match="weekday"):
            nth_weekday(day, nth, weekday)
    else:
        assert nth_weekday(day, nth, weekday) == such[nth - 1]


@given(days, st.integers(-3, 400))
def test_days_are_told_one_by_one(first: dt.date, count: int) -> None:
    assert days_from(first, first + (count - 1) * DAY) == [first + turn * DAY for turn in range(count)]


def test_weeks_end_with_the_calendar() -> None:
    assert last_of("week", dt.date(9999, 12, 26)) == dt.date(9999, 12, 26)
    with pytest.raises(OverflowError):
        last_of("week", dt.date.max)
    with pytest.raises(ValueError, match="weekday"):
        nth_weekday(dt.date.max, 5, 0)
    with pytest.raises(ValueError, match="10000"):
        add_months(dt.date.max, 1)


def test_a_day_is_spoken_in_the_form_of_the_house() -> None:
    """The names of the weekdays are those of pendulum's Chinese."""
    monday = dt.date(2026, 6, 29)

    assert [weekday_name(monday + turn * DAY) for turn in range(7)] == [
        "周一", "周二", "周三", "周四", "周五", "周六", "周日",
    ]  # fmt: skip
    assert spoken(dt.date(2026, 6, 30), beside=monday) == "6月30日（周二）"
    assert spoken(dt.date(2026, 6, 30)) == "2026年6月30日（周二）"
    assert spoken(dt.date(2027, 1, 1), beside=monday) == "2027年1月1日（周五）"
    assert spoken(dt.date(26, 1, 1)) == "26年1月1日（周四）"


def test_a_quarter_is_named() -> None:
    assert [quarter_name(dt.date(2026, month, 1)) for month in range(1, 13)] == [
        f"2026年第{numeral}季度" for numeral in "一一一二二二三三三四四四"
    ]


@given(stretches, days)
def test_what_is_reckoned_is_a_plain_day_whatever_came_in(stretch: Stretch, day: dt.date) -> None:
    """sqlite3 and JSON by exact type take no other, and so a day of pendulum's stops here."""
    asked = Date(day.year, day.month, day.day)
    answers = [
        first_of(stretch, asked), last_of(stretch, asked), add_months(asked, 1), add_years(asked, 1),
        nth_weekday(asked, 1, 0), *days_from(asked, asked),
    ]  # fmt: skip

    assert {type(answer) for answer in answers} == {dt.date}


# What pendulum's day is like, so that a release that changes it is seen here first.


@given(days, days)
def test_a_day_of_pendulum_compares_and_hashes_as_a_day(one: dt.date, other: dt.date) -> None:
    told = Date(one.year, one.month, one.day)

    assert (told == other, told < other, hash(told)) == (one == other, one < other, hash(one))
    assert told.isoformat() == one.isoformat() == str(told)
    assert pickle.loads(pickle.dumps(told)) == copy.deepcopy(told) == one  # noqa: S301 - our own bytes


@given(days, days)
def test_days_between_keep_their_sign_whichever_side_is_pendulums(one: dt.date, other: dt.date) -> None:
    """`abs` of an interval, as `diff` makes them, would not."""
    apart = (one - other).days
    told: Any = Date(one.year, one.month, one.day)
    span = told - other

    assert isinstance(span, Interval)
    assert span.days == span.in_days() == apart
    assert (one - Date(other.year, other.month, other.day)).days == apart
    assert span == dt.timedelta(days=apart)
    assert told.diff(other).in_days() == abs(apart)


def test_a_day_of_pendulum_is_no_json_of_its_own() -> None:
    with pytest.raises(TypeError):
        json.dumps(Date(2026, 1, 1))


def test_a_day_of_pendulum_put_into_a_column_comes_back_plain(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session:
        session.add(LastRun(slug="daily", on=Date(2026, 1, 6), ended_at=opening_of(dt.date(2026, 1, 6))))
    with Session(any_engine) as session:
        kept = session.exec(select(LastRun).where(LastRun.on >= Date(2026, 1, 6))).one()

        assert type(kept.on) is dt.date
        assert kept.on == Date(2026, 1, 6)
        assert json.loads(kept.model_dump_json())["on"] == "2026-01-06"


def test_a_bare_day_of_pendulum_is_refused_by_sqlite_and_taken_by_postgresql(any_engine: Engine) -> None:
    with Session(any_engine) as session:
        asked = text("SELECT CAST(:day AS VARCHAR(10))"), {"day": Date(2026, 1, 6)}
        if any_engine.dialect.name == "sqlite":
            with pytest.raises(ProgrammingError, match="'Date' is not supported"):
                session.execute(*asked)
        else:
            assert session.execute(*asked).scalar_one() == "2026-01-06"
