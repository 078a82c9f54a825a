"""Nothing typed is lost: put by with a button, or sent when the session had ended; seen by its person alone."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import col, select

from duban.web.visit import COOKIE, csrf_of
from models.database import unit_of_work
from models.items.item import WorkItem
from models.items.progress import ProgressEntry
from models.ledgers.enforcement_case import EnforcementCase
from models.people.kept_form import KeptForm
from models.people.person import Person
from tasks.access.hold_session import end_sessions, start_session
from tasks.access.keep_draft import MOST, drafts_of, keep_draft
from tests.item_forms import carried, fill
from tests.office import HANDLER, LEADER, SUPERVISOR, Office, day
from tests.web import Visitor, Web, field_value, words_of

CASE = {
    "decided_on": "2026-03-05",
    "procedure": "ordinary",
    "fine": "3,000.50",
    "number": "〔2026〕1号",
    "title": "某案",
}


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.assign("制度清理", due="2026-06-30", on="2026-06-01")
    made.today = day("2026-06-02")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def expired(web: Web, name: str) -> Visitor:
    """A browser whose session has ended without its person knowing."""
    visitor = web.of(name)
    with unit_of_work(web.office.engine) as session:
        person = session.exec(select(Person).where(Person.name == name)).one()
        end_sessions(session, person.id or 0, now=web.now)
    return visitor


def test_what_is_put_by_is_there_when_the_form_is_opened_again_and_gone_once_sent(office: Office, web: Web) -> None:
    handler = web.of(HANDLER)

    said = fill(handler, "/items/1/report", content="已梳理一半，", percent="101", keep="yes")

    assert "已暂存，尚未提交。" in said
    assert office.rows(ProgressEntry) == []
    html = handler.get("/items/1/report").text
    assert "暂存的内容，还没有提交" in words_of(html)
    assert 'value="101"' in html
    assert "填报进展 · 1 制度清理 已梳理一半，" in handler.read("/drafts")
    assert "没有草稿。" in web.of(SUPERVISOR).read("/drafts")
    assert web.of(SUPERVISOR).get("/drafts/1").status_code == 404

    refused = handler.post(
        "/items/1/report", carried(handler, "/items/1/report") | {"content": "已梳理一半", "percent": "101"}
    )
    assert refused.status_code == 400
    assert len(office.rows(KeptForm)) == 1

    fill(handler, "/items/1/report", content="已梳理一半", percent="50")
    assert office.rows(KeptForm) == []
    assert "暂存的内容" not in handler.read("/items/1/report")


def test_two_instructions_of_one_item_keep_a_draft_each(office: Office, web: Web) -> None:
    for text in ("抓紧", "核实"):
        office.instruct("1", text, due="2026-06-20", on="2026-06-02")
    handler = web.of(HANDLER)

    for number, text in (("1", "正在催"), ("2", "正在查")):
        fill(handler, f"/items/1/reply?instruction={number}", content=text, keep="yes")

    assert "正在催" in handler.get("/items/1/reply?instruction=1").text
    assert "正在查" in handler.get("/items/1/reply?instruction=2").text
    fill(handler, "/items/1/reply?instruction=2", content="查实了")
    assert [draft.path for draft in office.rows(KeptForm)] == ["/items/1/reply?instruction=1"]


@pytest.mark.parametrize(
    ("who", "path", "title", "typed", "rest"),
    [
        (SUPERVISOR, "/items/new", "新增任务", {"title": "编制白皮书", "number": "一百", "due": "9月"},
         {"do": "draft"}),
        (LEADER, "/instructions/new", "批示交办", {"title": "核查来信", "content": "查清"},
         {"term": "疑难件", "handler": "1"}),
    ],
)  # fmt: skip
def test_a_form_upon_no_item_is_put_by_and_filled_again(
    office: Office, web: Web, who: str, path: str, title: str, typed: dict[str, str], rest: dict[str, str]
) -> None:
    visitor = web.of(who)

    assert "已暂存，尚未提交。" in visitor.act(path, typed | {"keep": "yes"})
    assert len(office.rows(WorkItem)) == 1
    assert title in visitor.read("/drafts")
    led = visitor.client.get("/drafts/1", follow_redirects=False).headers["location"]
    assert led == path
    html = visitor.get(led).text
    assert "暂存的内容，还没有提交" in words_of(html)
    assert [text for text in typed.values() if text not in html] == []
    # Another person, and the same person in another plan, begin anew; what is refused stays.
    assert typed["title"] not in visitor.get(f"{path}?year=2026").text
    assert visitor.post(path, typed | rest | {"title": ""}).status_code == 400
    assert len(office.rows(KeptForm)) == 1

    assert visitor.post(path, typed | rest).status_code == 303
    assert (office.rows(KeptForm), len(office.rows(WorkItem))) == ([], 2)
    assert "暂存的内容" not in visitor.read(path)


def test_a_form_sent_after_the_session_ended_is_there_after_signing_in(office: Office, web: Web) -> None:
    visitor = expired(web, HANDLER)

    answer = visitor.post("/items/1/report", {"content": "已办妥三件", "percent": "30", "seen": "1"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/drafts/1")
    assert "登录已过期。您刚才提交的内容已经保留" in words_of(visitor.client.get("/login?next=/drafts/1").text)
    assert office.rows(ProgressEntry) == []
    back = web.of(HANDLER)
    html = back.client.get("/drafts/1").text
    assert "提交时登录已过期而保留的内容" in words_of(html)
    assert "已办妥三件" in html
    back.act("/items/1/report", carried(back, "/items/1/report") | {"content": "已办妥三件", "percent": "30"})
    assert [entry.text for entry in office.rows(ProgressEntry)] == ["已办妥三件"]
    assert office.rows(KeptForm) == []


def test_any_other_form_is_read_once_more_and_sent_from_there(office: Office, web: Web) -> None:
    expired(web, SUPERVISOR).post("/ledgers/case?year=2026", CASE)
    back = web.of(SUPERVISOR)
    html = back.client.get("/drafts/1").text
    words = words_of(html)

    assert "提交时登录已过期，内容已为您保留，还没有生效" in words
    assert "〔2026〕1号" in words
    assert office.rows(EnforcementCase) == []
    sent = {name: field_value(html, name) for name in ("of_draft", *CASE)}
    assert "已登记执法案件，编号 1。" in back.act("/ledgers/case?year=2026", sent)
    assert [case.title for case in office.rows(EnforcementCase)] == ["某案"]
    assert office.rows(KeptForm) == []


def test_a_draft_is_thrown_away_by_its_person_alone(office: Office, web: Web) -> None:
    handler = web.of(HANDLER)
    fill(handler, "/items/1/report", content="先记着", keep="yes")

    assert web.of(SUPERVISOR).post("/drafts/1/drop").status_code == 404
    assert "草稿已删除。" in handler.act("/drafts/1/drop")
    assert office.rows(KeptForm) == []


@pytest.mark.parametrize(
    ("path", "data", "csrf"),
    [
        pytest.param("/items/1/report", {"content": "伪造"}, "其他", id="a form that none of our pages made"),
        pytest.param("/items/1/sign", {"seen": "1", "back": "/"}, None, id="nothing typed"),
        pytest.param("/account/password", {"old": "旧口令", "password": "新口令"}, None, id="passwords"),
        pytest.param("/account/messages", {"address": "https://robot.test/?key=1"}, None, id="secret addresses"),
        pytest.param("/items/1/report", {"content": "一" * 200_001}, None, id="too much"),
    ],
)  # fmt: skip
def test_what_is_not_kept_leads_to_the_door_as_before(
    office: Office, web: Web, path: str, data: dict[str, str], csrf: str | None
) -> None:
    visitor = expired(web, HANDLER)
    sent = data | {"csrf": csrf or csrf_of(visitor.token)}

    answer = visitor.client.post(path, data=sent, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert office.rows(KeptForm) == []


def test_a_session_there_never_was_keeps_nothing(office: Office, web: Web) -> None:
    client: TestClient = web.anonymous()
    client.cookies.set(COOKIE, "made-up")

    answer = client.post(
        "/items/1/report", data={"content": "塞满", "csrf": csrf_of("made-up")}, follow_redirects=False
    )

    assert answer.headers["location"] == "/login"
    assert office.rows(KeptForm) == []


def test_a_marked_text_is_not_kept_and_given_back(office: Office, web: Web) -> None:
    answer = expired(web, HANDLER).post("/items/1/report", {"content": "机密★10年 某事"})

    assert answer.status_code == 400
    assert "没有保存任何内容" in words_of(answer.text)
    assert office.rows(KeptForm) == []


def test_the_oldest_drafts_make_room(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "home")
    with unit_of_work(any_engine) as session:
        person = session.exec(select(Person).order_by(col(Person.id))).first()
        assert person is not None
        start_session(session, person, address="", agent="", now=Web(office).now)
        for number in range(MOST + 2):
            keep_draft(session, person.id or 0, f"/items/{number}/report", [("content", "文")], now=Web(office).now)
        kept = [draft.path for draft in drafts_of(session, person.id or 0)]
    assert (len(kept), kept[0], kept[-1]) == (MOST, f"/items/{MOST + 1}/report", "/items/2/report")
