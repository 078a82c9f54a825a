"""The import of 50,000 rows of xlsx into a fresh SQLite file, see `bench_import`."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time

import pytest

from tests.benchmarks.bench_import import limit, ours, prepare, write_ledger
from tests.benchmarks.conftest import say
from tests.benchmarks.measure import Span, measured

pytestmark = pytest.mark.benchmark

ROWS, TURNS = 50_000, 3


def test_an_import_of_fifty_thousand_rows(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.xlsx"
    write_ledger(ledger, ROWS)
    spans: dict[Callable[[Path, Path], None], list[Span]] = {limit: [], ours: []}
    for turn in range(TURNS):
        for work, taken in spans.items():
            database = tmp_path / f"{work.__name__}-{turn}.db"
            prepare(database)
            taken.append(measured(partial(work, ledger, database), process_time))
    say("import of xlsx", spans[limit], spans[ours], 1.2, database="sqlite", items=ROWS)
