"""What the benchmarks share: filled databases, one of each size and system, and bare connections beside ours."""

import gc
import os
import re
import shutil
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, make_url, text
from sqlmodel import create_engine

from models.clock import today
from models.database import sqlite_url, unit_of_work
from tests.benchmarks.keep import commit, keep
from tests.benchmarks.measure import Span, measured
from tests.benchmarks.populate import DAY, ON, populate
from tests.benchmarks.records import Record
from tests.databases import disposed

SIZES = [int(size) for size in os.environ.get("DUBAN_BENCH_SIZES", "10000,100000").split(",")]
_FILLED = [
    pytest.param((system, size), id=f"{system}-{size}", marks=pytest.mark.postgres if system == "postgresql" else ())
    for size in SIZES
    for system in ("sqlite", "postgresql")
]
_RESULTS = ("delivery_attempt", "notice", "message")


@dataclass
class Filled:
    """A filled database: our engine, and one connection of the bare driver prepared the same way."""

    system: str
    size: int
    engine: Engine
    bare: Any

    def by_hand(self, *statements: str | None) -> None:
        """Run statements in one transaction of the bare driver."""
        self.bare.execute("BEGIN IMMEDIATE" if self.system == "sqlite" else "BEGIN")
        for statement in filter(None, statements):
            self.bare.execute(statement)
        self.bare.execute("COMMIT")

    @property
    def clock(self) -> Callable[[], float]:
        """SQLite works in this process: the processor's time, which does not know what else the machine does."""
        return time.process_time if self.system == "sqlite" else time.perf_counter

    def measured(self, work: Callable[[], object]) -> Span:
        """One run by `clock`."""
        return measured(work, self.clock)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.bare.execute(statement).fetchall()]

    def touch(self) -> None:
        """Commit something that changes nothing: as if somebody else had just done something."""
        self.by_hand("UPDATE last_run SET slug = slug")

    def forget(self, swept: Any = ON - DAY) -> None:
        """As if no sweep had written and no mail had left after `swept`."""
        empty = "DELETE FROM {}" if self.system == "sqlite" else "TRUNCATE {} CASCADE"
        with unit_of_work(self.engine) as session:
            for table in _RESULTS:
                session.execute(text(empty.format(table)))
            session.execute(text('UPDATE last_run SET "on" = :swept'), {"swept": swept})
        if self.system == "sqlite":
            self.bare.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def compare(
        self,
        what: str,
        floor: Callable[[], object],
        ours: Callable[[], object],
        *,
        bar: float | None,
        turns: int,
        before: Callable[[], object] = lambda: None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Run both in turns by `clock`, `before` ahead of each, and say how they compare."""
        low, mine = [], []
        for _turn in range(turns):
            before()
            low.append(measured(floor, clock or self.clock))
            before()
            mine.append(measured(ours, clock or self.clock))
        self.say(what, low, mine, bar)

    def say(self, what: str, floor: Sequence[Span], ours: Sequence[Span], bar: float | None, rows: str = "") -> None:
        """Print and keep how ours compares with its floor on this database; `rows` says how many were written."""
        say(what, floor, ours, bar, database=self.system, items=self.size, rows=rows)


def say(
    what: str,
    floor: Sequence[Span],
    ours: Sequence[Span],
    bar: float | None,
    *,
    database: str,
    items: int,
    rows: str = "",
) -> None:
    """Print and keep the medians and the ratio, which is taken pair by pair: what else the machine does hits both."""
    pairs = list(zip(floor, ours, strict=True))
    ratio = statistics.median(mine.seconds / low.seconds for low, mine in pairs)
    low, mine = (statistics.median(span.seconds for span in spans) * 1000 for spans in (floor, ours))
    low_mb, mine_mb = (
        max((span.grown for span in spans if span.grown is not None), default=None) for spans in (floor, ours)
    )
    print(
        f"\n{database:10} {items:>9,}  {f'{what} {rows}'.strip():36} floor {low:10.2f} ms {_mb(low_mb)}"
        f"  ours {mine:10.2f} ms {_mb(mine_mb)}  ratio {ratio:5.2f}  bar {bar or 'none'}"
    )
    note(what, ratio, mine, mine_mb, bar, database=database, items=items)


def note(
    what: str, ratio: float, ours_ms: float, peak_mb: float | None, bar: float | None, *, database: str, items: int
) -> None:
    """Keep a record of what was measured, for the end of the run."""
    peak = None if peak_mb is None else round(peak_mb, 1)
    _MEASURED.append(
        Record(commit(), f"{today()}", database, items, what, round(ratio, 3), round(ours_ms, 3), peak, bar)
    )


_MEASURED: list[Record] = []


def pytest_sessionfinish() -> None:
    """Where records are wanted (`make bench`), whatever was measured is kept, even if a benchmark broke off."""
    if _MEASURED and os.environ.get("DUBAN_BENCH_RECORD"):
        keep(_MEASURED)


def _mb(grown: float | None) -> str:
    return "" if grown is None else f"{grown:5.1f} MB"


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    return measured(work).seconds


@pytest.fixture(scope="session", params=_FILLED)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """A database of each size on each system, left by every benchmark as it was found."""
    system, size = request.param
    # As `duban serve` does: what the tests brought along is no garbage to look through.
    gc.collect()
    gc.freeze()
    with filled_apart(system, size, request, tmp_path_factory.mktemp("filled")) as made:
        yield made


@contextmanager
def filled_apart(system: str, size: int, request: pytest.FixtureRequest, folder: Path) -> Iterator[Filled]:
    """A database of its own: in `folder`, or on the server that the tests share; gone afterwards."""
    if system == "sqlite":
        path = folder / "duban.db"
        with disposed(sqlite_url(path)) as engine:
            populate(engine, size)
            with closing(_bare_sqlite(path)) as bare:
                yield Filled(system, size, engine, bare)
        shutil.rmtree(folder)
        return
    server_url = request.getfixturevalue("postgres_url")
    driver_url = server_url.replace("postgresql://", "postgresql+psycopg://", 1)
    server = create_engine(driver_url, isolation_level="AUTOCOMMIT")
    name = re.sub(r"\W", "_", f"{folder.name}{size}")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
    with disposed(url) as engine:
        populate(engine, size)
        with psycopg.connect(url, autocommit=True, options="-c jit=off") as connection:
            yield Filled(system, size, engine, connection)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def _bare_sqlite(path: Path) -> sqlite3.Connection:
    """With the same guards as ours: foreign keys are checked, and what is written is written alike."""
    bare = sqlite3.connect(path, isolation_level=None)
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000"):
        bare.execute(f"PRAGMA {pragma}")
    return bare
