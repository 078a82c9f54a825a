"""A sweep after half a year off, and how long somebody else who writes meanwhile has to wait."""

import datetime as dt
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from flows.steps import between
from models.actor import Actor, Channel
from models.database import sqlite_url, unit_of_work
from models.ladder.policy import PRESETS, Rung
from tasks.oversight.supervise import supervise
from tests.benchmarks.populate import CALENDAR, NOW, populate
from tests.databases import disposed

pytestmark = pytest.mark.benchmark

ITEMS, OFF = 6_000, 161
ON = dt.date(2026, 11, 20)


def _fill(session: Session) -> None:
    """The ladder of the ordinary policy, last swept half a year ago."""
    session.execute(text("DELETE FROM rung"))
    session.add_all(Rung(policy_id=1, ordinal=place, **rung) for place, rung in enumerate(PRESETS["常规"], 1))
    session.execute(text('UPDATE last_run SET "on" = :swept'), {"swept": ON - dt.timedelta(days=OFF)})


def _write(path: Path, over: threading.Event, waits: list[float]) -> None:
    """Write something small twenty times a second, by the same settings as ours."""
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as other:
        while not over.wait(0.05):
            began = time.perf_counter()
            other.execute("BEGIN IMMEDIATE")
            other.execute("UPDATE organ SET name = name WHERE id = 1")
            other.execute("COMMIT")
            waits.append(time.perf_counter() - began)


def test_a_sweep_after_half_a_year_off(tmp_path: Path) -> None:
    path = tmp_path / "duban.db"
    with disposed(sqlite_url(path)) as engine:
        populate(engine, ITEMS)
        with unit_of_work(engine) as session:
            _fill(session)
        over, waits, steps = threading.Event(), list[float](), [time.thread_time()]
        writer = threading.Thread(target=_write, args=(path, over, waits))
        writer.start()
        began = time.perf_counter()

        def step(session: Session) -> None:
            steps.append(time.thread_time())
            between(session)
            steps.append(time.thread_time())

        with unit_of_work(engine) as session:
            by = Actor("每日督办", Channel.RHYTHM, ON, NOW)
            done = supervise(session, by=by, calendar=CALENDAR, between=step)
        took = time.perf_counter() - began
        worked = [until - since for since, until in zip(steps[::2], [*steps[1::2], time.thread_time()], strict=True)]
        over.set()
        writer.join()
    waits.sort()
    print(
        f"\nsqlite {ITEMS:,} items, {OFF} days off: {done.swept.raised + done.swept.skipped:,} notices and"
        f" {len(done.sheets):,} sheets in {len(worked)} steps, {took:.1f} s, {sum(worked):.1f} s of it work, the"
        f" longest step {max(worked) * 1000:.0f} ms; a writer beside it waited at most {waits[-1]:.2f} s,"
        f" half of {len(waits)} times {waits[len(waits) // 2] * 1000:.0f} ms"
    )
    assert len(done.sheets) > 1_000
