"""A year of 365 sweeps, each its own transaction, against 365 statements written by hand."""

import datetime as dt

import pytest

from models.database import unit_of_work
from tasks.ladder.remind import remind
from tests.benchmarks.conftest import Filled, seconds
from tests.benchmarks.floor import WRITTEN, sweep_statement
from tests.benchmarks.populate import CALENDAR, DAY, DAYS, NOW

pytestmark = pytest.mark.benchmark


def _by_hand(filled: Filled, statements: list[tuple[dt.date, str | None]]) -> None:
    for on, statement in statements:
        filled.by_hand(statement, f"UPDATE last_run SET \"on\" = '{on}'")


def _sweeps(filled: Filled) -> None:
    for on in DAYS:
        with unit_of_work(filled.engine) as session:
            remind(session, on=on, now=NOW, calendar=CALENDAR)


def test_a_year_of_sweeps(filled: Filled) -> None:
    statements = [(on, sweep_statement(on, filled.system)) for on in DAYS]
    floor, ours = [], []
    for _turn in range(3 if filled.size < 1_000_000 else 1):
        filled.forget(swept=DAYS[0] - DAY)
        floor.append(seconds(lambda: _by_hand(filled, statements)))
        filled.by_hand("DROP TABLE IF EXISTS by_hand", f"CREATE TABLE by_hand AS SELECT {WRITTEN} FROM notice")
        filled.forget(swept=DAYS[0] - DAY)
        ours.append(seconds(lambda: _sweeps(filled)))
        [(written,)] = filled.rows("SELECT count(*) FROM notice")
        assert filled.rows("SELECT count(*) FROM by_hand") == [(written,)]
        more = f"SELECT {WRITTEN} FROM notice EXCEPT SELECT {WRITTEN} FROM by_hand"
        assert filled.rows(f"SELECT count(*) FROM ({more}) AS more") == [(0,)]
        filled.by_hand("DROP TABLE by_hand")
    filled.forget()
    filled.say(f"year, {written:,} rows", floor, ours, "1.3")
