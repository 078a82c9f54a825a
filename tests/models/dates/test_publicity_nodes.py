"""Days of publicity are computed by rule, for any year."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dates.publicity_nodes import NODES, third_saturday_of_september
from models.dates.unit import Unit
from models.dates.workdays import WorkCalendar
from models.ladder.escalation import RungFiring
from models.ladder.policy import Relation


@pytest.mark.parametrize("day", ["2024-09-21", "2025-09-20", "2026-09-19", "2027-09-18", "2028-09-16"])
def test_national_defence_education_day(day: str) -> None:
    expected = dt.date.fromisoformat(day)

    assert third_saturday_of_september(expected.year) == expected


@given(st.integers(min_value=1990, max_value=2200))
def test_it_is_a_saturday_with_two_before_it_in_its_month(year: int) -> None:
    found = third_saturday_of_september(year)

    assert (found.weekday(), found.month) == (5, 9)
    assert (found - dt.timedelta(days=14)).month == 9
    assert (found - dt.timedelta(days=21)).month == 8


@given(st.integers(min_value=1990, max_value=2200))
def test_every_node_lies_in_its_year_and_begins_before_it_ends(year: int) -> None:
    days = [(node.first(year), node.due_on(year)) for node in NODES]

    assert all(first <= last and first.year == last.year == year for first, last in days)
    assert len({node.code for node in NODES}) == len({node.title for node in NODES}) == len(NODES)


def test_a_node_on_a_rest_day_is_reminded_of_on_the_working_day_before() -> None:
    node = next(node for node in NODES if node.code == "national_defence_day")
    on_the_day = RungFiring(1, Relation.BEFORE, 0, Unit.WORKING)
    day_before = RungFiring(1, Relation.BEFORE, 1, Unit.WORKING)

    assert node.due_on(2026) == dt.date(2026, 9, 19)
    assert on_the_day.fires_on(node.due_on(2026), WorkCalendar()) == dt.date(2026, 9, 18)
    assert day_before.fires_on(node.due_on(2026), WorkCalendar()) == dt.date(2026, 9, 18)
