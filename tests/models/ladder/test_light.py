import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dates.workdays import WorkCalendar
from models.ladder.light import Light, light_of_day, planned_percent
from tests.lights import lag_light, light

ON = dt.date(2026, 6, 23)  # a Tuesday
FAR, NEAR, TODAY, PAST = dt.date(2026, 12, 1), dt.date(2026, 6, 30), ON, dt.date(2026, 6, 22)
BASE: dict[str, Any] = {
    "on": ON,
    "near_days": 5,
    "calendar": WorkCalendar(),
    "issued": True,
    "start_on": None,
    "due_on": None,
    "closed_on": None,
    "lag_yellow": 10,
    "lag_red": 30,
}
days = st.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 31))


def shown(**given: Any) -> Light:
    return light(**{**BASE, **given})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Light.GREEN),
        ({"due_on": dt.date(2026, 7, 1)}, Light.GREEN),
        ({"due_on": NEAR}, Light.YELLOW),  # five working days away
        ({"due_on": TODAY}, Light.YELLOW),
        ({"due_on": PAST}, Light.RED),
        ({"due_on": TODAY, "start_on": dt.date(2026, 6, 24)}, Light.GREY),
        ({"due_on": TODAY, "issued": False}, Light.GREY),
        ({"due_on": dt.date(2026, 6, 1), "closed_on": dt.date(2026, 6, 10)}, Light.BLUE),
        ({"due_on": PAST, "closed_on": dt.date(2026, 6, 24)}, Light.RED),  # closed tomorrow
    ],
)
def test_a_light_goes_by_time(given: dict[str, Any], expected: Light) -> None:
    assert shown(**given) is expected


@pytest.mark.parametrize(
    ("behind", "expected"),
    [
        (-20, Light.GREEN),  # ahead
        (0, Light.GREEN),
        (9.99, Light.GREEN),
        (10, Light.LAGGING),
        (20, Light.LAGGING),
        (30, Light.LAGGING),
        (30.01, Light.BEHIND),
        (100, Light.BEHIND),
    ],
)
def test_a_light_goes_by_lag_and_both_ends_of_ten_to_thirty_points_are_yellow(behind: float, expected: Light) -> None:
    assert shown(due_on=FAR, behind=behind) is expected
    assert expected.colour == {Light.GREEN: "green", Light.LAGGING: "yellow", Light.BEHIND: "red"}[expected]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"due_on": NEAR, "behind": 20}, Light.YELLOW),  # of two yellows the one that names a day
        ({"due_on": NEAR, "behind": 31}, Light.BEHIND),  # the worse of time and lag
        ({"due_on": PAST, "behind": 31}, Light.RED),  # of two reds the one that names a day
        ({"due_on": PAST, "behind": 0}, Light.RED),
        ({"due_on": PAST, "behind": 31, "paused": True}, Light.PAUSED),
        ({"due_on": FAR, "paused": True, "start_on": dt.date(2026, 7, 1)}, Light.PAUSED),
        ({"due_on": PAST, "behind": 31, "start_on": dt.date(2026, 7, 1)}, Light.GREY),
        ({"due_on": PAST, "behind": 31, "issued": False}, Light.GREY),
        ({"due_on": PAST, "behind": 31, "paused": True, "closed_on": ON}, Light.BLUE),
    ],
)
def test_one_light_stands_above_another(given: dict[str, Any], expected: Light) -> None:
    assert shown(**given) is expected


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"lag_yellow": None, "lag_red": None}, None),
        ({"lag_yellow": 10, "lag_red": None}, Light.LAGGING),
        ({"lag_yellow": None, "lag_red": 30}, Light.BEHIND),
        ({"lag_yellow": 0, "lag_red": 0}, Light.BEHIND),
    ],
)
def test_an_office_may_do_without_either_limit(terms: dict[str, int | None], expected: Light | None) -> None:
    assert lag_light(100, **terms) is expected


@pytest.mark.parametrize(
    ("start", "due", "on", "expected"),
    [
        ("2026-06-01", "2026-06-10", "2026-05-31", 0),
        ("2026-06-01", "2026-06-10", "2026-06-01", 10),  # at the end of the first of ten days
        ("2026-06-01", "2026-06-10", "2026-06-03", 30),
        ("2026-06-01", "2026-06-10", "2026-06-09", 90),
        ("2026-06-01", "2026-06-10", "2026-06-10", 100),
        ("2026-06-01", "2026-06-10", "2026-06-11", 100),
        ("2026-06-10", "2026-06-10", "2026-06-09", 0),
        ("2026-06-10", "2026-06-10", "2026-06-10", 100),
        ("2026-06-10", "2026-06-01", "2026-06-09", 0),  # it was due before it began
        ("2026-06-10", "2026-06-01", "2026-06-10", 100),
        ("2026-01-01", "2026-12-31", "2026-07-01", 100 * 182 / 365),
    ],
)
def test_even_progress_counts_whole_days_to_the_end_of_the_day(start: str, due: str, on: str, expected: float) -> None:
    day = dt.date.fromisoformat
    assert planned_percent(day(start), day(due), day(on)) == expected


@given(start=days, due=days, on=days)
def test_even_progress_lies_between_nothing_and_all_and_ends_on_the_due_day(
    start: dt.date, due: dt.date, on: dt.date
) -> None:
    assert 0 <= planned_percent(start, due, on) <= 100
    assert planned_percent(start, due, max(start, due)) == 100
    assert planned_percent(start, due, start - dt.timedelta(days=1)) == 0


@given(start=days, due=days, on=days)
def test_even_progress_never_falls(start: dt.date, due: dt.date, on: dt.date) -> None:
    line = [planned_percent(start, due, on + dt.timedelta(days=turn)) for turn in range(60)]
    assert all(before <= after for before, after in pairwise(line))


@given(behind=st.floats(-100, 100), due=st.none() | days)
def test_falling_further_behind_never_makes_a_light_better(behind: float, due: dt.date | None) -> None:
    order = ["green", "yellow", "red"]
    line = [order.index(shown(due_on=due, behind=behind + more).colour) for more in range(0, 60, 5)]
    assert line == sorted(line)


def test_every_light_has_a_word() -> None:
    assert [shown.label for shown in Light] == [
        "逾期",
        "严重滞后",
        "临期",
        "滞后",
        "正常",
        "未开始",
        "中止",
        "已办结",
        "已终止",
    ]  # fmt: skip


def test_every_light_has_one_of_five_colours() -> None:
    assert {shown.colour for shown in Light} == {"red", "yellow", "green", "grey", "blue"}


@given(due=days, on=days, done=st.none() | days, near_days=st.integers(0, 10))
def test_a_day_by_itself_has_the_light_of_an_item_with_just_this_day(
    due: dt.date, on: dt.date, done: dt.date | None, near_days: int
) -> None:
    item = shown(on=on, due_on=due, closed_on=done, near_days=near_days, issued=True)
    assert light_of_day(due, done, on=on, near=WorkCalendar().add(on, near_days)) is item
