"""A year of 365 sweeps, each its own transaction, against 365 statements by hand; and whether it grows slower."""

import datetime as dt
from functools import partial

import pytest

from models.database import unit_of_work
from tasks.ladder.remind import remind
from tests.benchmarks.conftest import Filled
from tests.benchmarks.floor import WRITTEN, sweep_statement
from tests.benchmarks.measure import Span
from tests.benchmarks.populate import CALENDAR, DAY, DAYS, NOW

pytestmark = pytest.mark.benchmark


def _by_hand(filled: Filled, statements: list[tuple[dt.date, str | None]], ends: list[float]) -> None:
    """The statements day by day; `ends` gets the moment at which each is done."""
    for on, statement in statements:
        filled.by_hand(statement, f"UPDATE last_run SET \"on\" = '{on}'")
        ends.append(filled.clock())


def _sweeps(filled: Filled, ends: list[float]) -> None:
    """Sweep day by day; `ends` gets the moment at which each is done."""
    for on in DAYS:
        with unit_of_work(filled.engine) as session:
            remind(session, on=on, now=NOW, calendar=CALENDAR)
        ends.append(filled.clock())


def test_a_year_of_sweeps(filled: Filled) -> None:
    statements = [(on, sweep_statement(on, filled.system)) for on in DAYS]
    floor, ours = list[Span](), list[Span]()
    months = {way: (list[Span](), list[Span]()) for way in ("ours", "by hand")}
    for _turn in range(3 if filled.size < 1_000_000 else 1):
        filled.forget(swept=DAYS[0] - DAY)
        by_hand = [filled.clock()]
        floor.append(filled.measured(partial(_by_hand, filled, statements, by_hand)))
        filled.by_hand("DROP TABLE IF EXISTS by_hand", f"CREATE TABLE by_hand AS SELECT {WRITTEN} FROM notice")
        filled.forget(swept=DAYS[0] - DAY)
        ends = [filled.clock()]
        ours.append(filled.measured(partial(_sweeps, filled, ends)))
        [(written,)] = filled.rows("SELECT count(*) FROM notice")
        assert filled.rows("SELECT count(*) FROM by_hand") == [(written,)]
        more = f"SELECT {WRITTEN} FROM notice EXCEPT SELECT {WRITTEN} FROM by_hand"
        assert filled.rows(f"SELECT count(*) FROM ({more}) AS more") == [(0,)]
        filled.by_hand("DROP TABLE by_hand")
        for place, days in enumerate((slice(0, 31), slice(334, 365))):
            month = f"BETWEEN '{DAYS[days][0]}' AND '{DAYS[days][-1]}'"
            [(rows,)] = filled.rows(f"SELECT count(*) FROM notice WHERE raised_on {month}")
            for way, moments in (("ours", ends), ("by hand", by_hand)):
                months[way][place].append(Span((moments[days.stop] - moments[days.start]) / rows, None))
    filled.forget()
    filled.say("year", floor, ours, 1.15, f"{written:,} rows")
    filled.say("December beside January, a row", *months["ours"], 1.3)
    filled.say("December beside January by hand", *months["by hand"], None)
