"""Units of days: what is counted forth is counted back, and each says by what it counts."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dates.unit import Unit
from models.dates.workdays import WorkCalendar

CALENDAR = WorkCalendar()
DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2026, 11, 1))


@pytest.mark.parametrize("unit", list(Unit))
@given(day=DAYS, count=st.integers(0, 40))
def test_as_many_lie_between_as_were_counted(unit: Unit, day: dt.date, count: int) -> None:
    assert unit.between(day, unit.later(day, count, CALENDAR), CALENDAR) == count


@pytest.mark.parametrize(
    ("unit", "later"), [(Unit.CALENDAR, "2026-02-20"), (Unit.WORKING, "2026-03-02")], ids=["日", "工作日"]
)
def test_seven_days_over_the_spring_festival(unit: Unit, later: str) -> None:
    """2026-02-14 is a Saturday on which people work; the feast lasts from the 15th to the 23rd."""
    assert unit.later(dt.date(2026, 2, 13), 7, CALENDAR) == dt.date.fromisoformat(later)


def test_each_unit_says_by_what_it_counts_and_how_long_it_is() -> None:
    assert {unit: (unit.counting, unit.rests) for unit in Unit} == {
        Unit.CALENDAR: ("按自然日", False),
        Unit.WORKING: ("按工作日", True),
    }
    assert Unit.WORKING.in_days(5) == 7 == Unit.CALENDAR.in_days(7)
