"""The daily sweep against the statement somebody would write by hand for exactly this day and this data."""

import datetime as dt
from collections.abc import Callable

import pytest

from models.database import unit_of_work
from tasks.ladder.remind import SweepResult, remind
from tests.benchmarks.conftest import Filled
from tests.benchmarks.floor import WRITTEN, sweep_statement
from tests.benchmarks.populate import CALENDAR, DAY, NOW, ON, WORKING_DAYS

pytestmark = pytest.mark.benchmark

BARS = {10_000: 1.5, 1_000_000: 1.15}


def _sweep(filled: Filled, on: dt.date) -> Callable[[], SweepResult]:
    def run() -> SweepResult:
        with unit_of_work(filled.engine) as session:
            return remind(session, on=on, now=NOW, calendar=CALENDAR)

    return run


def _by_hand(filled: Filled, on: dt.date) -> Callable[[], None]:
    statement = sweep_statement(on, filled.system)
    return lambda: filled.by_hand(statement, f"UPDATE last_run SET \"on\" = '{on}'")


def test_a_daily_sweep(filled: Filled) -> None:
    """Each turn another day, so that neither side meets a statement it has prepared before."""
    floor, ours, again = [], [], []
    place = WORKING_DAYS.index(ON)
    turns = 16 if filled.size < 1_000_000 else 8
    for turn, on in enumerate(WORKING_DAYS[place - 1 : place + turns]):
        sweep, by_hand = _sweep(filled, on), _by_hand(filled, on)
        spans, rows = {}, {}
        for way in (sweep, by_hand) if turn % 2 else (by_hand, sweep):
            filled.forget(swept=on - DAY)
            spans[way] = filled.measured(way)
            rows[way] = filled.rows(f"SELECT {WRITTEN} FROM notice ORDER BY deadline_id, rung_id, recipient_id")
            if way is sweep:
                again.append(filled.measured(sweep))
                assert sweep() == SweepResult(on, 0, 0, 0, 0, 0, 0)
        assert rows[sweep] == rows[by_hand] != []
        floor.append(spans[by_hand])
        ours.append(spans[sweep])
    filled.forget()
    filled.say("sweep", floor[1:], ours[1:], BARS.get(filled.size, 1.3), f"{len(rows[sweep]):,} rows")
    filled.say("second sweep", floor[1:], again[1:], None, "0 rows")
