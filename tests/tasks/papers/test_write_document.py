"""Documents on paper: each kind opened again, its number in it, and the same bytes from the same row."""

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document as WordDocument
from sqlalchemy import Engine

from models.database import reading, unit_of_work
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.plan import AnnualPlan
from models.ladder.policy import DEFAULT_PRESET
from models.papers.circular import CircularKind
from models.papers.document import Document, DocumentKind
from models.people.organ import Organ
from tasks.acting.authorize import authorize_document
from tasks.items.instruct import instruct
from tasks.items.urge import urge
from tasks.oversight.compile_brief import compile_brief
from tasks.oversight.compile_circular import compile_circular
from tasks.papers.list_documents import ListedDocument, find_document, list_documents
from tasks.papers.write_document import document_bytes
from tasks.people.find import find_person
from tests.office import FIRST, HANDLER, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.tasks.papers.papers import cells, outline

CALENDAR = WorkCalendar()


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """An office that has issued one document of each kind: an instruction's sheet, a slip, a circular and a brief."""
    made = Office(engine, tmp_path / "home", preset=DEFAULT_PRESET)
    made.assign("普法宣传", due="2026-06-10")
    made.sweep("2026-06-11")
    made.do(FIRST, instruct, "1", on="2026-06-15", content="请说明原因", due_on=day("2026-06-18"))
    made.do(SUPERVISOR, lambda session, item, by: urge(session, [item], by=by), "1", on="2026-06-16")
    with unit_of_work(engine) as session:
        plan = session.get_one(AnnualPlan, made.plan_id)
        by = made.by(session, SUPERVISOR, "2026-07-01")
        compile_circular(
            session, plan, by=by, kind=CircularKind.MONTH, until=day("2026-06-30"), calendar=CALENDAR
        )  # fmt: skip
        compile_brief(session, plan, find_person(session, FIRST), by=by, calendar=CALENDAR)
    return made


def document(office: Office, kind: DocumentKind) -> Document:
    return next(row for row in office.rows(Document) if row.kind is kind)


def opened(row: Document) -> WordDocument:
    return docx.Document(io.BytesIO(document_bytes(row)))


def test_a_sheet_opens_with_its_number_and_who_instructed(office: Office) -> None:
    row = document(office, DocumentKind.SHEET)

    word = opened(row)

    assert word.paragraphs[0].text == "某局督办单"
    [form] = map(cells, word.tables)
    assert form[0] == ["文号", "某局督办〔2026〕1号", "反馈周期", "每月25日前反馈"]
    assert ["督办内容", "请说明原因"] in form
    assert ["批示领导", FIRST, "牵头领导", LEADER] in form


def test_an_urging_slip_opens_with_its_item(office: Office) -> None:
    word = opened(document(office, DocumentKind.URGING))

    items, form = map(cells, word.tables)
    assert word.paragraphs[0].text == "某局催办单"
    assert items[1][:5] == ["1", "1", "普法宣传", "法规科", HANDLER]
    assert ["文号", "某局催办〔2026〕1号", "回复期限", "2026年6月22日"] in form


def test_a_circular_opens_with_its_issue_number_and_parts(office: Office) -> None:
    word = opened(document(office, DocumentKind.CIRCULAR))

    texts = [paragraph.text for paragraph in word.paragraphs]
    assert texts[0] == "第1期　某局督通〔2026〕1号"
    assert texts[1].replace("\n", "") == "某局关于2026年6月督办事项办理情况的通报"
    assert "现将2026年6月（2026年6月1日至6月30日）督办事项办理情况通报如下。" in texts
    assert outline(word)[:4] == ["一、总体情况", "二、各单位办理情况", "三、逾期事项", "四、未按期填报情况"]
    assert cells(word.tables[1])[1][:4] == ["1", "普法宣传", "法规科", HANDLER]


def test_a_brief_opens_for_its_reader(office: Office) -> None:
    word = opened(document(office, DocumentKind.BRIEF))

    head, red, *_ = map(cells, word.tables)
    assert head[0] == ["呈报", "刘局长（局长）", "日期", "2026年7月1日"]
    assert red[1] == ["1", "普法宣传", "法规科、张副局", "逾期14个工作日"]


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_same_row_gives_the_same_bytes_whatever_became_of_the_office(office: Office, kind: DocumentKind) -> None:
    before = document_bytes(document(office, kind))
    with unit_of_work(office.engine) as session:
        session.get_one(Organ, office.organ_id).name = "改名后的局"
    office.vacate(HANDLER, on="2026-07-02")

    assert document_bytes(document(office, kind)) == before


def listed(office: Office, who: str, **more: Any) -> list[ListedDocument]:
    with reading(office.engine) as session:
        organ = session.get_one(Organ, office.organ_id)
        return list_documents(session, organ, by=office.by(session, who, "2026-07-01"), **more)


def test_the_list_shows_each_what_he_may_see(office: Office) -> None:
    assert [(row.number, row.item) for row in listed(office, SUPERVISOR)] == [
        ("督简〔2026〕1号", None),
        ("督通〔2026〕1号", None),
        ("催办〔2026〕1号", None),
        ("督办〔2026〕1号", "1"),
    ]
    assert [row.number for row in listed(office, HANDLER)] == ["督办〔2026〕1号"]
    assert listed(office, OUTSIDER) == []
    assert [row.kind for row in listed(office, SUPERVISOR, kind=DocumentKind.BRIEF)] == [DocumentKind.BRIEF]
    assert listed(office, SUPERVISOR, year=2025) == []


@pytest.mark.parametrize("named", ["督办〔2026〕1号", "某局督办〔2026〕1号", "督办[2026]1", "督办（2026）1号", " 1 "])
def test_a_document_is_found_by_id_or_by_its_written_number(office: Office, named: str) -> None:
    with reading(office.engine) as session:
        found = find_document(session, session.get_one(Organ, office.organ_id), named)
    assert (found.kind, found.number) == (DocumentKind.SHEET, 1)


@pytest.mark.parametrize(
    ("named", "error"), [("督办〔2026〕9号", NotFoundError), ("99", NotFoundError), ("红头文件", BadInputError)]
)
def test_what_is_no_document_is_said(office: Office, named: str, error: type[Exception]) -> None:
    with reading(office.engine) as session, pytest.raises(error, match=f"“{named}”"):
        find_document(session, session.get_one(Organ, office.organ_id), named)


def test_a_document_is_read_by_whoever_may_see_what_it_is_about(office: Office) -> None:
    def may(who: str, kind: DocumentKind) -> bool:
        row = document(office, kind)
        with reading(office.engine) as session:
            try:
                authorize_document(session, office.by(session, who, "2026-07-01"), row)
            except (ForbiddenError, NotFoundError):
                return False
        return True

    assert [may(HANDLER, kind) for kind in DocumentKind] == [True, False, False, False]
    assert [may(SUPERVISOR, kind) for kind in DocumentKind] == [True] * 4
    assert [may(OUTSIDER, kind) for kind in DocumentKind] == [False] * 4
