"""One item by hand through the pages: added, issued with a look at whom it reaches, changed, adjusted, ended."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.items.item import ItemState, WorkItem
from models.items.item_template import ItemTemplate
from tests.item_forms import fill
from tests.office import HANDLER, LEADER, SUPERVISOR, Office, day
from tests.web import Visitor, Web, field_value, words_of

TYPED = {"title": "落实审计整改", "due": "9月底前", "lead": "法规科", "handler": HANDLER, "importance": "重要"}


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.today = day("2026-06-02")
    made.assign("制度清理", due="2026-06-30", on="2026-06-01")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


@pytest.fixture
def supervisor(web: Web) -> Visitor:
    return web.of(SUPERVISOR)


def test_one_item_takes_three_clicks_from_the_list_to_its_issue(office: Office, supervisor: Visitor) -> None:
    assert 'href="/items/new"' in supervisor.get("/items").text
    asked = supervisor.read("/items/new")
    assert "保存并下达…" in asked
    foreseen = supervisor.act(
        "/items/new", TYPED | {"do": "issue", "source_kind": "上级来文", "source_number": "审发5号"}
    )
    assert "已存为拟办，还没有下达" in foreseen
    assert office.item("2").state is ItemState.DRAFT
    page = supervisor.act("/items/2/issue", {"past": "none"})
    assert "任务 2 已下达。" in page
    assert "上级来文 审发5号" in page
    assert "新增任务" in page
    item = office.item("2")
    assert (item.state, item.due_on) == (ItemState.ISSUED, dt.date(2026, 9, 30))


def test_the_form_says_how_the_day_is_read_and_keeps_what_was_typed(office: Office, supervisor: Visitor) -> None:
    read = supervisor.post("/items/new", TYPED | {"do": "check"})
    assert "识别结果：最后一天为9月30日" in words_of(read.text).replace(" ", "")
    wrong = supervisor.post("/items/new", TYPED | {"do": "draft", "due": "近期", "handler": "查无此人"})
    assert wrong.status_code == 400
    assert field_value(wrong.text, "lead") == "法规科"
    assert "人员中没有“查无此人”" in words_of(wrong.text)
    assert len(office.rows(WorkItem)) == 1


def test_a_day_that_is_past_asks_what_becomes_of_it(office: Office, supervisor: Visitor) -> None:
    foreseen = supervisor.act("/items/new", TYPED | {"do": "issue", "due": "5月底前"})
    assert "已过，将“不追溯”" in foreseen
    assert "只提醒" in supervisor.read("/items/2/issue", past="notice")
    supervisor.act("/items/2/issue", {"past": "notice"})
    assert "只提醒" in supervisor.read("/items/2")


def test_what_lacks_something_is_a_draft_that_says_so(office: Office, supervisor: Visitor) -> None:
    page = supervisor.act("/items/new", {"title": "待定的工作", "do": "issue"})
    assert "存为拟办，还缺完成时限、责任人" in page
    assert supervisor.get("/items/2/issue").status_code == 400


def test_a_template_of_the_office_fills_the_form_by_one_click(office: Office, supervisor: Visitor) -> None:
    kept = supervisor.act("/items/new", TYPED | {"do": "keep", "template_name": "审计整改"})
    assert "已存为常用事项“审计整改”" in kept
    filled = supervisor.get("/items/new?template=1").text
    assert field_value(filled, "due") == "9月底前"
    supervisor.act("/items/new", TYPED | {"do": "keep", "template_name": "审计整改", "due": "每季度"})
    [template] = office.rows(ItemTemplate)
    assert template.fields["due"] == "每季度"
    assert "已删除常用事项" in supervisor.act("/items/templates/1/delete")
    assert office.rows(ItemTemplate) == []
    assert supervisor.post("/items/new", {"do": "keep", "template_name": "空的"}).status_code == 400


def test_a_change_is_told_in_what_happened_field_by_field(office: Office, supervisor: Visitor) -> None:
    form = supervisor.get("/items/1/edit").text
    assert "制度清理</textarea>" in form
    assert field_value(form, "handler") == HANDLER
    assert field_value(form, "due") is None
    seen = {"seen": field_value(form, "seen"), "title": "制度清理和公布", "handler": HANDLER, "lead": "法规科"}
    assert supervisor.post("/items/1/edit", seen).status_code == 400
    page = supervisor.act("/items/1/edit", seen | {"reason": "上级要求", "leaders": LEADER})
    assert "任务 1 已修改：任务、牵头领导。" in page
    assert "任务：制度清理 → 制度清理和公布" in page
    assert f"牵头领导：无 → {LEADER}" in page
    trail = supervisor.read("/audit?item=1")
    assert "任务：制度清理 → 制度清理和公布" in trail


def test_what_somebody_changed_meanwhile_is_shown_before_it_is_overwritten(office: Office, supervisor: Visitor) -> None:
    seen = field_value(supervisor.get("/items/1/edit").text, "seen")
    office.report("1", percent=40, on="2026-06-02")
    answer = supervisor.post("/items/1/edit", {"seen": seen, "title": "另一个标题", "reason": "改名"})
    assert answer.status_code == 409
    assert "您打开页面之后的变化" in answer.text
    assert "另一个标题" in answer.text


def test_the_day_is_adjusted_and_the_item_ended_by_forms_of_their_own(office: Office, supervisor: Visitor) -> None:
    office.adjusting_at_once()
    page = fill(supervisor, "/items/1/adjust", due="8月底前", reason="上级推迟部署")
    assert "时限已由 2026-06-30 调整为 2026-08-31" in page
    assert "计划调整：时限由" in page
    ended = fill(supervisor, "/items/1/cancel", reason="上级取消")
    assert "任务 1 已终止。" in ended
    assert "6月2日（周二） 终止" in ended
    assert supervisor.get("/items/1/edit").status_code == 403
    assert "已终止" in supervisor.read("/items", state="cancelled")


def test_a_day_that_needs_approval_is_asked_for_and_decided_on_the_leaders_desk(web: Web) -> None:
    supervisor, leader = web.of(SUPERVISOR), web.of(LEADER)
    form = supervisor.read("/items/1/adjust")
    assert ("分管领导或第一责任人" in form, LEADER in form) == (True, True)
    page = fill(supervisor, "/items/1/adjust", due="8月底前", reason="上级推迟部署")
    assert "已提请审批（完成时限：2026-06-30 → 8月底前）" in page
    offered = supervisor.get("/items/1").text
    assert ("/items/1/withdraw" in offered, "/items/1/adjust" in offered) == (True, False)
    assert "提请调整时限（完成时限：2026-06-30 → 8月底前）：上级推迟部署" in leader.read("/")
    assert "完成时限：2026-06-30 → 8月底前" in leader.read("/items/1/approve-adjustment")
    decided = fill(leader, "/items/1/approve-adjustment", comment="同意")
    assert "时限调整已批准，时限 2026-08-31" in decided
    assert "提请调整时限" in decided
    assert "批准调整时限" in decided


def test_a_draft_is_withdrawn_by_the_same_form(office: Office, supervisor: Visitor) -> None:
    supervisor.act("/items/new", TYPED | {"do": "draft"})
    assert "任务 2 已撤销。" in fill(supervisor, "/items/2/cancel", reason="重复")
    assert "撤销拟办的任务" in supervisor.read("/items/2")


def test_only_a_supervisor_is_offered_any_of_it(web: Web) -> None:
    handler = web.of(HANDLER)
    assert "/items/new" not in handler.get("/items").text
    assert handler.get("/items/new").status_code == 403
    assert handler.get("/items/1/edit").status_code == 403
    assert handler.post("/items/new", TYPED | {"do": "draft"}).status_code == 403
