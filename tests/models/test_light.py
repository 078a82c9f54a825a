import datetime as dt
from typing import Any

import pytest

from models.light import Light, light
from models.workdays import WorkCalendar

ON = dt.date(2026, 6, 23)  # a Tuesday
BASE: dict[str, Any] = {
    "on": ON,
    "near_days": 5,
    "calendar": WorkCalendar(),
    "issued": True,
    "start_on": None,
    "due_on": None,
    "closed_on": None,
}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Light.GREEN),
        ({"due_on": dt.date(2026, 7, 1)}, Light.GREEN),
        ({"due_on": dt.date(2026, 6, 30)}, Light.YELLOW),  # five working days away
        ({"due_on": ON}, Light.YELLOW),
        ({"due_on": dt.date(2026, 6, 22)}, Light.RED),
        ({"due_on": ON, "start_on": dt.date(2026, 6, 24)}, Light.GREY),
        ({"due_on": ON, "issued": False}, Light.GREY),
        ({"due_on": dt.date(2026, 6, 1), "closed_on": dt.date(2026, 6, 10)}, Light.BLUE),
        ({"due_on": dt.date(2026, 6, 22), "closed_on": dt.date(2026, 6, 24)}, Light.RED),  # closed tomorrow
    ],
)
def test_a_light_goes_by_time(given: dict[str, Any], expected: Light) -> None:
    assert light(**{**BASE, **given}) is expected


def test_every_light_has_a_word() -> None:
    assert [shown.label for shown in Light] == ["逾期", "临期", "正常", "未开始", "已办结"]
