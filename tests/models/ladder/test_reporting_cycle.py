"""Reporting periods: each day lies in one, and each is reported by a working day where it has one."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dates.workdays import DayRule, WorkCalendar
from models.ladder.policy import ReportingCycle
from models.ladder.reporting_cycle import Period, period_of, periods

CALENDAR = WorkCalendar()
PERIODIC = [ReportingCycle.WEEKLY, ReportingCycle.MONTHLY, ReportingCycle.QUARTERLY]
DAY = dt.timedelta(days=1)
days = st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31))
by = st.integers(1, 31)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def period(cycle: ReportingCycle, on: str, *, by: int = 25, calendar: WorkCalendar = CALENDAR) -> tuple[str, ...]:
    found = period_of(cycle, day(on), day=by, calendar=calendar)
    assert found is not None
    return str(found.first), str(found.last), str(found.due_on), found.label


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-06-24", ("2026-06-22", "2026-06-28", "2026-06-26", "2026年第26周")),
        ("2026-06-22", ("2026-06-22", "2026-06-28", "2026-06-26", "2026年第26周")),
        ("2026-06-28", ("2026-06-22", "2026-06-28", "2026-06-26", "2026年第26周")),
        ("2026-10-07", ("2026-10-05", "2026-10-11", "2026-10-10", "2026年第41周")),  # the Saturday works
        ("2026-09-30", ("2026-09-28", "2026-10-04", "2026-09-30", "2026年第40周")),  # from Thursday on it rests
    ],
)
def test_a_week_is_filled_by_its_last_working_day(on: str, expected: tuple[str, ...]) -> None:
    assert period(ReportingCycle.WEEKLY, on) == expected


def test_a_week_without_a_working_day_is_filled_by_its_sunday() -> None:
    shut = WorkCalendar(DayRule(day("2026-06-22") + turn * DAY, working=False, name="停电") for turn in range(7))
    assert period(ReportingCycle.WEEKLY, "2026-06-24", calendar=shut)[2] == "2026-06-28"


@pytest.mark.parametrize(
    ("on", "label"),
    [
        ("2025-12-29", "2026年第1周"),  # its Thursday is New Year's Day
        ("2026-01-04", "2026年第1周"),
        ("2026-12-31", "2026年第53周"),
        ("2027-01-03", "2026年第53周"),
        ("2027-01-04", "2027年第1周"),
        ("2024-12-31", "2025年第1周"),
    ],
)
def test_a_week_across_the_new_year_is_named_by_the_year_it_belongs_to(on: str, label: str) -> None:
    assert period(ReportingCycle.WEEKLY, on)[3] == label


@pytest.mark.parametrize(
    ("on", "by", "due"),
    [
        ("2026-06-03", 25, "2026-06-25"),
        ("2026-07-30", 25, "2026-07-24"),  # the 25th is a Saturday
        ("2026-10-01", 25, "2026-10-23"),  # a Sunday, with its Saturday before
        ("2026-02-11", 25, "2026-02-25"),
        ("2026-02-11", 31, "2026-02-28"),  # its last day, a Saturday that works
        ("2026-02-11", 29, "2026-02-28"),
        ("2024-02-11", 31, "2024-02-29"),
        ("2026-10-20", 3, "2026-10-08"),  # the month begins with a week of rest, and no day before it is of this month
    ],
)
def test_a_month_is_filled_by_its_day_or_the_working_day_before(on: str, by: int, due: str) -> None:
    assert period(ReportingCycle.MONTHLY, on, by=by)[2] == due


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-01-01", ("2026-01-01", "2026-03-31", "2026-03-25", "2026年第一季度")),
        ("2026-05-31", ("2026-04-01", "2026-06-30", "2026-06-25", "2026年第二季度")),
        ("2026-09-30", ("2026-07-01", "2026-09-30", "2026-09-24", "2026年第三季度")),  # 25 September rests
        ("2026-12-31", ("2026-10-01", "2026-12-31", "2026-12-25", "2026年第四季度")),
    ],
)
def test_a_quarter_is_filled_in_its_last_month(on: str, expected: tuple[str, ...]) -> None:
    assert period(ReportingCycle.QUARTERLY, on) == expected


def test_what_is_not_periodic_has_no_period() -> None:
    assert period_of(ReportingCycle.NONE, day("2026-06-24"), day=25, calendar=CALENDAR) is None
    assert (
        list(periods(ReportingCycle.NONE, since=day("2026-01-01"), until=day("2026-12-31"), day=1, calendar=CALENDAR))
        == []
    )


@pytest.mark.parametrize(
    ("cycle", "many"), [(ReportingCycle.WEEKLY, 52), (ReportingCycle.MONTHLY, 12), (ReportingCycle.QUARTERLY, 4)]
)
def test_a_year_has_so_many_days_to_fill_and_each_its_own_name(cycle: ReportingCycle, many: int) -> None:
    found = list(periods(cycle, since=day("2025-01-01"), until=day("2025-12-31"), day=25, calendar=CALENDAR))
    assert len(found) == len({one.label for one in found}) == many


def test_both_ends_of_a_span_count() -> None:
    def filled(since: str, until: str) -> list[str]:
        found = periods(ReportingCycle.MONTHLY, since=day(since), until=day(until), day=25, calendar=CALENDAR)
        return [str(one.due_on) for one in found]

    assert filled("2026-06-25", "2026-07-24") == ["2026-06-25", "2026-07-24"]
    assert filled("2026-06-26", "2026-07-23") == []


@given(st.sampled_from(PERIODIC), days, by)
def test_a_day_lies_in_its_period_and_both_ends_lie_in_the_same(cycle: ReportingCycle, on: dt.date, by: int) -> None:
    found = period_of(cycle, on, day=by, calendar=CALENDAR)
    assert found is not None
    assert found.first <= on <= found.last
    assert found.first <= found.due_on <= found.last
    assert {period_of(cycle, one, day=by, calendar=CALENDAR) for one in (found.first, found.last)} == {found}


@given(st.sampled_from(PERIODIC), days, by)
def test_a_day_to_fill_by_is_a_working_day_where_the_period_has_one(
    cycle: ReportingCycle, on: dt.date, by: int
) -> None:
    found = period_of(cycle, on, day=by, calendar=CALENDAR)
    assert found is not None
    whole = [found.first + turn * DAY for turn in range((found.last - found.first).days + 1)]
    assert CALENDAR.is_working(found.due_on) or not any(CALENDAR.is_working(one) for one in whole)


@given(st.sampled_from(PERIODIC), days, st.integers(0, 400), by)
def test_periods_follow_each_other_without_a_gap(cycle: ReportingCycle, since: dt.date, length: int, by: int) -> None:
    until = since + length * DAY
    found: list[Period] = list(periods(cycle, since=since, until=until, day=by, calendar=CALENDAR))
    assert all(before.last + DAY == after.first for before, after in pairwise(found))
    assert all(since <= one.due_on <= until for one in found)
    every = [period_of(cycle, since + turn * DAY, day=by, calendar=CALENDAR) for turn in range(length + 1)]
    wanted = [one for one in dict.fromkeys(every) if one is not None and since <= one.due_on <= until]
    assert found == wanted
