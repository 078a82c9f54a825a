"""A day that the supervisor moves with a leader's approval: asked for, decided level by level, taken back, told."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.audit import AuditEntry
from models.database import reading, unit_of_work
from models.dates.day_override import office_calendar
from models.errors import BadInputError, ForbiddenError
from models.items.extension import Extension, ExtensionState
from models.items.item import DeadlineMove, ItemState, MoveCause
from models.items.plan import AnnualPlan
from models.ladder.notice import Notice, NoticeKind
from models.ladder.policy import Policy
from models.people.organ import Organ
from models.people.permission import Action
from tasks.items.close import request_close
from tasks.items.extend import extend
from tasks.items.show_item import show_item
from tasks.items.withdraw import withdraw
from tasks.lists.await_decision import Decision, waiting
from tasks.people.find import find_item
from tests.office import FIRST, HANDLER, LEADER, SUPERVISOR, Office

ON, NEXT = "2026-06-08", "2026-06-09"


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    office = Office(any_engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-06-30")
    return office


def desk(office: Office, who: str, on: str = NEXT) -> list[tuple[Decision, str]]:
    with reading(office.engine) as session:
        organ = session.get_one(Organ, office.organ_id)
        return [(one.kind, one.words) for one in waiting(session, organ, by=office.by(session, who, on))]


def told(office: Office, kind: NoticeKind) -> list[tuple[str | None, str | None]]:
    return [(office.name_of(row.recipient_id), row.text) for row in office.rows(Notice) if row.kind is kind]


def shown(office: Office) -> dict[str, Any]:
    with reading(office.engine) as session:
        item = find_item(session, session.get_one(AnnualPlan, office.plan_id), "1")
        return show_item(session, item, by=office.by(session, SUPERVISOR, NEXT), calendar=office_calendar(session))


def test_the_day_stays_until_the_leader_approves(office: Office) -> None:
    office.adjust("1", to="2026-07-31", on=ON, reason="上级推迟")
    assert (office.item("1").due_on, office.rows(DeadlineMove)) == (dt.date(2026, 6, 30), [])
    assert desk(office, LEADER) == [(Decision.ADJUSTMENT, "上级推迟")]
    assert desk(office, SUPERVISOR) == desk(office, HANDLER) == []
    what = "完成时限：2026-06-30 → 2026-07-31"
    assert told(office, NoticeKind.APPROVAL) == [
        (LEADER, f"{SUPERVISOR}提请调整时限（{what}），待您审批：上级推迟")
    ]  # fmt: skip
    assert told(office, NoticeKind.CHANGED) == []

    decided = office.decide_adjustment("1", on=NEXT, comment="同意")

    item = office.item("1")
    assert (decided.state, item.due_on, item.extensions) == (ExtensionState.APPROVED, dt.date(2026, 7, 31), 0)
    (move,) = office.rows(DeadlineMove)
    assert (move.cause, move.reason) == (MoveCause.PLAN, f"{SUPERVISOR}提请调整（上级推迟），{LEADER}批准")
    assert told(office, NoticeKind.CHANGED) == [(HANDLER, f"{LEADER}批准{SUPERVISOR}调整时限（{what}）：上级推迟")]
    assert told(office, NoticeKind.ANSWER) == [(SUPERVISOR, f"{LEADER}批准调整时限，新的时限 2026-07-31")]
    (request,) = shown(office)["extension_requests"]
    assert (request["changes"], request["decisions"][0]["comment"]) == ([what], "同意")
    entry = office.rows(AuditEntry)[-1]
    assert (entry.action, entry.after["edited"]) == (Action.DECIDE_ADJUSTMENT, [what])
    assert desk(office, LEADER) == []


def test_a_refusal_leaves_the_day_and_tells_why(office: Office) -> None:
    office.adjust("1", to="2026-07-31", on=ON)
    with pytest.raises(BadInputError, match="不批准的理由"):
        office.decide_adjustment("1", on=NEXT, approve=False)
    office.decide_adjustment("1", on=NEXT, approve=False, comment="须按期完成")
    assert office.item("1").due_on == dt.date(2026, 6, 30)
    assert told(office, NoticeKind.RETURNED) == [(SUPERVISOR, f"{LEADER}未批准调整时限：须按期完成")]
    office.adjust("1", to="2026-07-15", on=NEXT)
    assert office.decide_adjustment("1", on=NEXT, who=FIRST).granted_on == dt.date(2026, 7, 15)


def test_it_is_taken_back_by_whoever_asked_and_by_nobody_else(office: Office) -> None:
    office.adjust("1", to="2026-07-31", on=ON)
    with pytest.raises(ForbiddenError, match="没有您本人提出"):
        office.do(HANDLER, withdraw, "1", on=ON, reason="不改")
    office.do(SUPERVISOR, withdraw, "1", on=ON, reason="另行研究")
    (asked,) = office.rows(Extension)
    assert (asked.state, office.item("1").state) == (ExtensionState.WITHDRAWN, ItemState.ACTIVE)
    assert desk(office, LEADER) == []
    with pytest.raises(ForbiddenError, match="没有待审批的时限调整"):
        office.decide_adjustment("1", on=NEXT)


def test_while_it_waits_no_other_request_goes_beside_it(office: Office) -> None:
    office.adjust("1", to="2026-07-31", on=ON, reason="上级推迟")
    with pytest.raises(ForbiddenError, match="已有待审批的时限调整"):
        office.do(HANDLER, extend, "1", on=ON, to=dt.date(2026, 8, 1), reason="忙", progress="过半")
    with pytest.raises(ForbiddenError, match="有待审批的时限调整，请等批复后再申请办结"):
        office.do(HANDLER, request_close, "1", on=ON, statement="已办结")
    with pytest.raises(ForbiddenError, match="有待审批的时限调整"):
        office.adjust("1", to="2026-08-31", on=ON)
    with pytest.raises(ForbiddenError, match="没有待审批的延期申请"):
        office.approve("1", on=ON)
    office.decide_adjustment("1", on=NEXT)
    for to in ("2026-08-31", "2026-09-30"):
        office.extend("1", to=to, on=NEXT)
        office.approve("1", on=NEXT)
    assert office.item("1").extensions == 2


def test_an_extension_that_waits_is_not_answered_as_an_adjustment(office: Office) -> None:
    office.extend("1", to="2026-07-31", on=ON)
    with pytest.raises(ForbiddenError, match="没有待审批的时限调整"):
        office.decide_adjustment("1", on=NEXT)


def test_a_day_that_passed_meanwhile_cannot_be_approved(office: Office) -> None:
    office.adjust("1", to="2026-06-12", on=ON)
    with pytest.raises(BadInputError, match="提请的时限 2026-06-12 已过"):
        office.decide_adjustment("1", on="2026-06-15")
    assert office.decide_adjustment("1", on="2026-06-12").granted_on == dt.date(2026, 6, 12)


def test_where_the_supervisor_alone_decides_nobody_is_asked(office: Office) -> None:
    office.adjusting_at_once()
    office.adjust("1", to="2026-07-31", on=ON)
    assert (office.item("1").due_on, office.rows(Extension)) == (dt.date(2026, 7, 31), [])


def test_the_levels_of_the_policy_decide_in_their_order(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        session.get_one(Policy, plan.policy_id).adjustment_levels = [["leader"], ["first_responsible"]]
    office.adjust("1", to="2026-07-31", on=ON)
    office.decide_adjustment("1", on=ON)
    assert office.item("1").due_on == dt.date(2026, 6, 30)
    assert desk(office, FIRST) == [(Decision.ADJUSTMENT, "计划调整")]
    with pytest.raises(ForbiddenError, match="已经有人办理"):
        office.do(SUPERVISOR, withdraw, "1", on=ON, reason="不改")
    office.decide_adjustment("1", on=NEXT, who=FIRST)
    assert office.item("1").due_on == dt.date(2026, 7, 31)
