"""督办单 on demand: whoever may see an item sees its sheet and takes it along; nothing is issued by that."""

import io
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader
from sqlalchemy import Engine

from models.papers.document import Document
from tests.office import HANDLER, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Web


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.assign("制度清理", due="2026-06-05", number="12")
    made.today = day("2026-06-10")
    return made


@pytest.mark.parametrize("who", [HANDLER, LEADER, SUPERVISOR])
def test_whoever_sees_an_item_sees_its_sheet(office: Office, who: str) -> None:
    visitor = Web(office).of(who)

    page = visitor.read("/sheets/1")
    assert "某局督办单" in page
    assert "制度清理" in page
    assert "逾期3个工作日" in page
    assert "督办单" in visitor.read("/items/1")
    word = docx.Document(io.BytesIO(visitor.get("/sheets/1.docx").content))
    assert any("制度清理" in cell.text for row in word.tables[0].rows for cell in row.cells)
    paper = PdfReader(io.BytesIO(visitor.get("/sheets/1.pdf").content))
    assert "制度清理" in "".join(paper.pages[0].extract_text().split())
    assert len(paper.pages) == 1
    assert office.rows(Document) == []


@pytest.mark.parametrize("path", ["/sheets/1", "/sheets/1.docx", "/sheets/1.pdf"])
def test_an_outsider_sees_none(office: Office, path: str) -> None:
    assert Web(office).of(OUTSIDER).get(path).status_code == 404


def test_what_has_no_day_yet_has_no_sheet(office: Office) -> None:
    office.assign("草拟的", due="2026-06-30", issue=False)

    answer = Web(office).of(SUPERVISOR).get("/sheets/2")
    assert answer.status_code == 400
    assert "下达之后才有" in answer.text
