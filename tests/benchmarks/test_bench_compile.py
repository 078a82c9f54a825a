"""Compiling a large office's report, 300 items and 5,000 ledger rows, against reading the same rows by hand."""

import datetime as dt
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert
from sqlmodel import Session

from models.clock import opening_of
from models.database import key, unit_of_work
from models.ledgers.enforcement_case import EnforcementCase, Procedure
from models.ledgers.study_session import StudySession
from tasks.papers.official_document import render
from tasks.report.output.lay_out_report import lay_out_report
from tests.report_year import ReportYear, day

pytestmark = pytest.mark.benchmark

ITEMS, CASES, STUDIES = 300, 4_900, 100
LIMIT = 3.0
"""Seconds a person waits for it at most."""
PROJECTS = ("强化理论学习", "健全工作机制", "规范行政执法", "深化法治宣传")


def _filled(session: Session) -> ReportYear:
    year = ReportYear(session, *PROJECTS)
    for place in range(ITEMS):
        closed = f"{place % 12 + 1}-20" if place % 5 else None
        item = year.item(f"第{place}项工作", project=PROJECTS[place % 4], due=f"{place % 12 + 1}-25", closed=closed)
        if closed:
            year.progress(item, closed, achievement=f"完成第{place}项工作，办理{place % 7 + 1}件")
    organ_id, recorded = key(year.organ.id), opening_of(day("12-31"))
    first = dt.date(2025, 1, 1)
    cases = [
        {
            "organ_id": organ_id, "number": f"案{place}", "procedure": list(Procedure)[place % 2],
            "fine": place % 9 * 100, "decided_on": first + dt.timedelta(days=place % 365), "recorded_at": recorded,
        }
        for place in range(CASES)
    ]  # fmt: skip
    session.execute(insert(EnforcementCase), cases)
    studies = [
        {
            "organ_id": organ_id,
            "held_on": first + dt.timedelta(days=place),
            "topic": f"专题{place}",
            "recorded_at": recorded,
        }
        for place in range(STUDIES)
    ]
    session.execute(insert(StudySession), studies)
    return year


def test_a_large_report_is_compiled_and_on_paper_in_time(engine: Engine, tmp_path: Path) -> None:
    with unit_of_work(engine) as session:
        year = _filled(session)
        session.flush()
        began = time.perf_counter()
        tables = "work_item", "deadline", "progress_entry", "enforcement_case", "study_session"
        for table in tables:
            session.connection().exec_driver_sql(f"SELECT * FROM {table}").fetchall()
        floor = time.perf_counter() - began
        began = time.perf_counter()
        report = year.compile()
        compiled = time.perf_counter() - began
        paper = render(lay_out_report(report))
        written = time.perf_counter() - began
    figure = next(
        one
        for section in report.sections
        for block in section.blocks
        for one in block.figures
        if one.name == "行政执法案件"
    )
    assert (int(figure.value), len(figure.rows)) == (CASES, CASES)
    assert paper
    print(
        f"\nreport of {ITEMS} items and {CASES + STUDIES} ledger rows  rows alone {floor:.2f} s"
        f"  compiled {compiled:.2f} s  on paper {written:.2f} s  limit {LIMIT:.0f} s, {written / LIMIT:.0%} of it"
    )
