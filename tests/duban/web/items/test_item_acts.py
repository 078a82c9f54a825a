"""Every act upon an item through the pages: done by whoever may, refused to others in words, nothing typed lost."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from duban.acts.item import ACTS
from models.audit import AuditEntry
from models.database import unit_of_work
from models.items.evidence import Evidence
from models.items.instruction import Instruction
from models.items.item import ItemState
from models.items.lifecycle import LIFECYCLE, TALK
from models.items.progress import ProgressEntry
from models.people.permission import GRANTS, Action
from models.people.person import Person
from tests.item_forms import carried, file, fill, press
from tests.office import CAST, FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Web, words_of


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.today = day("2026-06-02")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def state(office: Office, number: str = "1") -> ItemState:
    return office.item(number).state


def test_every_action_of_the_life_of_an_item_has_its_form() -> None:
    assert {act.action for act in ACTS} == set(LIFECYCLE) - {Action.ISSUE}
    assert len({act.verb for act in ACTS}) == len(ACTS)


def test_an_item_lives_its_whole_life_through_the_pages(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01", sign=False)
    handler, leader, supervisor = web.of(HANDLER), web.of(LEADER), web.of(SUPERVISOR)

    assert "任务 1 已签收，现为“在办”。" in press(handler, 1, "sign")
    page = fill(handler, "/items/1/report", content="已梳理一半", percent="50", next_report_on="2026-06-10")
    assert "任务 1 的进展已记录。" in page
    assert "填报进展 50%" in page
    assert "已申请由 2026-06-30 延至 2026-07-15，待审批。" in fill(
        handler, "/items/1/extend", to="2026-07-15", reason="上级要求调整", progress="已完成一半"
    )
    assert "延期已批准，新的时限 2026-07-15。" in fill(leader, "/items/1/approve")
    assert "批示已下达" in fill(leader, "/items/1/instruct", content="抓紧办理", due_on="2026-06-22")
    assert "批示已签收。" in press(handler, 1, "sign-instruction", instruction="1")
    assert "批示的办理情况已反馈。" in fill(handler, "/items/1/reply?instruction=1", content="已召开推进会")
    assert "承办人的时限从今天起继续计算" in fill(leader, "/items/1/ask-more?instruction=1", content="请附名单")
    assert "请附名单" in words_of(handler.get("/items/1").text)
    assert "批示的办理情况已反馈。" in fill(handler, "/items/1/reply?instruction=1", content="名单附后")
    assert "批示已办结。" in fill(leader, "/items/1/close-instruction?instruction=1", outcome="已落实")
    files = [("file", ("总结.txt", "清理结果".encode(), "text/plain"))]
    assert "已上传佐证材料 1 份。" in fill(handler, "/items/1/evidence", files=files)
    assert "已申请办结，待审核。" in fill(handler, "/items/1/request-close", statement="清理完毕")
    assert "任务 1 已销号（2026-06-02 按期办结）。" in fill(supervisor, "/items/1/accept")
    assert state(office) is ItemState.CLOSED
    assert "已重开，时限 2026-08-31。" in fill(supervisor, "/items/1/reopen", reason="结果有误", due_on="2026-08-31")
    assert state(office) is ItemState.ACTIVE


def test_side_ways_go_through_the_pages_too(office: Office, web: Web) -> None:
    second = office.department("执法科", head="孙科长")
    office.assign("执法检查", due="2026-06-30", on="2026-06-01", sign=False, helping=(second,))
    handler, head, supervisor = web.of(HANDLER), web.of(HEAD), web.of(SUPERVISOR)

    assert "转办异议已提出" in fill(handler, "/items/1/object", reason="不属本科室职责", suggested="执法科")
    assert "任务 1 已退回，现为“待签收”。" in fill(supervisor, "/items/1/return", reason="确属法规科")
    assert "任务 1 已转办，待签收。" in fill(supervisor, "/items/1/transfer", department="法规科", reason="重新交办")
    assert "已签收" in press(head, 1, "sign")
    assert "已设阶段节点“初稿”，时限 2026-06-10。" in fill(
        head, "/items/1/milestone", title="初稿", due_on="2026-06-10"
    )
    assert "阶段节点“初稿”已按期完成。" in fill(head, "/items/1/reached", title="初稿")
    assert "已分办为 1 个子任务" in fill(supervisor, "/items/1/split")
    assert "已催办：" in fill(supervisor, "/items/1/urge", demand="请加快")
    assert "已中止" in fill(supervisor, "/items/1/suspend", reason="等待上级批复")
    assert "已恢复，顺延" in press(supervisor, 1, "resume")
    fill(head, "/items/1/extend", to="2026-07-15", reason="人手不足", progress="一半")
    assert "延期未批准，时限仍为 2026-06-30。" in fill(web.of(LEADER), "/items/1/refuse", reason="须按期完成")


def test_progress_and_its_files_are_kept_together_or_not_at_all(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    handler = web.of(HANDLER)
    typed = carried(handler, "/items/1/report") | {"content": "附件有误", "percent": "30"}
    wrong = [("file", ("程序.exe", b"MZ\x00\x00", "application/octet-stream"))]

    answer = handler.post("/items/1/report", typed, files=wrong)

    assert answer.status_code == 400
    assert "程序.exe" in words_of(answer.text)
    assert "附件有误</textarea>" in answer.text
    assert office.rows(ProgressEntry) == []
    assert office.rows(Evidence) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"content": "", "percent": "30"}, "不能为空"),
        ({"content": "进展", "percent": "三成"}, "“三成”无法识别：请填 0 至 100 的整数，如 60。"),
        ({"content": "进展", "percent": "120"}, "120"),
        ({"content": "进展", "next_report_on": "2026-02-30"}, "2026-02-30"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    office: Office, web: Web, typed: dict[str, str], words: str
) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    handler = web.of(HANDLER)

    answer = handler.post("/items/1/report", carried(handler, "/items/1/report") | typed)

    assert answer.status_code == 400
    assert words in words_of(answer.text)
    assert f">{typed['content']}</textarea>" in answer.text


def test_whoever_may_not_is_told_who_may(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    handler = web.of(HANDLER)

    answer = handler.get("/items/1/instruct")

    assert answer.status_code == 403
    assert f"分管领导{LEADER}、第一责任人{FIRST}" in words_of(answer.text)


@pytest.mark.parametrize("verb", sorted({act.verb for act in ACTS}))
def test_an_outsider_knows_of_no_item_and_no_act(office: Office, web: Web, verb: str) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    outsider = web.of(OUTSIDER)
    missing = outsider.get(f"/items/99/{verb}")

    assert outsider.get("/items/1").status_code == 404
    assert outsider.get(f"/items/1/{verb}").text == missing.text
    assert outsider.post(f"/items/1/{verb}", {"seen": "0"}).status_code == 404


def offered(web: Web, name: str) -> list[str]:
    """The acts on the item page of somebody."""
    html = web.of(name).get("/items/1").text
    start, end = html.find('aria-label="现在可以办理"'), html.find('<div class="columns">')
    return words_of(html[html.find(">", start) + 1 : end]).split() if start >= 0 else []


def test_a_page_offers_what_its_reader_may_do_now_and_nothing_else(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01", sign=False)

    assert offered(web, HANDLER) == ["签收", "填报进展", "转办异议", "设阶段节点", "稍后提醒"]
    assert offered(web, LEADER) == ["批示"]
    assert offered(web, SUPERVISOR) == ["设阶段节点", "催办", "转办", "修改", "调整时限", "终止"]
    press(web.of(HANDLER), 1, "sign")
    assert offered(web, HANDLER) == ["填报进展", "上传佐证材料", "申请办结", "申请延期", "设阶段节点", "稍后提醒"]
    fill(web.of(HANDLER), "/items/1/extend", to="2026-07-15", reason="上级要求", progress="一半")
    assert offered(web, LEADER) == ["批准延期", "不批准延期", "批示", "中止"]
    assert "申请延期" not in offered(web, HANDLER)


def test_an_instruction_of_another_item_cannot_be_answered_here(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    office.instruct("2", "抓紧", due="2026-06-20", on="2026-06-02")
    handler = web.of(HANDLER)

    assert handler.get("/items/1/reply?instruction=1").status_code == 404
    answer = handler.post("/items/1/reply", {"seen": "9999", "instruction": "1", "content": "已办"})
    assert answer.status_code == 404
    with unit_of_work(office.engine) as session:
        assert session.exec(select(Instruction)).one().signed_on is None


def lacking(action: Action) -> str:
    """Somebody of the cast who may see the item and is not granted the action."""
    granted = {grant.role for grant in GRANTS[action]}
    return next(name for name, (role, _) in CAST.items() if role not in granted)


@pytest.mark.parametrize("verb", sorted({act.verb for act in ACTS if act.action not in TALK}))
def test_who_is_not_granted_an_act_can_neither_open_nor_send_its_form(office: Office, web: Web, verb: str) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    office.instruct("1", "抓紧", due="2026-06-20", on="2026-06-02")
    action = next(act.action for act in ACTS if act.verb == verb)
    visitor = web.of(lacking(action))
    before = len(office.rows(AuditEntry))
    typed = {"instruction": "1", "seen": "9999", "reason": "越权", "content": "越权", "statement": "越权"}
    typed |= {"to": "2026-07-15", "due_on": "2026-07-15", "progress": "越权", "title": "越权", "outcome": "越权"}

    opened = visitor.get(f"/items/1/{verb}", instruction="1")
    sent = visitor.post(f"/items/1/{verb}", typed, files=[file("越权.txt", "越权")])

    assert opened.status_code == 403
    assert f"不能对任务 1 {action.label}：可由" in words_of(opened.text)
    assert "<textarea" not in opened.text
    assert sent.status_code in (400, 403)
    assert len(office.rows(AuditEntry)) == before


def test_a_form_that_is_not_open_now_says_when_it_is(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01", sign=False)

    answer = web.of(HANDLER).get("/items/1/extend")

    assert answer.status_code == 403
    assert "任务 1 现为“待签收”，不能申请延期：须在“在办”时" in words_of(answer.text)


def test_whom_an_act_reaches_is_shown_before_it_is_done(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    told = {
        (LEADER, "instruct"): HANDLER,
        (SUPERVISOR, "urge"): HANDLER,
        (HANDLER, "extend"): LEADER,
        (HANDLER, "request-close"): SUPERVISOR,
    }

    assert {
        (who, verb): name
        for (who, verb), name in told.items()
        if f"提交后通知：{name}" in web.of(who).read(f"/items/1/{verb}")
    } == told
    assert "不另发通知。" in web.of(SUPERVISOR).read("/items/1/suspend")


def test_who_decides_sees_what_was_asked_and_at_which_level(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    office.extend("1", to="2026-07-15", on="2026-06-02", reason="上级要求调整", progress="已完成一半")

    form = web.of(LEADER).read("/items/1/approve")

    assert f"申请人 {HANDLER}，6月2日（周二） 申请 由 6月30日（周二） 延至 7月15日（周三） 原因 上级要求调整" in form
    assert "审批 第 1 级，共 1 级（分管领导或第一责任人）" in form
    assert f"提交后通知：{HANDLER}" in form


def test_a_closure_under_review_tells_what_evidence_is_missing(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    office.ask_closure("1", on="2026-06-02")
    supervisor = web.of(SUPERVISOR)

    assert "佐证材料 没有。不符合要求：应有 1 件，现有 0 件" in supervisor.read("/items/1/accept")
    refused = supervisor.post("/items/1/accept", carried(supervisor, "/items/1/accept"))
    assert refused.status_code == 403
    assert "请退回补充，或写明免证理由。" in words_of(refused.text)
    assert "--waive" not in refused.text


def test_urging_twice_is_refused_before_anything_is_typed(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    supervisor = web.of(SUPERVISOR)
    fill(supervisor, "/items/1/urge")

    answer = supervisor.get("/items/1/urge")

    assert answer.status_code == 403
    assert "已于 2026-06-02 催办" in words_of(answer.text)
    assert "催办" not in offered(web, SUPERVISOR)


def test_nobody_outside_the_list_can_be_chosen(office: Office, web: Web) -> None:
    office.assign("制度清理", due="2026-06-30", on="2026-06-01")
    outsider = next(row.id for row in office.rows(Person) if row.name == OUTSIDER)
    supervisor = web.of(SUPERVISOR)
    typed = carried(supervisor, "/items/1/transfer") | {"reason": "试试", "handler": str(outsider)}

    answer = supervisor.post("/items/1/transfer", typed)

    assert answer.status_code == 400
    assert "请从列表中选择。" in words_of(answer.text)
    assert OUTSIDER not in answer.text
