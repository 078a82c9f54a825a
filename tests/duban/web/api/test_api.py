"""The interface for programs: who gets in, what it tells, and what it says when something cannot be done."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from duban.web.app import create_app
from duban.web.visit import COOKIE
from flows.embedded_clock import EmbeddedClock
from models.actor import Actor, Channel
from models.audit import AuditEntry
from models.database import key, on_record
from models.people.api_token import ApiToken, TokenScope
from models.people.person import Person
from tasks.access.hold_tokens import revoke_token
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office
from tests.program import API, Program, program_of, token_for
from tests.web import Web

SECRET = "制度清理甲乙丙"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.assign(SECRET, due="2026-06-30", on="2026-06-01")
    made.report("1", percent=40, on="2026-06-03")
    made.attach("1", on="2026-06-03")
    made.instruct("1", "抓紧办理", due="2026-06-20", on="2026-06-04")
    made.urge("1", on="2026-06-08")
    made.fast_forward("2026-06-09")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


# --- who gets in --------------------------------------------------------------------------------------------------


def test_without_a_token_nothing_is_told_but_what_the_interface_is(web: Web) -> None:
    client = web.anonymous()
    answer = client.get(f"{API}/items")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == 'Bearer realm="duban"'
    assert answer.json() == {
        "type": "urn:duban:problem:unauthorized",
        "title": "没有有效的令牌",
        "status": 401,
        "detail": "请求没有带令牌：请在 Authorization 头中写 Bearer 和您的接口令牌。",
    }
    assert client.get(f"{API}/openapi.json").status_code == 200
    assert "接口说明" in client.get(f"{API}/docs").text


def test_a_session_of_the_pages_opens_no_interface_and_a_token_no_page(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    assert visitor.get(f"{API}/me").status_code == 401

    program = program_of(web, SUPERVISOR)
    page = program.client.get("/board", follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (303, "/login?next=%2Fboard")
    program.client.headers.pop("Authorization")
    program.client.cookies.set(COOKIE, program.token)
    assert program.ask("/me").status_code == 401


def test_a_token_tells_whose_it_is(web: Web) -> None:
    me = program_of(web, HANDLER).read("/me")

    assert me == {
        "id": me["id"],
        "name": HANDLER,
        "organ": {"code": "bureau", "name": "某局"},
        "today": "2026-06-10",
        "seats": [{"role": {"code": "handler", "name": "承办人"}, "organ": "某局", "stands_for": None}],
        "token": {"name": "程序 read、write", "scopes": ["read", "write"], "expires_on": "2027-06-10"},
    }


def test_a_revoked_expired_or_mistyped_token_is_none(office: Office, web: Web) -> None:
    program = program_of(web, HANDLER)
    assert program.ask("/me").status_code == 200
    with on_record(office.engine) as session:
        held = session.exec(select(ApiToken)).one()
        assert held.used_on == dt.date(2026, 6, 10)
        by = Actor(HANDLER, Channel.WEB, office.today, web.now, held.person_id)
        revoke_token(session, held.id or 0, by=by)
    assert program.ask("/me").headers["www-authenticate"] == 'Bearer realm="duban", error="invalid_token"'

    short = token_for(web, HEAD, expires_on=dt.date(2026, 6, 10))
    client = web.anonymous()
    assert client.get(f"{API}/me", headers={"Authorization": f"Bearer {short}"}).status_code == 200
    office.today = dt.date(2026, 6, 11)
    for tried in (f"Bearer {short}", f"Bearer {short}x", "Bearer", f"Basic {short}"):
        assert client.get(f"{API}/me", headers={"Authorization": tried}).status_code == 401


def test_a_token_does_no_more_than_it_was_made_for(web: Web) -> None:
    reader, writer = (program_of(web, HANDLER, (scope,)) for scope in TokenScope)

    refused = reader.send("/items/1/acts/report", {"content": "办理中"})
    assert refused.status_code == 403
    assert refused.headers["www-authenticate"] == 'Bearer realm="duban", error="insufficient_scope", scope="write"'
    assert refused.json()["detail"] == "这个令牌不能用于办理：请生成用途含“办理”的令牌。"
    assert writer.ask("/items").status_code == 403
    assert writer.act(1, "report", content="办理中") == "任务 1 的进展已记录。"


def test_the_person_s_own_rights_bound_the_token(web: Web) -> None:
    refused = program_of(web, HANDLER).send("/items/1/acts/instruct", {"content": "快", "due_on": "2026-06-20"})

    assert refused.status_code == 403
    assert refused.json()["detail"].startswith(f"{HANDLER}不能对任务 1 批示：可由")


def test_an_outsider_is_told_of_nothing(office: Office, web: Web) -> None:
    program = program_of(web, OUTSIDER)
    told = program.client.get(f"{API}/openapi.json").json()["paths"]
    paths = [path for path, methods in told.items() if "{" not in path and "get" in methods]
    assert len(paths) > 8
    for path in [*paths, "/items/1", "/evidence/1/file", "/documents/1/file", "/reports/1"]:
        needed = {"q": SECRET} if path == "/search" else {}
        queries: tuple[dict[str, Any], ...] = (needed, needed | {"organ": "bureau"})
        for query in queries:
            answer = program.ask(path, **query)
            assert answer.status_code in (200, 404), f"{path}: {answer.text}"
            assert SECRET not in answer.text
            assert HANDLER not in answer.text
            assert answer.status_code == 404 or "organ" not in query, path
    for path in ("/items/1/acts/sign", "/items/1/acts/report", "/items/1/acts/accept"):
        assert program.send(path, {"content": "外人"} if "report" in path else {}).status_code == 404
    with on_record(office.engine) as session:
        outsider = session.exec(select(Person.id).where(Person.name == OUTSIDER)).one()
        acts = session.exec(select(AuditEntry.action).where(AuditEntry.actor_id == outsider)).all()
    assert acts == ["make_token"]


def test_what_one_may_not_know_of_and_what_is_not_there_are_told_alike(web: Web) -> None:
    program = program_of(web, OUTSIDER)

    assert program.ask("/items/1").json() == program.ask("/items/99").json()
    assert program.send("/items/1/acts/sign").json() == program.send("/items/99/acts/sign").json()


# --- what it tells ------------------------------------------------------------------------------------------------


def test_a_list_is_paged_by_place_and_says_the_way_on(office: Office, web: Web) -> None:
    for number in range(2, 48):
        office.assign(f"任务{number}", due="2026-07-31", number=str(number), issue=False)
    program = program_of(web, SUPERVISOR)

    numbers: list[str] = []
    address: str | None = f"{API}/items?limit=20&sort=number"
    while address:
        answer = program.client.get(address)
        page = answer.json()
        numbers += [line["number"] for line in page["items"]]
        assert (page["total"], bool(page["next"])) == (47, "next" in answer.links)
        address = answer.links.get("next", {}).get("url")
    assert numbers == [str(number) for number in range(1, 48)]


def test_a_list_is_chosen_from_as_on_the_page(office: Office, web: Web) -> None:
    office.assign("普法宣传", due="2026-06-12", sign=False)
    program = program_of(web, SUPERVISOR)

    def found(**query: object) -> list[str]:
        return [line["number"] for line in program.read("/items", **query)["items"]]

    assert found() == ["2", "1"]
    assert found(state="active") == found(q="甲乙") == found(due_from="2026-06-20") == ["1"]
    assert found(standing="unsigned") == found(due_until="2026-06-15") == ["2"]
    assert found(state=["active", "issued"], sort="number") == ["1", "2"]
    assert found(department="法规科", person=HANDLER, sort="number", falling=True) == ["2", "1"]
    assert found(light="blue") == []


def test_a_place_from_another_order_is_refused(office: Office, web: Web) -> None:
    for number in range(2, 30):
        office.assign(f"任务{number}", due="2026-07-31", number=str(number), issue=False)
    program = program_of(web, SUPERVISOR)
    place = program.read("/items", limit=20)["next"]

    assert len(program.read("/items", limit=20, cursor=place)["items"]) == 9
    wrong: tuple[dict[str, Any], ...] = ({"cursor": place, "sort": "title"}, {"cursor": "乱写"})
    for query in wrong:
        refused = program.ask("/items", **query)
        assert (refused.status_code, refused.json()["type"]) == (400, "urn:duban:problem:bad-input")


def test_an_item_is_told_whole_with_what_may_be_done(web: Web) -> None:
    item = program_of(web, HANDLER).read("/items/1")

    assert (item["number"], item["title"], item["state_name"], item["light_name"]) == ("1", SECRET, "在办", "正常")
    assert item["people"] == {"承办人": HANDLER, "科室负责人": HEAD, "分管领导": LEADER, "第一责任人": FIRST,
                              "督办员": SUPERVISOR}  # fmt: skip
    assert [(row["percent"], row["person"]) for row in item["progress"]] == [(40, HANDLER)]
    assert [row["why"] for row in item["deadlines"]] == ["原定 2026-06-20", "原定 2026-06-30"]
    assert [row["text"] for row in item["instructions"]] == ["抓紧办理"]
    assert next((row["act"], row["path"]) for row in item["may"]) == ("report", f"{API}/items/1/acts/report")
    assert [row["number"] for row in item["documents"]] == ["督办〔2026〕1号"]


def test_only_what_can_be_done_now_is_offered(office: Office, web: Web) -> None:
    office.assign("无节点", due="2026-06-30", number="90", on="2026-06-01")
    item = key(office.item("90").id)
    handler, supervisor = program_of(web, HANDLER), program_of(web, SUPERVISOR)

    def may(program: Program) -> list[str]:
        return [row["act"] for row in program.read(f"/items/{item}")["may"]]

    assert "reach_milestone" not in may(handler)
    assert "accept" not in may(supervisor)
    supervisor.act(item, "milestone", title="方案报审", due_on="2026-06-25")
    assert "reach_milestone" in may(handler)
    handler.act(item, "request_close", statement="已办结")
    assert ("request_close" in may(handler), "accept" in may(supervisor)) == (False, True)


def test_the_rest_of_the_office_s_records_are_told(office: Office, web: Web) -> None:
    program = program_of(web, SUPERVISOR)

    assert [plan["year"] for plan in program.read("/plans")["plans"]] == [2026]
    assert program.read("/plans/2026")["projects"][0]["items"][0]["title"] == SECRET
    assert program.ask("/plans/2020").json()["detail"] == "某局没有2020 年度计划。"
    assert program.read("/policies")["policies"][0] == "常规"
    assert len(program.read("/policies/常规")["rungs"]) == 8
    assert program.ask("/policies/没有").status_code == 404
    days = program.read("/workdays", from_on="2026-10-01", until_on="2026-10-10")["days"]
    assert [day["on"][-2:] for day in days if day["working"]] == ["08", "09", "10"]
    assert [act["person"] for act in program.read("/ledgers/acts")["acts"]] == [LEADER]
    assert program.read("/ledgers/cases") == {"cases": [], "next": None}
    assert program.read("/reports") == {"reports": []}
    kinds = [document["kind"]["name"] for document in program.read("/documents", kind="urging")["documents"]]
    assert kinds == ["催办单"]
    assert program.ask("/documents/1/file").content[:2] == b"PK"


def test_notices_are_read_on_from_where_one_stopped(office: Office, web: Web) -> None:
    program = program_of(web, SUPERVISOR)
    notices = program.read("/notices")["notices"]

    assert [(row["item"], row["recipient"]) for row in notices][:2] == [("1", HANDLER), ("1", HANDLER)]
    assert program.read("/notices", after=notices[-1]["id"]) == {"notices": [], "next": None}
    office.fast_forward("2026-06-24")
    assert {row["id"] for row in program.read("/notices", after=notices[-1]["id"])["notices"]}.isdisjoint(
        row["id"] for row in notices
    )
    assert program.read("/notices", mine=True)["notices"] == []


def test_evidence_is_uploaded_and_fetched_again(office: Office, web: Web) -> None:
    program = program_of(web, HANDLER)
    sent = program.client.post(
        f"{API}/items/1/evidence",
        data={"category": "result", "note": "初稿"},
        files={"file": ("总结.txt", io.BytesIO("完成情况".encode()))},
    )

    assert sent.status_code == 201, sent.text
    (number,) = sent.json()["created"]
    fetched = program.ask(f"/evidence/{number}/file")
    assert fetched.content == "完成情况".encode()
    assert fetched.headers["content-disposition"].startswith("attachment;")
    program_file = {"file": ("病毒.exe", io.BytesIO(b"MZ\x90"))}
    refused = program.client.post(f"{API}/items/1/evidence", files=program_file)
    assert (refused.status_code, refused.json()["title"]) == (400, "请求有误")


# --- what it says when something cannot be done --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field", "detail"),
    [
        ({}, "content", "没有填写：此项必填。"),
        ({"content": " "}, "content", "太短：至少 1 个字。"),
        ({"content": "好" * 4001}, "content", "太长：最多 4000 个字。"),
        ({"content": 5}, "content", "应为文字。"),
        ({"content": "好", "percent": 101}, "percent", "应不大于 100。"),
        ({"content": "好", "percent": "很多"}, "percent", "应为整数，如 60。"),
        (
            {"content": "好", "next_report_on": "2026-02-30"},
            "next_report_on",
            "应为存在的日期，写成 2026-06-30 的形式。",
        ),
        ({"content": "好", "percentage": 5}, "percentage", "不是已知的字段。"),
        ([], "", "应为 JSON 对象，并声明 Content-Type: application/json。"),
    ],
)
def test_what_is_wrong_with_a_field_is_said_in_plain_words(web: Web, body: object, field: str, detail: str) -> None:
    refused = program_of(web, HANDLER).send("/items/1/acts/report", body)

    assert refused.status_code == 422, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["errors"] == [{"field": field, "place": "body", "detail": detail}]


def test_every_answer_is_a_problem_whatever_goes_wrong(web: Web) -> None:
    program = program_of(web, HANDLER)
    answers = {
        "JSON": program.client.post(
            f"{API}/items/1/acts/report", content="{", headers={"content-type": "application/json"}
        ),
        "no address": program.ask("/nothing"),
        "no method": program.client.delete(f"{API}/items/1"),
        "no number": program.ask("/items/abc"),
        "no enumeration": program.ask("/items", state="fertig"),
        "too large": program.client.post(f"{API}/items/1/acts/report", content=b"x" * (2 * 1024 * 1024 + 1)),
        "too large a number": program.ask("/items/99999999999999999999"),
    }

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "JSON": 422, "no address": 404, "no method": 405, "no number": 422, "no enumeration": 422, "too large": 413,
        "too large a number": 422,
    }  # fmt: skip
    for answer in answers.values():
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert answers["no method"].headers["allow"] == "GET"
    assert answers["JSON"].json()["detail"] == "不是有效的 JSON：请检查引号、逗号和括号。"


def test_a_fault_of_the_program_says_nothing_of_it(office: Office, tmp_path: Path) -> None:
    def broken() -> dt.datetime:
        raise LookupError("密码在这里")

    app = create_app(
        office.settings, office.engine, clock=EmbeddedClock(office.settings, office.engine, prefect=None), prefect=None,
        now=broken,
    )  # fmt: skip
    web = Web(office)
    web.app = app
    answer = web.anonymous().get(f"{API}/me", headers={"Authorization": "Bearer x"})

    assert (answer.status_code, answer.json()["title"]) == (500, "程序出错")
    assert "密码" not in answer.text
