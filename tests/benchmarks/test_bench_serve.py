"""Pages over HTTP from a running `duban serve`: how many a second two clients get, and how long the slowest wait."""

import http.client
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from models.database import open_engine, sqlite_url, unit_of_work
from tests.benchmarks.serving import lay_filled, serving

pytestmark = pytest.mark.benchmark

ITEMS, CLIENTS, SECONDS = 10_000, 2, 10
SUPERVISOR = 28 * 7
"""The supervisor of the seventh organ: sees all of its thousand items."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, str]]:
    """A filled data folder whose sweep of today is done, the address it is served at, the cookie of its supervisor."""
    home = tmp_path_factory.mktemp("served")
    cookie = lay_filled(home, ITEMS, SUPERVISOR)
    with serving(home, "--no-prefect") as (_process, address):
        yield home, address, cookie


def ask(address: str, cookie: str, path: str, until: float, took: list[float]) -> None:
    """Fetch the page again and again over one connection."""
    with closing(http.client.HTTPConnection(address, timeout=30)) as connection:
        while (began := time.perf_counter()) < until:
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            assert (answer.status, len(answer.read()) > 10_000) == (200, True)
            took.append(time.perf_counter() - began)


@pytest.mark.parametrize(
    ("path", "writes"), [("/items", 0), ("/board", 0), ("/calendar", 0), ("/items", 1), ("/items", 10)]
)
def test_pages_a_second(served: tuple[Path, str, str], path: str, writes: int) -> None:
    """`writes` a second are committed by another process meanwhile."""
    home, address, cookie = served
    ask(address, cookie, path, time.perf_counter() + 1, [])
    until = time.perf_counter() + SECONDS
    took: list[list[float]] = [[] for _client in range(CLIENTS)]
    clients = [threading.Thread(target=ask, args=(address, cookie, path, until, times)) for times in took]
    for client in clients:
        client.start()
    engine = open_engine(sqlite_url(home / "duban.db"))
    while writes and time.perf_counter() < until:
        with unit_of_work(engine) as session:
            session.execute(text("UPDATE work_item SET title = title WHERE id = 1"))
        time.sleep(1 / writes)
    for client in clients:
        client.join()
    engine.dispose()
    times = [one for client in took for one in client]
    slowest = statistics.quantiles(times, n=100)[98] * 1000
    print(
        f"\n{path:10} {writes:>2} writes/s  {len(times) / SECONDS:6.1f} pages/s  median"
        f" {statistics.median(times) * 1000:6.1f} ms  99th {slowest:6.1f} ms"
    )
