"""The yearly tables of enforcement: each cell counted from its rows, each thing in the year in which it happened."""

import datetime as dt
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.database import key, unit_of_work
from models.ledgers.kinds import KINDS
from models.people.organ import Organ
from models.settings import Settings
from tasks.ledgers.record import record_row, withdraw_row
from tasks.report.figures.enforcement_tables import enforcement_tables
from tasks.report.output.enforcement_yearbook import write_yearbook_rows, yearbook
from tasks.report.output.write_report import write_review
from tests.actors import administrator

OVER = dt.date(2026, 1, 15)
ROWS = (
    ("case", {"decided_on": "2025-03-03", "procedure": "简易", "fine": "200"}),
    ("case", {"decided_on": "2025-03-04", "procedure": "普通", "fine": "5000.5", "penalty": "吊销许可证"}),
    ("case", {"decided_on": "2025-03-05", "procedure": "普通", "penalty": "没收", "confiscated": "99.5"}),
    ("case", {"decided_on": "2025-03-06", "procedure": "普通", "penalty": "警告"}),
    ("case", {"decided_on": "2025-03-07", "procedure": "普通", "penalty": "通报批评"}),
    ("case", {"decided_on": "2025-03-08", "procedure": "普通"}),
    ("case", {"decided_on": "2025-03-09", "procedure": "普通", "kind": "其他", "fine": "7"}),
    ("case", {"decided_on": "2024-12-31", "procedure": "简易", "fine": "100"}),
    ("permit", {
        "applied_on": "2024-12-20", "accepted_on": "2024-12-23", "decided_on": "2025-01-03", "outcome": "准予",
    }),
    ("permit", {
        "applied_on": "2025-02-03", "accepted_on": "2025-02-05", "decided_on": "2025-02-07", "outcome": "不予",
    }),
    ("permit", {"applied_on": "2025-12-30"}),
    ("permit", {
        "applied_on": "2023-02-03", "accepted_on": "2023-02-03", "decided_on": "2023-02-07", "outcome": "准予",
        "revoked_on": "2025-06-03",
    }),
    ("coercion", {"done_on": "2025-05-06", "kind": "查封"}),
    ("coercion", {"done_on": "2025-05-07", "kind": "代履行"}),
    ("coercion", {"done_on": "2025-05-08", "kind": "申请法院"}),
    ("inspection", {
        "drawn_on": "2024-12-30", "plan": "甲", "target": "乙", "inspected_on": "2025-01-02", "problems": 0,
    }),
    ("inspection", {"drawn_on": "2025-12-30", "plan": "甲", "target": "丙"}),
)  # fmt: skip


@pytest.fixture
def organ(any_engine: Engine) -> Organ:
    with unit_of_work(any_engine) as session:
        organ, other = Organ(code="bureau", name="某局"), Organ(code="other", name="邻局")
        session.add_all([organ, other])
        session.flush()
        for code, given in ROWS:
            record_row(session, organ, KINDS[code], given, by=administrator(OVER))
        case = {"decided_on": "2025-03-03", "procedure": "简易", "fine": "900"}
        record_row(session, other, KINDS["case"], case, by=administrator(OVER))
        wrong = record_row(session, organ, KINDS["case"], case, by=administrator(OVER))
        withdraw_row(session, organ, KINDS["case"], wrong, "登记有误", by=administrator(OVER))
        return organ


def test_each_cell_counts_what_happened_in_the_year(any_engine: Engine, organ: Organ) -> None:
    with Session(any_engine) as session:
        tables = enforcement_tables(session, key(organ.id), 2025, on=OVER)

    told = [{cell.heading: cell.said for cell in table.cells if cell.said != "0"} for table in tables]
    assert told == [
        {
            "警告、通报批评": "2", "罚款": "1", "没收违法所得、没收非法财物": "1", "吊销许可证件": "1",
            "合计（宗）": "6", "罚款金额（元）": "5200.5", "没收金额（元）": "99.5",
        },
        {"申请数量": "2", "受理数量": "1", "许可数量": "1", "不予许可数量": "1", "撤销许可数量": "1"},
        {"查封场所、设施或者财物": "1", "代履行": "1", "申请法院强制执行": "1", "合计（宗）": "3"},
        {"行政检查总次数": "1"},
    ]  # fmt: skip
    assert tables[0].unsaid is not None
    assert (tables[0].unsaid.rows, tables[1].unsaid) == (("case:6",), None)
    assert tables[0].cells[-2].figure.rows == ("case:1", "case:2")


def test_the_columns_of_a_table_and_what_is_unsaid_make_up_its_total(any_engine: Engine, organ: Organ) -> None:
    with Session(any_engine) as session:
        penalties, _, coercion, _ = enforcement_tables(session, key(organ.id), 2025, on=OVER)

    *kinds, total, _fined, _taken = (cell.figure.value for cell in penalties.cells)
    assert penalties.unsaid is not None
    assert sum(kinds) + penalties.unsaid.value == total
    *kinds, total = (cell.figure.value for cell in coercion.cells)
    assert sum(kinds) == total


def test_the_tables_go_on_paper_and_rows_into_a_workbook(any_engine: Engine, organ: Organ, tmp_path: Path) -> None:
    with Session(any_engine) as session:
        kept = session.exec(select(Organ).where(Organ.code == "bureau")).one()
        tables = enforcement_tables(session, key(kept.id), 2025, on=OVER)
        write_review(yearbook(kept, 2025, tables, until=OVER), tmp_path / "a.docx", settings=Settings(home=tmp_path))
        write_yearbook_rows(session, kept, 2025, tables, tmp_path / "a.xlsx")

    word = Document(str(tmp_path / "a.docx"))
    texts = [paragraph.text for paragraph in word.paragraphs]
    assert texts[0] == "某局2025年度行政执法统计年报"
    assert "表一　某局2025年度行政处罚实施情况统计表" in texts
    assert any("有1宗没有填写处罚种类" in text for text in texts)
    assert [len(table.rows) for table in word.tables] == [13, 6, 13, 2]
    book = load_workbook(tmp_path / "a.xlsx")
    listed = list(book["依据"].iter_rows(min_row=3, values_only=True))
    assert len(listed) == sum(len(cell.figure.rows) for table in tables for cell in table.cells)
    assert any(
        row[:3] == ("行政处罚实施情况统计表", "罚款金额（元）", "case:2") and row[5] == "5000.5" for row in listed
    )


def test_a_year_that_runs_says_up_to_which_day_it_counts(any_engine: Engine, organ: Organ) -> None:
    half = dt.date(2025, 3, 5)
    with Session(any_engine) as session:
        tables = enforcement_tables(session, key(organ.id), 2025, on=half)
        document = yearbook(organ, 2025, tables, until=half)

    assert tables[0].cells[-3].said == "3"
    assert "数据截至2025年3月5日。" in str(document.body[0])
