"""What a ledger works out: a last day is kept, and SQL compares days where it cannot count working days."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dates.workdays import DayRule, WorkCalendar
from models.ledgers.derive import as_typed, keep_last_day
from models.ledgers.term import TermUnit, add_term

CALENDAR = WorkCalendar()
DERIVE = keep_last_day("answer", "asked_on", "due_on")


@pytest.mark.parametrize(
    ("amount", "unit", "due"),
    [
        (7, TermUnit.WORKING, dt.date(2025, 10, 13)),
        (7, TermUnit.CALENDAR, dt.date(2025, 10, 3)),
        (1, TermUnit.MONTH, dt.date(2025, 10, 26)),
    ],
)
def test_the_last_day_is_by_the_office_s_term(amount: int, unit: TermUnit, due: dt.date) -> None:
    asked: list[str] = []

    def of(code: str) -> tuple[int, TermUnit]:
        asked.append(code)
        return amount, unit

    values = {"asked_on": dt.date(2025, 9, 26), "question": "何时办理"}
    assert DERIVE(values, CALENDAR, of) == {**values, "due_on": due}
    assert asked == ["answer"]


def test_an_office_that_rests_has_a_later_last_day() -> None:
    resting = WorkCalendar([DayRule(dt.date(2025, 3, 4), working=False, name="停电")])
    values = {"asked_on": dt.date(2025, 3, 3)}

    assert DERIVE(values, resting, lambda _code: (1, TermUnit.WORKING))["due_on"] == dt.date(2025, 3, 5)


def test_without_its_first_day_there_is_no_last_one() -> None:
    assert DERIVE({"asked_on": None}, CALENDAR, lambda _code: (7, TermUnit.WORKING)) == {
        "asked_on": None,
        "due_on": None,
    }


@given(st.dates(dt.date(2024, 1, 1), dt.date(2026, 6, 30)), st.integers(1, 60), st.sampled_from(TermUnit))
def test_a_corrected_first_day_leaves_nothing_of_the_old_last_day(day: dt.date, amount: int, unit: TermUnit) -> None:
    stale = {"asked_on": day, "due_on": dt.date(2000, 1, 1)}

    assert DERIVE(stale, CALENDAR, lambda _code: (amount, unit))["due_on"] == add_term(day, amount, unit, CALENDAR)


def test_a_ledger_that_works_nothing_out_keeps_what_was_typed() -> None:
    values = {"topic": "民法典"}

    assert as_typed(values, CALENDAR, lambda _code: (1, TermUnit.WORKING)) == values
