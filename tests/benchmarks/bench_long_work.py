"""Long work against its limit: a plan written out as xlsx, and a list looked through in the browser.

    python -m tests.benchmarks.bench_long_work [rows ...]

Written out: everything from the database to the finished file, against the same rows written from memory by three
writers: XlsxWriter (constant memory), openpyxl (write-only) and rustpy-xlsxwriter. The last writes neither styles nor
empty cells, and none of the last two writes the house's notes, lists to pick from or cells in a style each.
Looked through: a file sent to the page until its work in the background is done, against a dry run. Each run has a
process of its own; a ratio is that of the medians of processor seconds, and memory is the peak above what the process
had before.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import openpyxl
import rustpy_xlsxwriter
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from sqlmodel import Session, select

from duban.web.background.jobs import jobs_of, stop_jobs
from models.database import open_engine, sqlite_url, unit_of_work
from models.items.plan import AnnualPlan
from models.settings import Settings
from tasks.plan.export_list import export_list
from tasks.plan.import_list import import_list
from tests.benchmarks.bench_import import BY, ON, YEAR, write_ledger
from tests.databases import lay_sqlite
from tests.office import HANDLER, LEADER, SUPERVISOR, Office
from tests.web import Web

ORGAN = "bureau"
Row = Sequence[Any]
Span = tuple[float, float]
"""Processor seconds, and megabytes above what there was."""


def database_in(folder: Path) -> Engine:
    """The office whose plan it is."""
    return open_engine(sqlite_url(folder / "office.db"))


def spanned(work: Callable[[], object]) -> Span:
    """What the work took in this process."""
    before, began = _peak(), time.process_time()
    work()
    return time.process_time() - began, _peak() - before


def _peak() -> float:
    """The most this process held so far. What `resource` tells is inherited from the process that began it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def exported(folder: Path) -> Span:
    """The plan from the database to the file."""

    def work() -> None:
        with Session(database_in(folder)) as session:
            export_list(session, session.exec(select(AnnualPlan)).one(), folder / "plan.xlsx", on=ON)

    return spanned(work)


def by_xlsxwriter(rows: Sequence[Row], path: Path) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet, cell = book.add_worksheet("清单"), book.add_format({"num_format": "@", "border": 1, "text_wrap": True})
        for place, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str) and value:
                    sheet.write_string(place, column, value, cell)
                elif value == "":
                    sheet.write_blank(place, column, None, cell)
                else:
                    sheet.write_number(place, column, value, cell)


def by_openpyxl(rows: Sequence[Row], path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("清单")
    for row in rows:
        sheet.append(row)
    book.save(path)


def by_rustpy(rows: Sequence[Row], path: Path) -> None:
    named = [str(place) for place in range(len(rows[0]))]
    told = (dict(zip(named, row, strict=True)) for row in rows)
    rustpy_xlsxwriter.FastExcel(str(path)).sheet("清单", told).save()


FLOORS = {"XlsxWriter": by_xlsxwriter, "openpyxl": by_openpyxl, "rustpy-xlsxwriter": by_rustpy}


def from_memory(folder: Path, writer: str) -> Span:
    """The rows of the exported file, written anew."""
    with CalamineWorkbook.from_path(folder / "plan.xlsx") as book:
        rows = book.get_sheet_by_index(0).to_python()[2:]
    return spanned(partial(FLOORS[writer], rows, folder / "floor.xlsx"))


def dry_run(folder: Path) -> Span:
    """The list checked as by the command line."""

    def work() -> None:
        with Session(database_in(folder)) as session:
            report = import_list(session, folder / "ledger.xlsx", by=BY, year=YEAR, organ_code=ORGAN, dry_run=True)
        if report.errors:
            raise RuntimeError(f"the ledger of the benchmark is wrong: {report.errors[:1]}")

    return spanned(work)


def looked_through(folder: Path) -> Span:
    """The file sent to the page, and the work that it begins."""
    made = SimpleNamespace(settings=Settings(home=folder), engine=database_in(folder), today=ON)
    web = Web(cast(Office, made))
    visitor = web.of(SUPERVISOR)
    visitor.read("/plans/import")  # pages are compiled once

    def work() -> None:
        with (folder / "ledger.xlsx").open("rb") as file:
            answer = visitor.post("/plans/import", {"plan_year": str(YEAR)}, files={"file": ("ledger.xlsx", file)})
        settled = jobs_of(web.app.state.served).settle(600)
        said = visitor.read(answer.headers["location"])
        if not settled or not any(words in said for words in ("没有错误", "可以导入")):
            raise RuntimeError(f"the list was not looked through: {said}")

    try:
        return spanned(work)
    finally:
        stop_jobs(web.app.state.served)


def lay_out(folder: Path, rows: int) -> None:
    """An office with a plan of so many items, and the file it came from."""
    lay_sqlite(folder / "office.db")
    engine = database_in(folder)
    Office(engine, folder, year=YEAR)
    write_ledger(folder / "ledger.xlsx", rows, people=(LEADER, HANDLER))
    with unit_of_work(engine) as session:
        import_list(session, folder / "ledger.xlsx", by=BY, year=YEAR, organ_code=ORGAN)
    engine.dispose()


def apart(work: Callable[..., Span], *told: Any) -> Span:
    """The work in a process of its own."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(work, told)


def main(*sizes: int, runs: int = 3) -> None:
    """Print what each takes, and the ratios."""
    with tempfile.TemporaryDirectory() as name:
        for size in sizes or (5_000, 50_000):
            folder = Path(name) / str(size)
            folder.mkdir()
            lay_out(folder, size)
            works: dict[str, Callable[[], Span]] = {"export": partial(apart, exported, folder)}
            works |= {writer: partial(apart, from_memory, folder, writer) for writer in FLOORS}
            works |= {"preview": partial(apart, looked_through, folder), "dry run": partial(apart, dry_run, folder)}
            spans: dict[str, list[Span]] = {work: [] for work in works}
            for _ in range(runs):
                for work, run in works.items():
                    spans[work].append(run())
            taken = {work: statistics.median(seconds for seconds, _ in found) for work, found in spans.items()}
            for work, found in spans.items():
                print(f"{size} rows: {work:18} {taken[work]:6.2f} s, {max(peak for _, peak in found):4.0f} MB")
            for writer in FLOORS:
                print(f"{size} rows: export to {writer} {taken['export'] / taken[writer]:.2f}")
            print(f"{size} rows: preview to dry run {taken['preview'] / taken['dry run']:.2f} (bar 2)")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
