"""The working calendar, checked against the notices of 2024 to 2026 as the State Council published them."""

import datetime as dt

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dates.legal_rest import rest_by_law
from models.dates.workdays import DayRule, WorkCalendar
from models.errors import BadInputError

CALENDAR = WorkCalendar()
DAYS = st.dates(dt.date(2004, 1, 1), dt.date(2035, 12, 31))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def days_of(year: int) -> list[dt.date]:
    first = dt.date(year, 1, 1)
    return [first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2024-09-30", 1, "2024-10-08"),
        ("2024-09-30", 7, "2024-10-15"),
        ("2024-09-30", 20, "2024-11-01"),
        ("2025-01-24", 1, "2025-01-26"),
        ("2025-01-24", 3, "2025-02-05"),
        ("2025-01-24", 7, "2025-02-10"),
        ("2025-01-24", 20, "2025-02-27"),
        ("2025-09-26", 1, "2025-09-28"),
        ("2025-09-26", 7, "2025-10-13"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 3, "2026-02-25"),
        ("2026-02-13", 7, "2026-03-02"),
        ("2026-02-13", 20, "2026-03-19"),
        ("2026-09-18", 1, "2026-09-20"),
        ("2026-12-25", 3, "2026-12-30"),
    ],
)
def test_counting_starts_on_the_next_day_and_follows_the_notices(start: str, n: int, end: str) -> None:
    assert CALENDAR.add(day(start), n) == day(end)
    assert not CALENDAR.is_provisional(day(end))


def test_a_count_that_reaches_a_year_without_a_notice_leaves_out_what_rests_by_law_and_says_so() -> None:
    reached = CALENDAR.add(day("2026-12-29"), 5)
    assert reached == day("2027-01-06")
    assert CALENDAR.is_provisional(reached)
    assert CALENDAR.why(reached) == "2027年放假安排未公布，按法定节日和周一至周五暂定：工作日"
    assert CALENDAR.why(day("2027-01-02")) == "2027年放假安排未公布，按法定节日和周一至周五暂定：周六休息"


@pytest.mark.parametrize(
    ("on", "name"),
    [
        ("2027-01-01", "元旦"), ("2027-02-05", "除夕"), ("2027-02-08", "春节"), ("2027-04-05", "清明节"),
        ("2027-05-02", "劳动节"), ("2027-06-09", "端午节"), ("2027-09-15", "中秋节"), ("2027-10-01", "国庆节"),
        ("2028-10-03", "中秋节"), ("2033-01-31", "春节"), ("2300-10-02", "国庆节"),
    ],
)  # fmt: skip
def test_what_rests_by_law_rests_in_a_year_without_a_notice_too(on: str, name: str) -> None:
    """Days of 2027 and 2028 by the published calendars; 2033 is the year in which many calendars misplace a month."""
    told = f"{name}，依法放假（{on[:4]}年放假安排未公布，前后的调休待定）"
    assert (CALENDAR.is_working(day(on)), CALENDAR.why(day(on)), CALENDAR.is_special(day(on))) == (False, told, True)


NAMED = {
    "元旦": "New Year's Day", "除夕": "Spring Festival", "春节": "Spring Festival", "清明节": "Tomb-sweeping Day",
    "劳动节": "Labour Day", "端午节": "Dragon Boat Festival", "中秋节": "Mid-autumn Festival", "国庆节": "National Day",
}  # fmt: skip
"""What the package of the notices calls each."""


@pytest.mark.parametrize("year", [2025, 2026])
def test_what_rests_by_law_is_in_every_notice_since_the_revision(year: int) -> None:
    by_law = rest_by_law(year)
    assert len(by_law) == 13
    assert {on: NAMED[name] for on, name in by_law.items()} == {on: chinese_calendar.holidays[on] for on in by_law}


@pytest.mark.parametrize(("year", "working"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_its_notice_leaves(year: int, working: int) -> None:
    assert sum(map(CALENDAR.is_working, days_of(year))) == working
    assert CALENDAR.between(dt.date(year - 1, 12, 31), dt.date(year, 12, 31)) == working


@pytest.mark.parametrize(
    ("year", "weekends"),
    [
        (2024, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
        (2025, "01-26 02-08 04-27 09-28 10-11"),
        (2026, "01-04 02-14 02-28 05-09 09-20 10-10"),
    ],
)
def test_the_working_weekends_are_those_of_the_notice(year: int, weekends: str) -> None:
    worked = [f"{one:%m-%d}" for one in days_of(year) if one.weekday() > 4 and CALENDAR.is_working(one)]
    assert worked == weekends.split()


def test_the_eve_of_the_spring_festival_of_2024_was_a_working_day_by_law() -> None:
    assert CALENDAR.is_working(day("2024-02-09"))


@pytest.mark.parametrize(
    ("on", "before"),
    [
        ("2026-03-01", "2026-02-28"),
        ("2025-01-31", "2025-01-27"),
        ("2026-01-31", "2026-01-30"),
        ("2024-03-01", "2024-03-01"),
        ("2026-09-19", "2026-09-18"),
        ("2026-09-20", "2026-09-20"),
    ],
)
def test_statutory_days_that_fall_on_rest_have_a_working_day_before(on: str, before: str) -> None:
    assert CALENDAR.on_or_before(day(on)) == day(before)


def test_the_working_day_after_a_rest_day_may_be_a_sunday() -> None:
    assert CALENDAR.on_or_after(day("2026-09-19")) == day("2026-09-20")
    assert CALENDAR.on_or_after(day("2026-10-01")) == day("2026-10-08")


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_the_first_of_april_is_a_working_day(year: int) -> None:
    assert CALENDAR.is_working(dt.date(year, 4, 1))


@pytest.mark.parametrize(
    ("on", "why"),
    [
        ("2026-10-03", "国庆节放假"),
        ("2026-10-10", "调休上班（国庆节）"),
        ("2026-06-19", "端午节放假"),
        ("2026-06-27", "周六休息"),
        ("2026-06-28", "周日休息"),
        ("2026-06-30", "工作日"),
        ("2026-12-30", "工作日（2027年放假安排公布后可能调整）"),
        ("2025-12-30", "工作日"),
        ("2003-04-30", "2003年放假安排未公布，按法定节日和周一至周五暂定：工作日"),
    ],
)
def test_each_day_says_why(on: str, why: str) -> None:
    assert CALENDAR.why(day(on)) == why


def test_the_years_with_a_notice_come_from_the_package_itself() -> None:
    years = [year for year in range(1990, 2100) if not CALENDAR.is_provisional(dt.date(year, 7, 1))]
    assert years == list(range(2004, years[-1] + 1))
    assert years[-1] >= 2026
    assert not CALENDAR.is_provisional(dt.date(years[-1], 12, 31))
    assert CALENDAR.is_provisional(dt.date(years[-1] + 1, 1, 1))


def test_an_office_arranges_its_own_days() -> None:
    calendar = WorkCalendar(
        [
            DayRule(day("2026-06-29"), False, "办公楼搬迁"),
            DayRule(day("2026-06-27"), True, "集中办公"),
        ]
    )
    assert calendar.add(day("2026-06-26"), 1) == day("2026-06-27")
    assert calendar.add(day("2026-06-26"), 2) == day("2026-06-30")
    assert calendar.why(day("2026-06-29")) == "本单位安排：办公楼搬迁（休息）"
    assert calendar.why(day("2026-06-27")) == "本单位安排：集中办公（上班）"
    assert calendar.between(day("2025-12-31"), day("2026-12-31")) == 248


def test_a_single_arranged_day_leaves_the_rest_of_its_year_provisional() -> None:
    calendar = WorkCalendar([DayRule(day("2027-10-01"), False, "国庆节")])
    assert not calendar.is_provisional(day("2027-10-01"))
    assert calendar.is_provisional(day("2027-10-08"))


def test_an_imported_notice_makes_its_year_known() -> None:
    calendar = WorkCalendar(
        [
            DayRule(day("2027-01-01"), False, "元旦"),
            DayRule(day("2027-10-01"), False, "国庆节"),
            DayRule(day("2027-10-09"), True, "国庆节"),
        ]
    )
    assert not calendar.is_provisional(day("2027-06-30"))
    assert calendar.why(day("2027-06-30")) == "工作日"
    assert calendar.is_working(day("2027-10-09"))
    assert calendar.is_provisional(day("2028-01-03"))


def test_a_count_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(BadInputError, match="超出可以计算的范围"):
        CALENDAR.add(day("2026-01-01"), 10_000_000)


@given(DAYS, st.integers(-600, 600))
def test_adding_there_and_back_returns_to_a_working_day(start: dt.date, n: int) -> None:
    working = CALENDAR.on_or_after(start)
    assert CALENDAR.add(CALENDAR.add(working, n), -n) == working


@given(DAYS, st.integers(-600, 600))
def test_between_is_the_inverse_of_add(start: dt.date, n: int) -> None:
    assert CALENDAR.between(start, CALENDAR.add(start, n)) == n


@given(DAYS, DAYS, st.integers(-60, 60))
def test_a_later_day_never_reaches_an_earlier_one(a: dt.date, b: dt.date, n: int) -> None:
    first, last = sorted((a, b))
    assert CALENDAR.add(first, n) <= CALENDAR.add(last, n)
    assert CALENDAR.on_or_before(first) <= CALENDAR.on_or_before(last)
    assert CALENDAR.on_or_after(first) <= CALENDAR.on_or_after(last)


@given(DAYS, st.integers(1, 30), st.dictionaries(DAYS, st.booleans(), max_size=20))
def test_counting_by_hand_gives_the_same(start: dt.date, n: int, arranged: dict[dt.date, bool]) -> None:
    near = {start + dt.timedelta(days=(one - start).days % 40): works for one, works in arranged.items()}
    calendar = WorkCalendar(DayRule(one, works, "安排") for one, works in near.items())
    reached, left = start, n
    while left:
        reached += dt.timedelta(days=1)
        left -= calendar.is_working(reached)
    assert calendar.add(start, n) == reached
