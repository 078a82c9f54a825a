"""An item added by hand, changed, its day adjusted, ended: what is allowed, who is told, what the record says."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.audit import AuditEntry
from models.database import unit_of_work
from models.dates.day_override import office_calendar
from models.errors import BadInputError, ForbiddenError
from models.items.item import Deadline, DeadlineMove, Importance, ItemState, ItemUnit, MoveCause, SourceKind
from models.items.plan import AnnualPlan
from models.items.receipt import Receipt
from models.ladder.light import Light
from models.ladder.lookback import Lookback
from models.ladder.notice import Notice, NoticeKind
from tasks.items.add_item import add_item
from tasks.items.cancel_item import cancel_item
from tasks.items.edit_item import FieldChange, edit_item
from tasks.items.read_typed import TypedRefusedError, read_typed
from tasks.ladder.status import overall, status
from tasks.lists.list_unreported import unsigned
from tasks.people.find import find_item
from tasks.plan.issue import foresee_issue, issue
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office

ON = "2026-06-04"
WHOLE = {
    "title": "开展规范性文件清理", "project": "制度建设", "deliverable": "清理报告", "lead": "法规科",
    "cooperating": "财务科、市档案馆", "leaders": f"{LEADER}、{FIRST}", "handler": HANDLER, "due": "9月底前",
    "importance": "重要", "source_kind": "会议纪要", "source_number": "局纪要〔2026〕12号", "target": "4件",
    "note": "分两批",
}  # fmt: skip


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


def add(office: Office, *, who: str = SUPERVISOR, number: str | None = None, **typed: str) -> str:
    with unit_of_work(office.engine) as session:
        plan, by = session.get_one(AnnualPlan, office.plan_id), office.by(session, who, ON)
        return add_item(session, plan, read_typed(session, plan, typed, by=by), by=by, number=number).number


def issue_alone(office: Office, number: str, *, lookback: Lookback = Lookback.NONE) -> None:
    office.do(
        SUPERVISOR,
        lambda session, item, by: issue(
            session, session.get_one(AnnualPlan, office.plan_id), by=by, lookback=lookback, only=item
        ),
        number,
        on=ON,
    )


def edit(
    office: Office, number: str, *, reason: str = "分工调整", adjust: bool = False, on: str = ON, **typed: str
) -> list[FieldChange]:
    def change(session: Any, item: Any, by: Any) -> list[FieldChange]:
        plan = session.get_one(AnnualPlan, item.plan_id)
        wanted = read_typed(session, plan, typed, by=by, department_id=item.department_id)
        return edit_item(session, item, wanted, by=by, reason=reason, adjust=adjust)

    return office.do(SUPERVISOR, change, number, on=on)


def cancel(office: Office, number: str, *, on: str = ON, who: str = SUPERVISOR) -> None:
    office.do(who, cancel_item, number, on=on, reason="上级取消")


def told(office: Office, kind: NoticeKind) -> list[tuple[str | None, str | None]]:
    """Who was told of acts of this kind, and what."""
    return [(office.name_of(row.recipient_id), row.text) for row in office.rows(Notice) if row.kind is kind]


def units(office: Office, number: str) -> list[tuple[int | None, str]]:
    item_id = office.item(number).id
    return [(row.department_id, row.text) for row in office.rows(ItemUnit) if row.item_id == item_id]


def test_what_is_typed_becomes_a_draft_with_everything_understood(office: Office) -> None:
    finance = office.department("财务科")
    office.assign("普法宣传", due="2026-06-30", number="7")
    number = add(office, **WHOLE)
    item = office.item(number)
    assert (number, item.state, item.title) == ("8", ItemState.DRAFT, "开展规范性文件清理")
    assert (item.due_on, item.due_text, item.importance) == (dt.date(2026, 9, 30), "9月底前", Importance.IMPORTANT)
    assert (item.source_kind, item.source_number) == (SourceKind.MINUTES, "局纪要〔2026〕12号")
    assert (item.target_count, item.target_unit, item.lead_text) == (4, "件", "法规科")
    assert units(office, number) == [(finance, "财务科"), (None, "市档案馆")]
    assert item.missing == []


def test_every_field_that_cannot_be_read_is_named_with_what_would_be_accepted(office: Office) -> None:
    with pytest.raises(TypedRefusedError) as refused:
        add(office, title="清理", due="近期", handler="孙某某", importance="特急", source_kind="口头")
    assert set(refused.value.fields) == {"due", "handler", "importance", "source_kind"}
    assert "可写：年度要点、批示" in refused.value.fields["source_kind"]
    with pytest.raises(BadInputError, match="任务不能为空"):
        add(office, due="9月底前")
    with pytest.raises(ForbiddenError):
        add(office, who=HEAD, title="清理")
    office.assign("普法宣传", due="2026-06-30")
    with pytest.raises(BadInputError, match="已用于本计划的另一项任务"):
        add(office, title="清理", number="1")


def test_one_item_is_issued_alone_and_the_other_drafts_stay(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.assign("还在拟", due="2026-08-31", issue=False)
    number = add(office, title="清理", due="6月1日", lead="法规科", handler=HANDLER)
    with unit_of_work(office.engine) as session:
        plan, calendar = session.get_one(AnnualPlan, office.plan_id), office_calendar(session)
        by = office.by(session, SUPERVISOR, ON)
        foreseen = foresee_issue(
            session, plan, by=by, preset="常规", calendar=calendar, lookback=Lookback.NONE,
            only=find_item(session, plan, number),
        )  # fmt: skip
        assert (foreseen.issued, [day["number"] for day in foreseen.past]) == (1, [number])
        session.rollback()
    issue_alone(office, number)
    assert [office.item(one).state for one in ("1", "2", number)] == [
        ItemState.ACTIVE, ItemState.DRAFT, ItemState.ISSUED,
    ]  # fmt: skip
    with pytest.raises(ForbiddenError, match="不能再下达"):
        issue_alone(office, number)


def test_an_item_is_not_issued_before_its_plan_nor_while_it_lacks_something(office: Office) -> None:
    number = add(office, title="清理", due="9月底前", lead="法规科")
    with pytest.raises(ForbiddenError, match="尚未下达"):
        issue_alone(office, number)
    office.assign("普法宣传", due="2026-06-30")
    other = add(office, title="没有时限", lead="法规科")
    with pytest.raises(BadInputError, match="缺完成时限"):
        issue_alone(office, other)


def test_a_draft_changes_freely_and_its_day_with_it(office: Office) -> None:
    number = add(office, **{**WHOLE, "cooperating": "市档案馆"})
    changes = edit(office, number, reason="", title="清理规范性文件", due="每季度", cooperating="-", leaders=LEADER)
    assert [str(change) for change in changes] == [
        "任务：开展规范性文件清理 → 清理规范性文件", (f"牵头领导：{LEADER}、"
f"{FIRST} → {LEADER}"), "配合单位：市档案馆 → 无",
        "完成时限：9月底前 → 每季度",
    ]  # fmt: skip
    item = office.item(number)
    assert (item.due_on, bool(item.recurrence), units(office, number)) == (None, True, [])


def test_words_of_an_issued_item_change_with_a_reason_field_by_field(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    with pytest.raises(BadInputError, match="修改理由"):
        edit(office, number, reason="", title="普法")
    with pytest.raises(BadInputError, match="没有变动"):
        edit(office, number, title="普法宣传")
    edit(office, number, title="普法宣传月", project="普法", source_number="〔2026〕3号")
    [entry] = [one for one in office.rows(AuditEntry) if one.action == "edit"]
    assert entry.after["edited"] == ["任务：普法宣传 → 普法宣传月", "项目：法治建设 → 普法", "文号：无 → 〔2026〕3号"]
    assert (entry.reason, office.item(number).state) == ("分工调整", ItemState.ACTIVE)
    assert [who for who, _ in told(office, NoticeKind.CHANGED)] == [HANDLER]


def test_the_day_of_an_issued_item_moves_by_an_adjustment_alone(office: Office) -> None:
    office.adjusting_at_once()
    number = office.assign("普法宣传", due="2026-06-30")
    with pytest.raises(ForbiddenError, match="调整时限"):
        edit(office, number, due="7月底前")
    with pytest.raises(ForbiddenError, match="不改其他内容"):
        edit(office, number, due="7月底前", title="普法", adjust=True)
    with pytest.raises(BadInputError, match="已过"):
        edit(office, number, due="6月1日", adjust=True)
    office.fast_forward("2026-06-05")
    edit(office, number, due="7月底前", adjust=True, reason="计划调整", on="2026-06-08")
    [move] = office.rows(DeadlineMove)
    assert (move.from_on, move.to_on, move.cause, move.reason) == (
        dt.date(2026, 6, 30), dt.date(2026, 7, 31), MoveCause.PLAN, "计划调整",
    )  # fmt: skip
    assert move.person_id is not None
    assert (office.item(number).due_on, office.item(number).extensions) == (dt.date(2026, 7, 31), 0)
    office.extend(number, to="2026-08-15", on="2026-06-09")
    with pytest.raises(ForbiddenError, match="等批复"):
        edit(office, number, due="8月底前", adjust=True, on="2026-06-10")


def test_a_new_handler_signs_anew_and_both_are_told(office: Office) -> None:
    office.hire("周承办")
    number = office.assign("普法宣传", due="2026-06-30")
    edit(office, number, handler="周承办", note="换人")
    item = office.item(number)
    assert (item.state, item.assignments, item.issued_on) == (ItemState.ISSUED, 2, dt.date(2026, 6, 4))
    assert told(office, NoticeKind.TRANSFERRED) == [("周承办", f"{SUPERVISOR}将本任务转您办理，请签收")]
    assert told(office, NoticeKind.CHANGED) == [(HANDLER, f"{SUPERVISOR}将本任务转周承办办理，不再由您承办")]
    office.fast_forward("2026-06-05")
    assert office.inbox(HANDLER).expect("普法宣传", "不再由您承办")


def test_a_cooperating_unit_that_comes_is_asked_and_one_that_goes_is_not(office: Office) -> None:
    finance, archive = office.department("财务科", head="钱科长"), office.department("档案科", head="吴科长")
    number = office.assign("普法宣传", due="2026-06-30", helping=(finance,))
    edit(office, number, cooperating="档案科")
    assert units(office, number) == [(archive, "档案科")]
    assert [row.department_id for row in office.rows(Receipt) if row.unit_id is not None] == [archive]
    assert ("吴科长", f"{SUPERVISOR}请档案科配合本任务，请签收") in told(office, NoticeKind.CHANGED)


def test_nobody_is_handed_what_stands_still(office: Office) -> None:
    office.hire("周承办")
    number = office.assign("普法宣传", due="2026-06-30")
    office.suspend(number, on=ON)
    with pytest.raises(ForbiddenError, match="不能改承办人"):
        edit(office, number, handler="周承办")
    edit(office, number, note="等批复")


def test_an_ended_item_is_waited_for_no_more_and_is_not_done(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30", helping=(office.department("财务科", head="钱科长"),))
    cancel(office, number, on="2026-06-10")
    item = office.item(number)
    assert (item.state, item.cancelled_on, item.closed_on) == (ItemState.CANCELLED, dt.date(2026, 6, 10), None)
    assert [(row.policy_id, row.done_on) for row in office.rows(Deadline)] == [(None, dt.date(2026, 6, 10))]
    assert told(office, NoticeKind.CHANGED) == [(HANDLER, f"{SUPERVISOR}终止本任务，不再办理：上级取消")]
    office.fast_forward("2026-07-10")
    assert {row["fired_on"] for row in office.notices() if row["fired_on"] > dt.date(2026, 6, 10)} == set()
    with unit_of_work(office.engine) as session:
        plan, calendar = session.get_one(AnnualPlan, office.plan_id), office_calendar(session)
        lights = overall(status(session, plan, on=dt.date(2026, 7, 10), by="project", calendar=calendar))
        assert (lights.cancelled, lights.red, lights.blue, lights.total) == (1, 0, 0, 1)
        assert unsigned(session, plan, on=dt.date(2026, 7, 10)) == []
    assert Light.CANCELLED.colour == "grey"
    with pytest.raises(ForbiddenError, match="已终止"):
        edit(office, number, title="再来", on="2026-07-10")


def test_a_draft_is_withdrawn_without_a_word_to_anybody(office: Office) -> None:
    number = add(office, title="清理", lead="法规科", handler=HANDLER)
    cancel(office, number)
    assert office.item(number).state is ItemState.CANCELLED
    assert office.notices() == []


def test_what_is_open_upon_an_item_is_settled_before_it_is_ended(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.instruct(number, "抓紧", due="2026-06-20", on="2026-06-03")
    with pytest.raises(ForbiddenError, match="批示未办结，不能终止任务"):
        cancel(office, number)
    with pytest.raises(ForbiddenError):
        cancel(office, number, who=HANDLER)
