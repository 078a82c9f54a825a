"""The ladder goes on where it stood: after a first sweep that came late, a suspension, a return, a promise."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.actor import Actor
from models.dates.unit import Unit
from models.errors import BadInputError
from models.items.item import Deadline, MoveCause, WorkItem
from models.ladder.policy import Relation
from models.people.person import Role
from tasks.ladder.arm import move_deadline
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office

BEFORE, AFTER, UNSIGNED = Relation.BEFORE, Relation.AFTER, Relation.UNSIGNED
CALENDAR, WORKING = Unit.CALENDAR, Unit.WORKING


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


def moved(session: Session, item: WorkItem, *, by: Actor, to: dt.date) -> None:
    deadline = session.exec(select(Deadline).where(Deadline.item_id == item.id)).one()
    move_deadline(session, item, deadline, to=to, cause=MoveCause.PLAN, reason="更正", by=by)


def test_a_first_sweep_that_comes_days_late_still_asks_who_has_not_signed(office: Office) -> None:
    office.ladder((UNSIGNED, 2, WORKING, [Role.DEPARTMENT_HEAD]), (BEFORE, 3, CALENDAR, [Role.HANDLER]))
    office.today = dt.date(2026, 3, 2)
    office.assign("制度清理", due="2026-12-31", on="2026-03-02", sign=False)

    late = office.sweep("2026-03-10")

    assert (late.raised, late.late) == (1, 1)
    assert [(rung, name) for _, rung, name in office.told()] == [("未签收满2个工作日", HEAD)]
    assert office.sweep("2026-03-10").raised == 0


def test_what_was_told_before_a_suspension_is_not_told_again_after_it(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-07-03")
    before = office.told()
    office.suspend(number, on="2026-07-03")
    office.resume(number, on="2026-07-06")
    office.fast_forward("2026-07-08")

    assert office.told() == before
    office.fast_forward("2026-07-09")
    assert ("2026-07-09", "逾期7个工作日，其后每5个工作日", FIRST) in office.told()


def test_a_rung_reached_while_suspended_speaks_when_the_clock_runs_again(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-07-02")
    office.suspend(number, on="2026-07-02")
    office.resume(number, on="2026-07-06")
    office.fast_forward("2026-07-06")

    assert [one for one in office.told() if one[0] > "2026-07-02"] == [
        ("2026-07-06", "逾期3个工作日", name) for name in (HANDLER, HEAD, LEADER)
    ]


def test_what_was_told_before_a_closure_was_asked_for_is_not_told_again_when_it_is_refused(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-07-03")
    before = office.told()
    office.attach(number, on="2026-07-03")
    office.ask_closure(number, on="2026-07-03")
    office.send_back(number, on="2026-07-06")
    office.fast_forward("2026-07-08")

    assert office.told() == before


def test_every_turn_of_a_weekly_item_is_told_once_whatever_happens_between(office: Office) -> None:
    number = office.assign("每周报送", recurrence="FREQ=WEEKLY;BYDAY=FR", start="2026-06-01")
    office.fast_forward("2026-06-30")
    before = office.told()
    office.suspend(number, on="2026-06-30")
    office.resume(number, on="2026-06-30")
    office.sweep("2026-06-30")

    assert office.told() == before


def test_a_promise_broken_arms_the_ladder_once(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-07-01")
    office.report(number, "明日报结果", on="2026-07-01", next_report="2026-07-02")
    office.fast_forward("2026-07-03")
    again = [one for one in office.told() if one[0] == "2026-07-03"]
    assert {name for _, _, name in again} == {HANDLER, HEAD, LEADER}
    office.suspend(number, on="2026-07-03")
    office.resume(number, on="2026-07-03")
    office.sweep("2026-07-03")

    assert [one for one in office.told() if one[0] == "2026-07-03"] == again


def test_a_day_moved_and_moved_back_arms_the_ladder_anew(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-30")
    for to in ("2026-07-31", "2026-06-30"):
        office.do(SUPERVISOR, moved, number, on="2026-06-30", to=dt.date.fromisoformat(to))
    office.fast_forward("2026-07-01")

    assert ("2026-07-01", "逾期1个工作日", HANDLER) in office.told()


def test_a_further_leader_who_is_away_is_stood_in_for_by_the_next_level(office: Office) -> None:
    office.hire("周副局", Role.LEADER, "副局长")
    office.ladder((AFTER, 1, WORKING, [Role.LEADER]))
    office.assign("普法宣传", due="2026-06-30", leaders=(LEADER, "周副局"))
    office.leave("周副局", first="2026-06-29", last="2026-07-10")
    office.fast_forward("2026-07-01")

    assert {who for _when, _rung, who in office.told()} == {LEADER, FIRST}
    assert {row["state"] for row in office.notices()} == {"sent"}
    (escalated,) = [row for row in office.notices() if row["recipient"] == FIRST]
    assert "没有在岗" in escalated["why"]


def test_turns_that_were_over_before_the_issue_are_nobodys(office: Office) -> None:
    office.today = dt.date(2026, 9, 2)
    number = office.assign("按月报送", recurrence="FREQ=MONTHLY;BYMONTHDAY=-1", issue=False)
    done = office.issue(on="2026-09-02")
    office.fast_forward("2026-09-10")

    assert (done.issued, done.left_out) == (1, 8)
    assert office.item(number).due_on == dt.date(2026, 9, 30)
    assert office.told() == []


def test_an_item_whose_every_turn_is_over_is_named_and_nothing_is_issued(office: Office) -> None:
    number = office.assign("半年报送", recurrence="FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=30", issue=False)
    with pytest.raises(BadInputError, match=f"任务 {number}：.*的 1 期到 2026-09-02 都已过去"):
        office.issue(on="2026-09-02")


def test_a_closure_refused_after_a_promise_tells_nothing_again(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-07-03")
    before = office.told()
    office.report(number, on="2026-07-03", next_report="2026-07-10")
    office.ask_closure(number, on="2026-07-03")
    office.send_back(number, on="2026-07-06")
    office.fast_forward("2026-07-08")

    assert office.told() == before
