"""The trail verified after one year and after three: all of it against what is new since last night's checkpoint."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import insert

from models.actor import Actor, Channel
from models.audit import GENESIS, AuditEntry, chain_hash
from models.database import reading, unit_of_work
from tasks.trail.prove_trail import keep_proved, prove_trail
from tests.benchmarks.conftest import Filled
from tests.benchmarks.populate import NOW, ON

pytestmark = pytest.mark.benchmark

A_YEAR, A_DAY = 12_000, 50
"""Entries: an office of twenty people."""
BY = Actor("每夜核验", Channel.COMMAND, ON, NOW)


def _write(filled: Filled, count: int) -> None:
    """So many entries more, chained, by the driver's executemany."""
    [(before, *_)] = filled.rows("SELECT count(*) FROM audit_entry")
    last = filled.rows("SELECT hash FROM audit_entry ORDER BY id DESC LIMIT 1")
    previous = last[0][0] if last else GENESIS
    made: list[dict[str, Any]] = []
    for number in range(before, before + count):
        entry: dict[str, Any] = {
            "at": NOW + dt.timedelta(minutes=number), "on": ON, "actor_id": 28, "actor": "职员28", "for_id": None,
            "channel": Channel.WEB, "action": "progress", "organ_id": 1, "item_id": number % 1000 + 1,
            "before": {f"work_item:{number % 1000 + 1}": {"percent": 20}}, "reason": None, "previous": previous,
            "after": {f"work_item:{number % 1000 + 1}": {"percent": 40}, "progress:1": {"text": "已联系法院"}},
        }  # fmt: skip
        previous = entry["hash"] = chain_hash(entry)
        made.append(entry)
    with unit_of_work(filled.engine) as session:
        session.connection().execute(insert(AuditEntry), made)


def test_the_trail_of_one_and_of_three_years(filled: Filled, tmp_path: Path) -> None:
    def prove(*, whole: bool) -> int:
        with reading(filled.engine) as session:
            chain = prove_trail(session, tmp_path, by=BY, organ_id=None, whole=whole)
        assert chain.broken is None
        return chain.recomputed

    if filled.rows("SELECT count(*) FROM audit_entry") != [(0,)]:
        pytest.skip("another benchmark has written entries: run this file alone")
    for years in (1, 3):
        [(there,)] = filled.rows("SELECT count(*) FROM audit_entry")
        _write(filled, years * A_YEAR - there - A_DAY)
        with reading(filled.engine) as session:
            chain = prove_trail(session, tmp_path, by=BY, organ_id=None)
        keep_proved(filled.engine, tmp_path, replace(chain, since=None), by=BY)
        _write(filled, A_DAY)
        assert (prove(whole=True), prove(whole=False)) == (years * A_YEAR, A_DAY)
        filled.compare(
            f"verify, {years} years", lambda: prove(whole=True), lambda: prove(whole=False), bar=None, turns=3
        )
