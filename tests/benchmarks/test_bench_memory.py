"""Main memory of a running `duban serve` after a swept year of 10,000 items, without Prefect and with it."""

import http.client
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from models.clock import today
from models.database import open_engine, sqlite_url, unit_of_work
from tasks.ladder.remind import remind
from tests.benchmarks.conftest import note
from tests.benchmarks.measure import resident
from tests.benchmarks.populate import CALENDAR, DAY, NOW
from tests.benchmarks.serving import lay_filled, serving
from tests.benchmarks.test_bench_serve import ITEMS, SUPERVISOR

pytestmark = pytest.mark.benchmark

MOST = 150
"""Megabytes that ours may hold without Prefect."""
PAGES = ("/items", "/board", "/calendar", "/search?q=年度", "/notices", "/system")
SETTLED, PATIENCE = 10.0, 120.0
"""Seconds: as long the number of processes stays, and as long it is waited for."""


def _sweep_a_year(home: Path) -> None:
    """Up to yesterday, and as if every notice had been sent: the running service sweeps today and delivers that."""
    engine = open_engine(sqlite_url(home / "duban.db"))
    until = today() - DAY
    with unit_of_work(engine) as session:
        session.execute(text('UPDATE last_run SET "on" = :day'), {"day": until - 365 * DAY})
    for back in range(364, -1, -1):
        with unit_of_work(engine) as session:
            remind(session, on=until - back * DAY, now=NOW, calendar=CALENDAR)
    with unit_of_work(engine) as session:
        session.execute(text("UPDATE notice SET state = 'sent'"))
    engine.dispose()


def _look_around(address: str, cookie: str) -> None:
    with closing(http.client.HTTPConnection(address, timeout=120)) as connection:
        for path in PAGES * 5:
            connection.request("GET", path.replace("年度", "%E5%B9%B4%E5%BA%A6"), headers={"Cookie": cookie})
            answer = connection.getresponse()
            assert (answer.status, len(answer.read()) > 1_000) == (200, True), path


def _family(process: int) -> Iterator[int]:
    yield process
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            yield from _family(int(child))


def _settled(process: int) -> None:
    """Wait until no process has come or gone for a while."""
    began = since = time.monotonic()
    family = list(_family(process))
    while time.monotonic() < min(since + SETTLED, began + PATIENCE):
        time.sleep(0.5)
        if (now := list(_family(process))) != family:
            family, since = now, time.monotonic()


@pytest.mark.parametrize("options", [("--no-prefect",), ()], ids=["alone", "with Prefect"])
def test_the_memory_of_a_service(tmp_path: Path, options: tuple[str, ...]) -> None:
    cookie = lay_filled(tmp_path, ITEMS, SUPERVISOR)
    _sweep_a_year(tmp_path)
    with serving(tmp_path, *options) as (process, address):
        _settled(process)
        _look_around(address, cookie)
        own, whole = resident(process), sum(resident(one) for one in _family(process))
    print(f"\nduban serve {' '.join(options)}: {own:.0f} MB, with its children {whole:.0f} MB  bar {MOST} MB")
    what, most = ("memory of duban serve, of 150 MB", 1.0) if options else ("memory with Prefect, of 150 MB", None)
    note(what, whole / MOST, 0, whole, most, database="sqlite", items=ITEMS)
