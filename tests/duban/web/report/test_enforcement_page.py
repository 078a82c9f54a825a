"""行政执法统计年报 in the browser: each number opened to its rows, and both files taken."""

import io
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import Engine

from tests.office import HANDLER, SUPERVISOR, Office, day
from tests.web import Web

CASE = {"decided_on": "2026-03-05", "procedure": "ordinary", "number": "〔2026〕1号", "penalty": "warning"}
PAGE = "/reports/enforcement"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    office = Office(engine, tmp_path / "home")
    office.today = day("2026-06-12")
    return office


def test_a_number_opens_to_its_rows_and_the_files_are_taken(office: Office) -> None:
    visitor = Web(office).of(SUPERVISOR)
    assert "行政执法统计年报" in visitor.read("/reports")
    assert "2026 年度，2027年1月31日（周日）前公开" in visitor.read(PAGE)
    visitor.act("/ledgers/case", CASE)
    visitor.act("/ledgers/case", CASE | {"number": "〔2026〕2号", "penalty": ""})
    words = visitor.read(PAGE)
    assert "有1宗没有填写处罚种类，计入合计，未列入各类。 到台账中补填" in words
    chosen = visitor.get(f"{PAGE}?cell=case.penalty_0").text
    assert 'href="/ledgers/case/1"' in chosen
    assert 'href="/ledgers/case/2"' not in chosen
    assert visitor.get(f"{PAGE}?cell=case.nothing").status_code == 404
    word = Document(io.BytesIO(visitor.get(f"{PAGE}/tables.docx").content))
    assert word.paragraphs[0].text == "某局2026年度行政执法统计年报"
    assert word.tables[0].cell(1, 1).text == "1"
    assert load_workbook(io.BytesIO(visitor.get(f"{PAGE}/rows.xlsx").content)).sheetnames == ["数字", "依据"]


def test_in_january_the_year_that_is_owed_is_shown(office: Office) -> None:
    office.today = day("2027-01-31")
    assert "2026 年度" in Web(office).of(SUPERVISOR).read(PAGE)
    office.today = day("2027-02-01")
    assert "2027 年度" in Web(office).of(SUPERVISOR).read(PAGE)


def test_who_sees_one_item_only_does_not_see_the_year(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-20")
    visitor = Web(office).of(HANDLER)
    for path in (PAGE, f"{PAGE}/tables.docx", f"{PAGE}/rows.xlsx"):
        assert visitor.get(path).status_code == 403, path
