"""A daily sweep among ten times the items of which no more are due: it must cost what the due ones cost."""

from functools import partial
from pathlib import Path

import pytest

from models.database import unit_of_work
from tasks.ladder.remind import SweepResult, remind
from tests.benchmarks.conftest import SIZES, Filled, filled_apart
from tests.benchmarks.floor import WRITTEN
from tests.benchmarks.measure import Span
from tests.benchmarks.populate import CALENDAR, DAY, NOW, ON, WORKING_DAYS

pytestmark = pytest.mark.benchmark

MORE = 10
TURNS = 12
LATER = "2029-06-29"
"""No sweep of the year looks at a day as far as this."""


def _sweep(filled: Filled, on: int) -> SweepResult:
    with unit_of_work(filled.engine) as session:
        return remind(session, on=WORKING_DAYS[on], now=NOW, calendar=CALENDAR)


def test_ten_times_the_items_with_equal_due_rows(
    filled: Filled, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if filled.size > min(SIZES) and MORE * filled.size not in SIZES:
        pytest.skip("measured from the smallest size on, and where the larger is measured too")
    with filled_apart(filled.system, MORE * filled.size, request, tmp_path) as larger:
        larger.by_hand(f"UPDATE deadline SET due_on = '{LATER}' WHERE id > {filled.size}")
        larger.by_hand("DELETE FROM notice")
        larger.bare.execute("VACUUM ANALYZE" if larger.system == "postgresql" else "ANALYZE")
        few, many = list[Span](), list[Span]()
        place = WORKING_DAYS.index(ON)
        for on in range(place, place + TURNS + 1):
            for where, spans in ((filled, few), (larger, many)):
                where.forget(swept=WORKING_DAYS[on] - DAY)
                spans.append(where.measured(partial(_sweep, where, on)))
            rows = f"SELECT {WRITTEN} FROM notice ORDER BY deadline_id, rung_id, recipient_id"
            assert filled.rows(rows) == larger.rows(rows) != []
        filled.forget()
    filled.say("sweep of ten times the items", few[1:], many[1:], 1.2)
