"""批示交办 from the desk: one form, whom it is for, and what becomes of a day of rest."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.items.instruction import Instruction
from models.items.item import ItemState
from models.ladder.notice import Notice, NoticeKind
from models.people.person import Person
from tests.item_forms import carried, fill
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office
from tests.web import Web, words_of

NEW = "/instructions/new"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.assign("制度清理", due="2026-06-30", on="2026-06-01")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def told(office: Office) -> dict[str | None, NoticeKind]:
    return {office.name_of(row.recipient_id): row.kind for row in office.rows(Notice) if row.subject}


def typed(office: Office, **more: str) -> dict[str, str]:
    [handler] = [str(row.id) for row in office.rows(Person) if row.name == HANDLER]
    return {"title": "核查来信", "content": "查清报结果", "handler": handler} | more


def test_a_leader_gives_one_from_the_desk_in_two_clicks(office: Office, web: Web) -> None:
    first = web.of(FIRST)
    assert NEW in first.get("/").text
    assert "急件：3天" in words_of(first.get(NEW).text)

    assert "批示已交办：任务 批1（督办〔2026〕1号）" in first.act(NEW, typed(office, term="一般件"))
    assert office.item("批1").state is ItemState.ISSUED
    assert told(office) == {HANDLER: NoticeKind.INSTRUCTION, LEADER: NoticeKind.INSTRUCTION}


def test_only_the_handler_hears_where_that_is_chosen(office: Office, web: Web) -> None:
    web.of(FIRST).act(NEW, typed(office, term="急件", hear="只告知承办人"))
    assert told(office) == {HANDLER: NoticeKind.INSTRUCTION}


def test_a_day_of_rest_is_said_and_offered_and_what_was_typed_stays(office: Office, web: Web) -> None:
    first = web.of(FIRST)
    answer = first.post(NEW, typed(office, due_on="2026-06-20"))

    assert answer.status_code == 400
    assert "之前的工作日是 2026-06-18，之后的是 2026-06-22" in words_of(answer.text)
    assert "查清报结果</textarea>" in answer.text
    assert office.rows(Instruction) == []
    first.act(NEW, typed(office, due_on="2026-06-20", rest="之前的工作日"))
    assert str(office.item("批1").due_on) == "2026-06-18"


@pytest.mark.parametrize("who", [HANDLER, HEAD, SUPERVISOR])
def test_whoever_leads_nobody_has_no_such_page(office: Office, web: Web, who: str) -> None:
    visitor = web.of(who)
    assert NEW not in visitor.get("/").text
    assert visitor.get(NEW).status_code == 404
    assert visitor.post(NEW, typed(office, term="急件")).status_code == 404


def test_on_an_item_the_presets_are_offered_too(office: Office, web: Web) -> None:
    assert "批示已下达" in fill(web.of(LEADER), "/items/1/instruct", content="抓紧", term="特急件")


def test_a_copy_is_named_on_the_form_and_its_person_reads_that_item_alone(office: Office, web: Web) -> None:
    office.department("财务科", head="钱科长")
    office.assign("案卷评查", due="2026-06-30", on="2026-06-01")
    leader, copied = web.of(LEADER), web.of("钱科长")
    assert copied.get("/items/1").status_code == 404

    sent = carried(leader, "/items/1/instruct") | {"content": "抓紧", "term": "特急件", "copies": "查无此人"}
    wrong = leader.post("/items/1/instruct", sent)
    assert (wrong.status_code, "抄送：某局没有登记“查无此人”这个人：请先在" in words_of(wrong.text)) == (400, True)
    assert "抄送 钱科长" in fill(leader, "/items/1/instruct", content="抓紧", term="特急件", copies="钱科长")

    page = copied.get("/items/1")
    offered = set(re.findall(r"/items/1/([a-z-]+)", page.text))
    assert (page.status_code, offered - {"sheet"}) == (200, {"comment", "colleagues"})
    assert copied.get("/items/1/report").status_code == 403
    assert copied.get("/items/2").status_code == 404
    assert "制度清理" not in copied.read("/items")
    assert "制度清理" in copied.read("/items", only="copied")
    assert "制度清理" not in copied.read("/")
    assert "抄送您本人知悉" in copied.read("/notices")
