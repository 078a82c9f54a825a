"""What somebody has to do today as stories: who sees which line, under which heading, and why it is theirs."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import reading, unit_of_work
from models.dates.day_override import office_calendar
from models.items.item import Deadline
from models.items.plan import AnnualPlan
from models.ladder.policy import Policy, ReportingCycle
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Role
from tasks.items.answer_instruction import reply, sign_instruction
from tasks.items.instruct import find_instruction, instruct_freely
from tasks.items.milestone import add_milestone
from tasks.items.object_to import object_to
from tasks.items.sign import sign
from tasks.items.withdraw import withdraw
from tasks.lists.await_decision import Decision, waiting
from tasks.lists.choose_items import Choice, NamedList
from tasks.lists.count_work import Number, count_work, list_counted
from tasks.oversight.gather_work import MOST, gather_work
from tasks.oversight.list_escalated import list_escalated
from tasks.oversight.work_line import Group, Work, WorkLine
from tasks.people.find import find_person
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import statements

OTHER_HEAD = "钱科长"
EVERYBODY = (HANDLER, HEAD, LEADER, FIRST, SUPERVISOR, OUTSIDER, OTHER_HEAD)
TODAY = "2026-06-10"


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    """Nothing is filed periodically, so that a story has no lines but its own."""
    made = Office(any_engine, tmp_path / "home")
    made.department("财务科", head=OTHER_HEAD)
    report_by(made, ReportingCycle.NONE)
    return made


def report_by(office: Office, cycle: ReportingCycle, **more: Any) -> None:
    with unit_of_work(office.engine) as session:
        policy = session.exec(select(Policy).where(Policy.name == office.preset)).one()
        policy.filling = cycle
        for name, value in more.items():
            setattr(policy, name, value)


def decided_by(office: Office, role: Role) -> None:
    """The plan as it was issued has extensions decided by one role alone."""
    with unit_of_work(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        session.get_one(Policy, plan.policy_id).extension_levels = [[str(role)]]


def work(office: Office, who: str, on: str = TODAY) -> Work:
    with reading(office.engine) as session:
        organ = session.get_one(Organ, office.organ_id)
        return gather_work(session, organ, by=office.by(session, who, on), calendar=office_calendar(session))


def told(office: Office, who: str, on: str = TODAY) -> list[tuple[str, str, Action, str]]:
    """Heading, item, primary act and reason of each line that asks for something."""
    return [(line.group.label, line.item.number, line.action, line.why) for line in asking(office, who, on)]


def asking(office: Office, who: str, on: str = TODAY) -> list[WorkLine]:
    return [line for line in work(office, who, on).lines if line.group is not Group.DOING]


def having_time(office: Office, who: str, on: str = TODAY) -> list[str]:
    return [line.item.number for line in work(office, who, on).lines if line.group is Group.DOING]


def only(office: Office, who: str, on: str = TODAY) -> WorkLine:
    (line,) = asking(office, who, on)
    return line


def nobody_else(office: Office, *known: str, on: str = TODAY) -> None:
    assert {who: told(office, who, on) for who in EVERYBODY if who not in known and told(office, who, on)} == {}


def on_instruction(office: Office, who: str, act: Any, *, on: str, **more: Any) -> None:
    with unit_of_work(office.engine) as session:
        act(session, find_instruction(session, 1), by=office.by(session, who, on), **more)


def test_what_hurts_most_comes_first(office: Office) -> None:
    for number, due in (("远的", "2026-06-30"), ("三日的", "2026-06-15"), ("今日的", TODAY), ("短的", "2026-06-09")):
        office.assign(number, due=due, number=number)
    office.assign("长的", due="2026-06-03", number="长的")
    office.assign("未签的", due="2026-06-30", number="未签的", on="2026-06-08", sign=False)

    assert [(line.group, line.item.number, line.distance) for line in asking(office, HANDLER)] == [
        (Group.OVERDUE, "长的", "逾期5个工作日"),
        (Group.OVERDUE, "短的", "逾期1个工作日"),
        (Group.TODAY, "今日的", "今日到期"),
        (Group.SOON, "三日的", "还有3个工作日"),
        (Group.UNSIGNED, "未签的", "下达已2个工作日"),
    ]


def test_an_item_is_its_handlers_and_its_department_heads_and_nobody_elses(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-05")

    assert told(office, HANDLER) == [("逾期", "1", Action.REPORT, "承办人")]
    assert told(office, HEAD) == [("逾期", "1", Action.REPORT, "科室负责人，承办人李承办")]
    nobody_else(office, HANDLER, HEAD)


def test_an_item_without_a_handler_is_the_heads_own(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-05", to=None)

    assert told(office, HEAD) == [("逾期", "1", Action.REPORT, "科室负责人")]


def test_an_item_not_signed_for_is_signed_for_first_however_late_it_is(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-05", sign=False)

    assert told(office, HANDLER) == [("逾期", "1", Action.SIGN, "承办人")]
    nobody_else(office, HANDLER, HEAD)


def test_what_is_done_to_the_last_point_is_asked_to_be_closed(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-11")
    office.report("1", on="2026-06-09", percent=100)

    assert told(office, HANDLER) == [("三日内", "1", Action.REQUEST_CLOSE, "承办人")]


def test_a_stage_on_the_way_is_reached_by_its_own_act(office: Office) -> None:
    office.assign("普法宣传", due="2026-12-31")
    office.do(HANDLER, add_milestone, "1", on="2026-06-02", title="方案报审", due_on=day(TODAY))

    line = only(office, HANDLER)
    assert (line.group, line.action, line.about) == (Group.TODAY, Action.MILESTONE, "阶段节点：方案报审")


def test_a_deputy_sees_the_work_of_whoever_is_away_and_the_one_away_keeps_it(office: Office) -> None:
    office.hire("周代理")
    office.assign("普法宣传", due="2026-06-05")
    office.leave(HANDLER, first="2026-06-08", last="2026-06-12", deputy="周代理")

    assert told(office, "周代理") == [("逾期", "1", Action.REPORT, "代李承办（承办人）")]
    assert told(office, HANDLER) == [("逾期", "1", Action.REPORT, "承办人")]
    assert told(office, "周代理", "2026-06-15") == []


def test_a_cooperating_department_is_asked_to_sign_and_keeps_the_item_in_hand_until_it_ends(office: Office) -> None:
    helping = office.department("宣传科", head="冯科长")
    office.assign("普法宣传", due="2026-06-05", helping=(helping,))
    assert having_time(office, "冯科长") == []

    assert told(office, "冯科长") == [("待签收", "1", Action.SIGN, "配合科室科室负责人")]
    office.do("冯科长", sign, "1", on="2026-06-09")
    assert told(office, "冯科长") == []
    (line,) = work(office, "冯科长").lines
    assert (line.group, line.action, line.why, line.also, line.passed) == (
        Group.DOING, Action.REPORT, "配合科室科室负责人", ("配合",), False,
    )  # fmt: skip
    # The leading unit's duty is no one else's, and what ended is nobody's.
    assert told(office, HANDLER) == [("逾期", "1", Action.REPORT, "承办人")]
    office.close("1", on=TODAY)
    assert work(office, "冯科长").lines == ()


def test_what_waits_for_others_is_nobodys_work(office: Office) -> None:
    for number in ("中止的", "送审的", "未开始的"):
        office.assign(number, due="2026-06-11", number=number, start="2026-06-11" if number == "未开始的" else None)
    office.suspend("中止的", on="2026-06-02")
    office.ask_closure("送审的", on="2026-06-09")

    assert told(office, HANDLER) == []
    assert told(office, SUPERVISOR) == [("待我审批", "送审的", Action.ACCEPT, "督办员")]


def test_a_report_is_asked_for_once_its_day_is_near_and_one_item_has_one_line(office: Office) -> None:
    report_by(office, ReportingCycle.MONTHLY, filling_day=25, near_days=5)
    office.assign("远的", due="2026-12-31", number="远的")
    office.assign("近的", due="2026-06-23", number="近的")
    office.assign("报过的", due="2026-12-31", number="报过的")
    office.report("报过的", on="2026-06-12")

    assert told(office, HANDLER, "2026-06-16") == []
    lines = asking(office, HANDLER, "2026-06-22")
    assert [(line.group, line.item.number, line.about, line.also) for line in lines] == [
        (Group.SOON, "近的", "", ("2026年6月进展未填报",)),
        (Group.UNREPORTED, "远的", "2026年6月进展未填报", ()),
    ]
    nobody_else(office, HANDLER, HEAD, on="2026-06-22")


def test_a_request_waits_for_the_level_whose_turn_it_is(office: Office) -> None:
    office.preset = "三级预警"
    report_by(office, ReportingCycle.NONE)
    office.assign("专题研究", due="2026-07-20")
    office.extend("1", to="2026-08-31", on="2026-06-09", reason="汛期停工")

    assert told(office, SUPERVISOR) == [("待我审批", "1", Action.DECIDE_EXTENSION, "督办员")]
    assert only(office, SUPERVISOR).about == "李承办申请延至8月31日：汛期停工"
    nobody_else(office, SUPERVISOR)
    office.approve("1", on=TODAY, who=SUPERVISOR)
    assert told(office, LEADER) == [("待我审批", "1", Action.DECIDE_EXTENSION, "分管领导")]
    assert told(office, SUPERVISOR) == []


def test_a_leader_sees_no_request_outside_his_charge(office: Office) -> None:
    office.hire("孙副局", Role.LEADER, "副局长")
    office.assign("普法宣传", due="2026-07-20")
    office.extend("1", to="2026-08-31", on="2026-06-09")

    assert told(office, LEADER) == [("待我审批", "1", Action.DECIDE_EXTENSION, "分管领导")]
    assert told(office, "孙副局") == []


def test_nobody_decides_on_a_request_of_his_own_so_it_comes_to_the_first_responsible(office: Office) -> None:
    office.assign("专题研究", due="2026-07-20", to=None, department=False, leaders=(LEADER,))
    decided_by(office, Role.LEADER)
    office.do(LEADER, sign, "1", on="2026-06-02")
    office.extend("1", to="2026-08-31", on="2026-06-09", who=LEADER)

    assert told(office, LEADER) == []
    assert told(office, FIRST) == [("待我审批", "1", Action.DECIDE_EXTENSION, "第一责任人")]


def test_the_first_responsible_is_not_asked_what_a_leader_can_decide(office: Office) -> None:
    office.assign("普法宣传", due="2026-07-20")
    decided_by(office, Role.LEADER)
    office.extend("1", to="2026-08-31", on="2026-06-09")

    assert told(office, FIRST) == []
    office.vacate(LEADER, on=TODAY)
    assert told(office, FIRST) == [("待我审批", "1", Action.DECIDE_EXTENSION, "第一责任人")]


def test_an_objection_waits_for_the_supervisor(office: Office) -> None:
    office.assign("普法宣传", due="2026-07-20", sign=False)
    office.do(HANDLER, object_to, "1", on="2026-06-03", reason="不属本科室")

    line = only(office, SUPERVISOR)
    assert (line.action, line.decision, line.about) == (
        Action.RETURN, Decision.OBJECTION, "李承办提出转办异议：不属本科室",
    )  # fmt: skip
    nobody_else(office, SUPERVISOR)


def test_an_instruction_goes_from_its_handler_to_its_giver(office: Office) -> None:
    office.assign("普法宣传", due="2026-12-31")
    office.instruct("1", "请说明原因", due="2026-06-30", on="2026-06-09")

    assert told(office, HANDLER) == [("批示", "1", Action.SIGN_INSTRUCTION, "承办人")]
    on_instruction(office, HANDLER, sign_instruction, on="2026-06-09")
    assert only(office, HANDLER).action is Action.REPLY
    late = only(office, HANDLER, "2026-07-01")
    assert (late.group, late.passed, late.distance) == (Group.INSTRUCTION, True, "逾期1个工作日")
    assert (told(office, LEADER), told(office, SUPERVISOR)) == ([], [])

    on_instruction(office, HANDLER, reply, on=TODAY, content="已说明")
    closes = ("批示", "1", Action.CLOSE_INSTRUCTION)
    assert (told(office, HANDLER), told(office, FIRST)) == ([], [])
    assert told(office, LEADER) == [(*closes, "分管领导")]
    assert told(office, SUPERVISOR) == [(*closes, "督办员")]


def test_what_was_returned_comes_first_with_its_reason_until_it_is_asked_for_again(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-05")
    office.ask_closure("1", on="2026-06-04")
    office.send_back("1", on="2026-06-09", reason="缺少签到表")

    line = only(office, HANDLER)
    assert (line.group, line.action, line.about, line.distance, line.also) == (
        Group.RETURNED, Action.REQUEST_CLOSE, "陈督办退回办结申请：缺少签到表", "退回已1个工作日", ("逾期3个工作日",),
    )  # fmt: skip
    nobody_else(office, HANDLER, HEAD)
    office.ask_closure("1", on=TODAY)
    assert told(office, HANDLER) == []
    assert having_time(office, HANDLER) == ["1"]
    office.do(HANDLER, withdraw, "1", on=TODAY, reason="材料未齐")
    assert only(office, HANDLER).group is Group.RETURNED


def test_an_objection_turned_down_comes_first_with_its_answer_until_the_item_is_signed_for(office: Office) -> None:
    office.assign("普法宣传", due="2026-07-20", sign=False)
    office.do(HANDLER, object_to, "1", on="2026-06-03", reason="不属本科室")
    office.send_back("1", on="2026-06-09", reason="属本科室职责")

    line = only(office, HANDLER)
    assert (line.group, line.action, line.about) == (
        Group.RETURNED, Action.SIGN, "陈督办退回转办异议：属本科室职责",
    )  # fmt: skip
    office.do(HANDLER, sign, "1", on=TODAY)
    assert told(office, HANDLER) == []


def test_a_refused_extension_comes_first_with_its_reason_until_the_item_is_reported_on(office: Office) -> None:
    office.assign("普法宣传", due="2026-07-20")
    office.extend("1", to="2026-08-20", on="2026-06-05")
    office.refuse("1", on="2026-06-08")

    line = only(office, HANDLER)
    assert (line.group, line.action, line.about) == (
        Group.RETURNED, Action.REPORT, "张副局退回延期申请：须按期完成",
    )  # fmt: skip
    office.report("1", percent=30, on=TODAY)
    assert told(office, HANDLER) == []


def test_whatever_is_in_hand_stands_below_what_presses_by_its_day(office: Office) -> None:
    for number, due in (("后的", "2026-12-31"), ("先的", "2026-09-30"), ("送审的", "2026-07-31")):
        office.assign(number, due=due, number=number)
    office.assign("销号的", due="2026-07-31", number="销号的")
    office.close("销号的", on="2026-06-09")
    office.ask_closure("送审的", on="2026-06-09")

    lines = work(office, HANDLER).lines
    assert [(line.item.number, line.action, line.distance != "") for line in lines] == [
        ("送审的", Action.VIEW, False), ("先的", Action.REPORT, True), ("后的", Action.REPORT, True),
    ]  # fmt: skip


def test_what_stands_for_an_instruction_alone_is_one_line(office: Office) -> None:
    office.assign("普法宣传", due="2026-12-31")
    with unit_of_work(office.engine) as session:
        instruct_freely(
            session, session.get_one(AnnualPlan, office.plan_id), by=office.by(session, LEADER, TODAY),
            title="核查来信", content="查清", term="疑难件", handler=find_person(session, HANDLER),
        )  # fmt: skip
    assert told(office, HANDLER) == [("批示", "批1", Action.SIGN_INSTRUCTION, "承办人")]
    assert having_time(office, HANDLER) == ["1"]
    on_instruction(office, HANDLER, sign_instruction, on=TODAY)
    assert told(office, HANDLER) == [("批示", "批1", Action.REPLY, "承办人")]
    assert having_time(office, HANDLER) == ["1"]
    on_instruction(office, HANDLER, reply, content="已查清", on=TODAY)
    assert (told(office, HANDLER), having_time(office, HANDLER)) == ([], ["批1", "1"])


def test_an_outsider_and_a_colleague_of_another_department_see_nothing(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-05")
    office.assign("执法检查", due="2026-07-20", sign=False)
    office.assign("制度清理", due="2026-07-20")
    office.extend("3", to="2026-08-31", on="2026-06-09")
    office.instruct("1", "抓紧", due="2026-06-12", on="2026-06-09")

    for who in (OUTSIDER, OTHER_HEAD):
        assert (work(office, who).lines, work(office, who).coming) == ((), None)


def test_whoever_has_nothing_to_do_is_told_what_comes_next(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")

    found = work(office, HANDLER)
    assert not found.pressing
    assert having_time(office, HANDLER) == ["1"]
    assert found.coming is not None
    assert (found.coming.title, str(found.coming.due_on)) == ("普法宣传", "2026-06-30")


def test_who_has_more_to_do_than_fits_is_told_the_most_pressing_and_that_there_is_more(office: Office) -> None:
    for place in range(MOST + 2):
        office.assign(f"事项{place}", due="2026-06-05", issue=False)
    office.issue(on="2026-06-01")

    found = work(office, HANDLER)
    assert [line.group for line in found.lines].count(Group.OVERDUE) == MOST
    assert found.rest == {Group.OVERDUE: 2}


@pytest.mark.parametrize("who", [HANDLER, HEAD, LEADER, FIRST, SUPERVISOR])
def test_however_much_there_is_to_do_it_is_asked_for_as_often(office: Office, who: str) -> None:
    def live(first: int, last: int) -> None:
        for place in range(first, last):
            number = str(place)
            office.assign(f"事项{place}", due=f"2026-06-{5 + place % 9:02}", number=number, issue=False)
            office.assign(f"批示{place}", due="2026-12-31", number=f"i{number}", issue=False)
            office.assign(f"延期{place}", due="2026-12-30", number=f"e{number}", issue=False)
        office.issue(on="2026-06-01")
        for place in range(first, last):
            office.instruct(f"i{place}", "抓紧", due="2026-06-12", on="2026-06-02")
            office.extend(f"e{place}", to="2027-01-31", on="2026-06-02")

    live(0, 2)
    few = statements(office.engine, lambda: work(office, who))
    live(2, 9)
    assert statements(office.engine, lambda: work(office, who)) == few


def test_numbers_count_what_their_rows_list(office: Office) -> None:
    office.assign("逾期的", due="2026-06-05", number="逾期的")
    office.assign("送审的", due="2026-06-30", number="送审的")
    office.assign("延期的", due="2026-06-30", number="延期的")
    office.assign("按期的", due="2026-06-09", number="按期的")
    office.assign("晚了的", due="2026-06-05", number="晚了的")
    office.assign("退回的", due="2026-06-30", number="退回的")
    office.ask_closure("送审的", on="2026-06-09")
    office.extend("延期的", to="2026-07-31", on="2026-06-09")
    office.close("按期的", on="2026-06-09")
    office.close("晚了的", on="2026-06-09")
    office.ask_closure("退回的", on="2026-06-08")
    office.send_back("退回的", on="2026-06-09")

    with reading(office.engine) as session:
        plan, calendar = session.get_one(AnnualPlan, office.plan_id), office_calendar(session)
        by, mine = office.by(session, HANDLER, TODAY), Choice(standing=NamedList.MINE)
        counts = {one.what: one.count for one in count_work(session, plan, mine, by=by, calendar=calendar)}
        rows = {
            what: {line.number for line in list_counted(session, plan, mine, what, by=by, calendar=calendar)}
            for what in Number
        }

    assert counts == {what: len(rows[what]) for what in Number}
    assert rows == {
        Number.OPEN: {"逾期的", "送审的", "延期的", "退回的"},
        Number.OVERDUE: {"逾期的"},
        Number.WAITING: {"送审的", "延期的"},
        Number.DONE: {"按期的", "晚了的"},
        Number.ON_TIME: {"按期的"},
        Number.RETURNED: {"退回的"},
    }


def test_what_was_escalated_stays_until_it_is_done(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-05")
    office.fast_forward("2026-07-15", send=False)

    def escalated(who: str, on: str) -> list[tuple[str, str]]:
        with reading(office.engine) as session:
            organ, by = session.get_one(Organ, office.organ_id), office.by(session, who, on)
            found = list_escalated(session, organ, by=by, calendar=office_calendar(session))
            return [(row.item.number, str(row.item.due_on)) for row in found]

    assert escalated(LEADER, "2026-07-15") == [("1", "2026-06-05")]
    assert escalated(OUTSIDER, "2026-07-15") == []
    office.close("1", on="2026-07-15")
    assert escalated(LEADER, "2026-07-16") == []
    assert office.rows(Deadline)[0].done_on == day("2026-07-15")


def test_the_one_page_brief_and_the_workbench_go_by_one_rule(office: Office) -> None:
    office.hire("孙副局", Role.LEADER, "副局长")
    office.assign("普法宣传", due="2026-07-20")
    office.extend("1", to="2026-08-31", on="2026-06-09")

    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        for who in EVERYBODY:
            rows = waiting(session, plan, by=office.by(session, who, TODAY))
            assert len(rows) == len([line for line in work(office, who).lines if line.decision])
