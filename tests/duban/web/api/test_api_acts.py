"""Acts by the interface: a week told by programs, done once by their keys, and never over what others did."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from duban.acts.declaration import Way
from duban.acts.item import ACTS
from models.actor import Channel
from models.audit import AuditEntry
from models.items.item import ItemState
from models.items.lifecycle import LIFECYCLE
from models.items.progress import ProgressEntry
from models.people.api_token import TokenScope
from models.people.keyed_request import KeyedRequest
from models.people.permission import Action
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office
from tests.program import API, program_of
from tests.web import Web


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-30", on="2026-06-01", sign=False)
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def entries(office: Office) -> list[tuple[str, str, Channel]]:
    with Session(office.engine) as session:
        found = session.exec(select(AuditEntry).where(AuditEntry.item_id == 1).order_by(AuditEntry.id))  # type: ignore[arg-type]
        return [(entry.action, entry.actor, entry.channel) for entry in found]


def test_every_act_upon_an_item_has_an_address() -> None:
    offered = [act for act in ACTS if Way.PROGRAM in act.ways]
    assert {act.action for act in offered} | {Action.ATTACH, Action.ISSUE} == set(LIFECYCLE)
    assert len({act.code for act in offered}) == len(offered)


def test_a_program_gives_an_instruction_that_no_item_stands_for(office: Office, web: Web) -> None:
    body = {"title": "核查来信", "content": "查清", "handler": HANDLER, "term": "一般件", "rest": "before"}
    first = program_of(web, FIRST)

    given = first.send("/instructions", body)
    assert (given.status_code, given.json()["number"]) == (200, "批1")
    assert office.item("批1").state is ItemState.ISSUED
    assert first.send("/instructions", body | {"term": "加急"}).status_code == 400
    copied = first.send("/instructions", body | {"copies": SUPERVISOR})
    assert first.read(f"/items/{copied.json()['created'][0]}")["instructions"][0]["copies"] == [SUPERVISOR]
    assert program_of(web, HANDLER).send("/instructions", body).status_code == 403


def test_a_week_is_told_by_programs(office: Office, web: Web) -> None:
    handler, head, leader, first, supervisor = (
        program_of(web, name) for name in (HANDLER, HEAD, LEADER, FIRST, SUPERVISOR)
    )

    assert handler.act(1, "object", reason="不属于本科室") == "任务 1 的转办异议已提出，等待督办员转办或退回。"
    assert supervisor.act(1, "return", reason="确属本科室") == "任务 1 已退回，现为“待签收”。"
    assert handler.act(1, "sign") == "任务 1 已签收，现为“在办”。"
    assert head.act(1, "milestone", title="方案报审", due_on="2026-06-18") == (
        "任务 1 已设阶段节点“方案报审”，时限 2026-06-18。"
    )
    assert handler.act(1, "reach_milestone", title="方案报审") == "阶段节点“方案报审”已按期完成。"
    assert handler.act(1, "extend", to="2026-07-10", reason="上级调整", progress="过半") == (
        "已申请由 2026-06-30 延至 2026-07-10，待审批。"
    )
    assert leader.act(1, "refuse_extension", reason="须按期") == "延期未批准，时限仍为 2026-06-30。"
    handler.act(1, "extend", to="2026-07-10", reason="确有困难", progress="过半")
    assert leader.act(1, "approve_extension", to="2026-07-08") == "延期已批准，新的时限 2026-07-08。"
    assert supervisor.act(1, "urge", demand="请加快") == "已催办：催办〔2026〕1号。"
    assert first.act(1, "instruct", content="务必办好", due_on="2026-06-22") == "批示已下达（督办〔2026〕1号）。"
    assert handler.act(1, "sign_instruction", instruction=1) == "批示已签收。"
    assert handler.act(1, "reply", instruction=1, content="正在办理") == "批示的办理情况已反馈。"
    assert leader.act(1, "close_instruction", instruction=1, outcome="已落实") == "批示已办结。"
    assert supervisor.act(1, "suspend", reason="等待上级") == "任务 1 已中止：停止计时和提醒。"
    assert supervisor.act(1, "resume") == "任务 1 已恢复，顺延 0 个工作日，时限 2026-07-08。"
    assert handler.act(1, "report", content="完成", percent=100) == "任务 1 的进展已记录。"
    assert handler.act(1, "request_close", statement="已完成") == "任务 1 已申请办结，待审核。"
    assert supervisor.act(1, "accept", waive="现场核实") == "任务 1 已销号（2026-06-01 按期办结）。"
    assert supervisor.act(1, "reopen", reason="群众反映", due_on="2026-08-31") == "任务 1 已重开，时限 2026-08-31。"
    assert supervisor.act(1, "transfer", reason="调整", handler=HEAD) == "任务 1 已转办，待签收。"

    assert {channel for _action, _actor, channel in entries(office)[1:]} == {Channel.API}
    assert [action for action, _actor, _channel in entries(office)].count("extend") == 2


@pytest.mark.parametrize("mark", ["\ufffe", "\uffff", "\x01"])
def test_what_no_office_file_can_hold_is_left_out_and_nul_is_refused(web: Web, office: Office, mark: str) -> None:
    program = program_of(web, HANDLER)
    program.act(1, "sign")
    program.act(1, "report", content=f"已编{mark}制", percent=40)
    with Session(office.engine) as session:
        assert [one.text for one in session.exec(select(ProgressEntry))] == ["已编制"]
    assert program.send("/items/1/acts/report", {"content": f"又{mark}\x00", "percent": 50}).is_client_error


def test_an_instruction_of_another_item_is_none_of_this_one(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30")
    office.instruct("2", "抓紧", due="2026-06-20", on="2026-06-01")
    program = program_of(web, HANDLER)

    for number in (1, 7):
        refused = program.send("/items/1/acts/sign_instruction", {"instruction": number})
        assert refused.status_code == 404
        assert refused.json()["detail"] == f"任务 1 没有编号为 {number} 的批示。"


# --- once ---------------------------------------------------------------------------------------------------------


def test_a_request_sent_again_with_its_key_is_answered_again_and_not_done_again(office: Office, web: Web) -> None:
    program = program_of(web, HANDLER)
    body = {"content": "完成一半", "percent": 50}

    first = program.send("/items/1/acts/report", body, idempotency_key="k1")
    again = program.send("/items/1/acts/report", {"percent": 50, "content": "完成一半 "}, idempotency_key="k1")
    other = program.send("/items/1/acts/report", {"content": "完成大半"}, idempotency_key="k1")
    fresh = program.send("/items/1/acts/report", body, idempotency_key="k2")

    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    assert (other.status_code, other.json()["detail"]) == (
        422, "幂等键“k1”已用于另一个请求：请为每次办理生成新的键，重发时内容不变。",
    )  # fmt: skip
    assert (fresh.status_code, len(office.rows(ProgressEntry))) == (200, 2)


def test_what_was_refused_may_be_sent_again_with_its_key(office: Office, web: Web) -> None:
    program = program_of(web, HANDLER)

    assert program.send("/items/1/acts/extend", {"to": "2026-07-10", "reason": "急", "progress": "半"},
                        idempotency_key="k").status_code == 403  # fmt: skip
    assert office.rows(KeyedRequest) == []
    program.act(1, "sign")
    assert program.send("/items/1/acts/extend", {"to": "2026-07-10", "reason": "急", "progress": "半"},
                        idempotency_key="k").status_code == 200  # fmt: skip


def test_keys_are_each_token_s_own(office: Office, web: Web) -> None:
    handler, head = program_of(web, HANDLER), program_of(web, HEAD)

    for program in (handler, head):
        assert program.send("/items/1/acts/report", {"content": "办理中"}, idempotency_key="k").status_code == 200
    assert len(office.rows(ProgressEntry)) == 2


def test_a_file_is_uploaded_once_by_its_key(office: Office, web: Web) -> None:
    program = program_of(web, HANDLER)
    program.act(1, "sign")

    def sent(content: bytes) -> int:
        answer = program.client.post(
            f"{API}/items/1/evidence", files={"file": ("总结.txt", io.BytesIO(content))},
            headers={"Idempotency-Key": "k"},
        )  # fmt: skip
        status: int = answer.status_code
        return status

    assert [sent(b"one"), sent(b"one"), sent(b"two")] == [201, 201, 422]


def test_keys_are_forgotten_after_a_week(office: Office, web: Web) -> None:
    program = program_of(web, HANDLER)
    program.send("/items/1/acts/report", {"content": "一"}, idempotency_key="k")
    office.fast_forward("2026-06-10", send=False)
    program.send("/items/1/acts/report", {"content": "二"}, idempotency_key="k2")

    assert [row.key for row in office.rows(KeyedRequest)] == ["1 k2"]


def test_of_ten_at_once_with_one_key_one_is_done_and_all_are_answered_alike(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "many")
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    program = program_of(Web(office), HANDLER)

    def send(_turn: int) -> tuple[int, bytes]:
        answer = program.send("/items/1/acts/report", {"content": "完成一半"}, idempotency_key="k")
        return answer.status_code, answer.content

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(send, range(10)))
    assert (len(answers), next(iter(answers))[0], len(office.rows(ProgressEntry))) == (1, 200, 1)


# --- never blind --------------------------------------------------------------------------------------------------


def test_nothing_is_read_twice_until_something_changes(office: Office, web: Web) -> None:
    program = program_of(web, HANDLER)
    for path in ("/items", "/items/1", "/me", "/plans", "/plans/2026", "/notices", "/workdays", "/policies/常规"):
        first = program.ask(path)
        held = {"If-None-Match": f'"x", W/{first.headers["etag"]}'}
        unchanged = program.ask(path, headers=held)
        assert (unchanged.status_code, unchanged.content) == (304, b""), path
        assert unchanged.headers["etag"] == first.headers["etag"]
        assert program.ask(path + "?organ=bureau", headers=held).status_code == 200
        assert (
            program_of(web, HEAD, (TokenScope.READ,)).ask(path, headers=held).status_code == 200
            if path == "/me"
            else True
        )
    held = {"If-None-Match": program.ask("/items/1").headers["etag"]}
    program.act(1, "sign")
    assert program.ask("/items/1", headers=held).status_code == 200
    held = {"If-None-Match": program.ask("/items/1").headers["etag"]}
    office.today = office.today.replace(day=2)
    assert program.ask("/items/1", headers=held).status_code == 200


def test_an_act_on_what_has_changed_since_is_not_done_and_told_why(office: Office, web: Web) -> None:
    handler, head = program_of(web, HANDLER), program_of(web, HEAD)
    seen = handler.ask("/items/1").headers["etag"]
    head.act(1, "report", content="科长先报", percent=30)

    refused = handler.send("/items/1/acts/report", {"content": "我来报", "percent": 20}, if_match=seen)
    assert refused.status_code == 412
    problem = refused.json()
    assert problem["detail"] == "任务 1 在您读取之后已有变化（王科长填报进展），没有办理：请重新读取后再试。"
    assert [(change["actor"], change["action"]) for change in problem["changes"]] == [(HEAD, "report")]
    assert len(office.rows(ProgressEntry)) == 1

    seen = handler.ask("/items/1").headers["etag"]
    office.today = office.today.replace(day=2)
    assert handler.send("/items/1/acts/report", {"content": "我来报"}, if_match=seen).status_code == 200
    assert handler.send("/items/1/acts/report", {"content": "再报"}, if_match=seen).status_code == 412
    assert handler.send("/items/1/acts/report", {"content": "再报"}, if_match="*").status_code == 200
    assert handler.send("/items/1/acts/report", {"content": "再报"}, if_match='"none of ours"').status_code == 412


def test_an_item_is_added_changed_and_ended_by_programs(office: Office, web: Web) -> None:
    supervisor = program_of(web, SUPERVISOR)
    typed = {"title": "审计整改", "due": "9月底前", "handler": HANDLER, "source_kind": "superior", "issue": True}

    added = supervisor.send("/items", typed, idempotency_key="a")
    assert (added.status_code, added.json()["state"]) == (201, "issued")
    assert "时限识别结果：最后一天为9月30日" in added.json()["said"]
    assert supervisor.send("/items", typed, idempotency_key="a").json() == added.json()
    assert supervisor.act(2, "edit", title="审计整改落实", reason="改名") == (
        "任务 2 已修改：任务：审计整改 → 审计整改落实。"
    )
    assert supervisor.act(2, "adjust", due="10月底前", reason="推迟") == (
        "任务 2 的时限调整已提请审批（完成时限：9月底前 → 10月底前），批准前时限不变。"
    )
    (asked,) = supervisor.read("/items/2")["extension_requests"]
    assert (asked["proposed_on"], asked["changes"]) == ("2026-10-31", ["完成时限：9月底前 → 10月底前"])
    assert program_of(web, FIRST).act(2, "approve_adjustment") == "时限调整已批准，时限 2026-10-31。"
    assert supervisor.act(2, "cancel", reason="取消") == "任务 2 已终止。"
    shown = supervisor.read("/items/2")
    assert (shown["source_kind"]["code"], shown["cancelled_on"]) == ("superior", "2026-06-01")
    wrong = supervisor.send("/items", {"title": "甲", "due": "近期"})
    assert (wrong.status_code, "完成时限" in wrong.text) == (400, True)
    assert program_of(web, HANDLER).send("/items", typed).status_code == 403
