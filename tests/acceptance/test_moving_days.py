"""Stories of days that move and of pressure: extensions, suspensions, urging."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models.clock import opening_of
from models.database import unit_of_work
from models.dates.unit import Unit
from models.errors import BadInputError, ForbiddenError
from models.items.extension import ExtensionDecision, ExtensionState
from models.items.item import DeadlineMove
from models.items.plan import AnnualPlan
from models.items.suspension import Suspension
from models.items.urge import Urge
from models.papers.document import Document, DocumentKind
from models.people.person import Role
from tasks.items.close import reopen
from tasks.items.extend import decide_extension
from tasks.items.sign import sign
from tasks.ladder.arm import reschedule
from tasks.people.find import find_item
from tests.loop import explanation, written
from tests.office import FIRST, HANDLER, LEADER, SUPERVISOR, Office, day, text_of


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


@pytest.fixture
def strict_office(any_engine: Engine, tmp_path: Path) -> Office:
    """Extensions and closures pass two levels: the supervisor, then a leader."""
    return Office(any_engine, tmp_path / "home", preset="三级预警")


def test_an_extension_is_asked_for_before_the_due_day(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    for on in ("2026-06-30", "2026-07-02"):
        with pytest.raises(ForbiddenError, match="延期须在到期前申请"):
            office.extend(number, to="2026-07-31", on=on)
    with pytest.raises(BadInputError, match="新时限 2026-06-30 不可用"):
        office.extend(number, to="2026-06-30", on="2026-06-29")
    assert not office.extend(number, to="2026-07-31", on="2026-06-29").late
    with pytest.raises(ForbiddenError, match=r"已有待审批的延期申请（2026-06-29 申请延至 2026-07-31）"):
        office.extend(number, to="2026-08-31", on="2026-06-29")


def test_an_extension_asked_for_too_late_says_so_for_good_and_the_first_day_stays_missed(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    asked = office.extend(number, to="2026-07-31", on="2026-07-02", late=True)
    office.approve(number, on="2026-07-03")
    assert asked.late
    [move] = office.rows(DeadlineMove)
    assert (str(move.from_on), str(move.moved_on), str(move.to_on)) == ("2026-06-30", "2026-07-03", "2026-07-31")
    assert move.reason == "李承办申请延期（上级要求调整，逾期申请），张副局批准"
    [deadline] = office.deadlines(number)
    assert (str(deadline.original_due_on), str(deadline.due_on)) == ("2026-06-30", "2026-07-31")


def test_an_extension_refused_says_why_and_does_not_count(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.extend(number, to="2026-07-31", on="2026-06-22")
    assert office.heard(LEADER) == ["您是本任务的分管领导；李承办申请延期至 2026-07-31，待您审批：上级要求调整"]
    with pytest.raises(BadInputError, match="不批准的理由不能为空"):
        office.refuse(number, on="2026-06-23", comment=" ")
    office.refuse(number, on="2026-06-23", comment="须按期完成")
    assert office.heard(HANDLER) == ["您是本任务的承办人；张副局未批准延期：须按期完成"]
    assert (office.item(number).extensions, str(office.item(number).due_on)) == (0, "2026-06-30")
    with pytest.raises(ForbiddenError, match="没有待审批的延期申请"):
        office.approve(number, on="2026-06-23")
    assert office.extend(number, to="2026-07-10", on="2026-06-24").state is ExtensionState.PENDING


def test_an_approval_names_a_day_and_the_answer_carries_it(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.extend(number, to="2026-07-31", on="2026-06-22")
    with pytest.raises(BadInputError, match="批准的时限 2026-06-30 不可用"):
        office.approve(number, on="2026-06-23", to="2026-06-30")
    office.approve(number, on="2026-06-23", to="2026-07-10")
    assert office.heard(HANDLER) == ["您是本任务的承办人；张副局批准延期，新的时限 2026-07-10"]
    office.send("2026-06-23")
    office.inbox(HANDLER).expect("办理结果：", "新的时限 2026-07-10")
    office.expect_nothing_else()


def test_two_levels_decide_in_turn_and_nobody_twice(strict_office: Office) -> None:
    office = strict_office
    number = office.assign("普法宣传", due="2026-06-30")
    office.extend(number, to="2026-07-31", on="2026-06-12")
    with pytest.raises(ForbiddenError, match=r"现在轮到第 1 级（督办员）办理：可由督办员陈督办办理"):
        office.approve(number, on="2026-06-12")
    office.approve(number, on="2026-06-12", who=SUPERVISOR, to="2026-07-24")
    assert str(office.item(number).due_on) == "2026-06-30"
    with pytest.raises(ForbiddenError, match=r"现在轮到第 2 级（分管领导、第一责任人）办理"):
        office.approve(number, on="2026-06-12", who=SUPERVISOR)
    office.approve(number, on="2026-06-15")
    assert str(office.item(number).due_on) == "2026-07-24"  # what the first level named, not what was asked for
    assert [
        (row.level, office.name_of(row.person_id), str(row.granted_on)) for row in office.rows(ExtensionDecision)
    ] == [
        (1, SUPERVISOR, "2026-07-24"),
        (2, LEADER, "2026-07-24"),
    ]
    office.extend(number, to="2026-08-31", on="2026-06-16")
    office.approve(number, on="2026-06-16", who=FIRST)  # may at any level
    with pytest.raises(
        ForbiddenError,
        match="刘局长已办理第 1 级，不能办理“审批延期”，以代理人或兼任的岗位也不能：可由分管领导张副局办理",
    ):
        office.approve(number, on="2026-06-16", who=FIRST)
    office.refuse(number, on="2026-06-17")
    assert office.item(number).extensions == 1


def test_nobody_decides_on_his_own_request_and_somebody_else_is_asked(office: Office) -> None:
    number = office.assign("专题调研", due="2026-06-30", to=None, department=False, leaders=(LEADER,))
    office.do(LEADER, sign, number, on="2026-06-02")
    office.extend(number, to="2026-07-31", on="2026-06-22", who=LEADER)
    assert office.heard(FIRST) == ["您是本任务的第一责任人；张副局申请延期至 2026-07-31，待您审批：上级要求调整"]
    with pytest.raises(ForbiddenError, match=r"张副局已提出本次申请，不能办理“审批延期”，.*：可由第一责任人刘局长办理"):
        office.approve(number, on="2026-06-22")
    office.approve(number, on="2026-06-22", who=FIRST)
    assert office.heard(LEADER) == ["您是本任务的承办人；刘局长批准延期，新的时限 2026-07-31"]


def test_t13_an_approval_minutes_before_the_delivery_cancels_the_escalation(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.extend(number, to="2026-07-31", on="2026-06-29")
    office.fast_forward("2026-06-30")
    assert office.sweep("2026-07-01").escalations == 2
    with unit_of_work(office.engine) as session:
        just_before = office.by(session, LEADER, "2026-07-01")
        just_before = replace(just_before, now=just_before.now.replace(hour=17, minute=59))
        item = find_item(session, session.get_one(AnnualPlan, office.plan_id), number)
        decide_extension(session, item, by=just_before, approve=True)
    office.send("2026-07-01", at=dt.time(18))
    assert office.told(on="2026-07-01") == []
    dropped = [row["why"] for row in office.notices(on="2026-07-01") if row["kind"] == "escalation"]
    assert [why.rpartition("；")[2] for why in dropped] == ["时限已变更", "时限已变更"]
    body = text_of(office.inbox(HANDLER).mails[-1])
    assert "新的时限 2026-07-31" in body
    assert "逾期" not in body
    office.today = day("2026-07-02")
    office.fast_forward("2026-07-31")
    assert [(when, rung) for when, rung, who in office.told() if who == HANDLER and when > "2026-07-01"] == [
        ("2026-07-24", "到期前7天"),
        ("2026-07-28", "到期前3天"),
        ("2026-07-31", "到期当日"),
    ]


def test_an_approval_never_brings_a_day_forward_that_a_suspension_moved_meanwhile(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.extend(number, to="2026-07-03", on="2026-06-12")
    office.suspend(number, on="2026-06-15")
    office.resume(number, on="2026-06-25")
    due = office.item(number).due_on
    assert str(due) == "2026-07-09"  # seven working days on
    with pytest.raises(BadInputError, match="批准的时限 2026-07-03 不可用：应晚于现时限 2026-07-09"):
        office.approve(number, on="2026-06-26")
    office.approve(number, on="2026-06-26", to="2026-07-20")
    assert [move.to_on for move in office.rows(DeadlineMove)] == [due, day("2026-07-20")]


@pytest.mark.parametrize(
    ("unit", "due", "says"),
    [(Unit.WORKING, "2026-10-12", "4个工作日"), (Unit.CALENDAR, "2026-10-11", "11天")],
)
def test_a_suspended_item_is_silent_and_its_day_moves_across_the_holiday(
    office: Office, unit: Unit, due: str, says: str
) -> None:
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE policy SET suspension_unit = :unit"), {"unit": unit.value})
    office.today = day("2026-09-21")
    number = office.assign("普法宣传", due="2026-09-30")
    office.fast_forward("2026-09-27")
    office.sweep("2026-09-28")
    office.suspend(number, on="2026-09-28", reason="等待批复")
    office.today = day("2026-09-28")
    office.fast_forward("2026-10-08")
    assert max(when for when, *_ in office.told()) == "2026-09-24"  # three days before, by the last working day
    office.resume(number, on="2026-10-09")  # 28, 29 and 30 September and 8 October were working days
    assert office.explained(number) == ("2026-09-30", [("2026-09-30", due, "中止顺延", SUPERVISOR)])
    assert explanation(office, number) == (
        f"原定 2026-09-30；2026-10-09 中止顺延，由 2026-09-30 改为 {due}（自 2026-09-28 中止（等待批复），顺延{says}）"
    )
    [row] = office.rows(Suspension)
    assert (str(row.from_on), str(row.resumed_on), office.name_of(row.resumed_by_id)) == (
        "2026-09-28", "2026-10-09", SUPERVISOR,
    )  # fmt: skip
    office.fast_forward("2026-10-09")
    assert office.told()[-1][1] == "到期前3天"


def test_a_day_that_was_missed_before_stays_missed(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-07-03")
    office.suspend(number, on="2026-07-06")
    office.fast_forward("2026-07-10")
    office.resume(number, on="2026-07-13")
    office.fast_forward("2026-07-13")
    assert office.explained(number) == ("2026-06-30", [])
    assert [row for row in office.told() if row[0] > "2026-07-03" and row[2] == FIRST] == [
        ("2026-07-13", "逾期7个工作日，其后每5个工作日", FIRST)
    ]


def test_an_instruction_given_during_a_suspension_runs_by_its_own_day(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-08-31")
    office.suspend(number, on="2026-06-08")
    office.instruct(number, "先报情况", due="2026-06-19", on="2026-06-12")
    office.resume(number, on="2026-06-22")
    own, instruction = office.deadlines(number)
    assert (str(own.due_on), str(instruction.due_on)) == ("2026-09-11", "2026-06-19")


def test_a_suspension_does_not_end_before_it_began(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.suspend(number, on="2026-06-10")
    with pytest.raises(BadInputError, match="恢复日 2026-06-09 早于中止日 2026-06-10"):
        office.resume(number, on="2026-06-09")
    office.resume(number, on="2026-06-10")
    assert office.explained(number) == ("2026-06-30", [])


def test_a_span_of_rest_days_moves_nothing(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.suspend(number, on="2026-06-13")
    office.resume(number, on="2026-06-15")
    assert office.explained(number) == ("2026-06-30", [])


def test_several_items_are_urged_on_one_slip_and_each_handler_is_told_once(office: Office) -> None:
    office.hire("周督办", Role.SUPERVISOR, "督办员")
    office.hire("孙承办")
    office.assign("普法宣传", due="2026-06-30")
    office.assign("案卷评查", due="2026-06-30")
    office.assign("制度清理", due="2026-06-30", to="孙承办")
    slip = office.urge("1", "2", "3", on="2026-06-10", demand="请报进度")
    assert slip.written_number == "催办〔2026〕1号"
    assert [(line["number"], line["person"], line["times"]) for line in slip.facts["items"]] == [
        ("1", HANDLER, 1),
        ("2", HANDLER, 1),
        ("3", "孙承办", 1),
    ]
    line = "您是本任务的承办人；陈督办催办（催办〔2026〕1号），请于 2026-06-15 前回复：请报进度"
    assert (office.heard(HANDLER), office.heard("孙承办")) == ([line, line], [line])
    for _again in range(2):
        office.send("2026-06-10")
    office.inbox(HANDLER).expect("【催办】", "普法宣传", "案卷评查")
    office.inbox("孙承办").expect("催办：制度清理")
    office.expect_nothing_else()

    for who in (SUPERVISOR, "周督办"):
        with pytest.raises(ForbiddenError, match="任务 2 已于 2026-06-10 催办，2026-06-15 起才能再催"):
            office.urge("2", on="2026-06-12", who=who)
    office.assign("新交办的", due="2026-06-30")
    with pytest.raises(ForbiddenError, match="未催办任何任务"):
        office.urge("4", "1", on="2026-06-12")
    assert [line["times"] for line in office.urge("1", "4", on="2026-06-15", who="周督办").facts["items"]] == [2, 1]
    assert written(office, DocumentKind.URGING) == ["催办〔2026〕1号", "催办〔2026〕2号"]
    assert Counter(office.item(number).id for number in ("1", "1", "2", "3", "4")) == Counter(
        row.item_id for row in office.rows(Urge)
    )


def test_an_item_named_twice_stands_on_the_slip_once(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    assert len(office.urge("1", "1", on="2026-06-10").facts["items"]) == 1
    assert len(office.rows(Urge)) == 1


def test_a_slip_that_cannot_go_out_takes_no_number(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.close(office.assign("案卷评查", due="2026-06-30"), on="2026-06-08")
    with pytest.raises(ForbiddenError, match="任务 2 现为“已销号”"):
        office.urge("1", "2", on="2026-06-10")
    with pytest.raises(ForbiddenError):
        office.urge("1", on="2026-06-10", who=HANDLER)
    assert (office.rows(Document), office.rows(Urge), office.heard(HANDLER)[1:]) == ([], [], [])
    assert office.urge("1", on="2026-06-10").number == 1


def test_a_turn_that_was_put_off_and_settled_does_not_come_back_with_the_next_list(office: Office) -> None:
    rule = "FREQ=MONTHLY;BYMONTHDAY=15"
    office.assign("例会", recurrence=rule)
    office.extend("1", to="2026-06-20", on="2026-06-10")
    office.approve("1", on="2026-06-11")
    office.close("1", on="2026-06-18")
    office.extend("1", to="2026-08-15", on="2026-07-10")
    office.approve("1", on="2026-07-11")
    before = [(row.original_due_on, row.due_on, row.done_on) for row in office.deadlines("1")]
    with unit_of_work(office.engine) as session:
        item = find_item(session, session.get_one(AnnualPlan, office.plan_id), "1")
        reschedule(session, item, reason="清单更正", on=day("2026-07-12"), now=opening_of(day("2026-07-12")))

    assert [(row.original_due_on, row.due_on, row.done_on) for row in office.deadlines("1")] == before


def test_an_item_that_was_opened_again_is_due_on_its_old_day_where_the_list_says_so(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.close("1", on="2026-06-10")
    office.do(SUPERVISOR, reopen, "1", on="2026-06-11", reason="上级要求补充", due_on=day("2026-07-31"))
    with unit_of_work(office.engine) as session:
        item = find_item(session, session.get_one(AnnualPlan, office.plan_id), "1")
        item.due_on = day("2026-06-30")
        reschedule(session, item, reason="清单更正", on=day("2026-06-12"), now=opening_of(day("2026-06-12")))

    assert [(str(row.due_on), bool(row.done_on)) for row in office.deadlines("1")] == [
        ("2026-06-30", True), ("2026-06-30", False),
    ]  # fmt: skip


def test_a_promise_for_a_day_that_the_list_moves_is_over(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.fast_forward("2026-06-10")
    office.report("1", on="2026-06-10", next_report="2026-06-20")
    with unit_of_work(office.engine) as session:
        item = find_item(session, session.get_one(AnnualPlan, office.plan_id), "1")
        item.due_on = day("2026-06-15")
        reschedule(session, item, reason="清单更正", on=day("2026-06-10"), now=opening_of(day("2026-06-10")))

    assert not office.deadlines("1")[0].promised
