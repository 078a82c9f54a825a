"""The one-page brief as stories: what the first responsible person, or another leader, has to know on a day."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import reading, unit_of_work
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError, ForbiddenError
from models.items.instruction import Instruction
from models.items.plan import AnnualPlan
from models.papers.document import Document, DocumentKind
from models.people.organ import Organ
from models.people.person import Role
from tasks.items.answer_instruction import close_instruction, reply
from tasks.items.close import request_close
from tasks.items.extend import decide_extension, extend
from tasks.items.instruct import find_instruction, instruct
from tasks.items.milestone import add_milestone
from tasks.items.object_to import object_to
from tasks.items.sign import sign
from tasks.items.suspend import suspend
from tasks.oversight.compile_brief import compile_brief, gather_brief
from tasks.papers.brief import Brief
from tasks.people.find import find_person
from tests.actors import administrator
from tests.databases import statements_of
from tests.office import FIRST, HANDLER, LEADER, OUTSIDER, SUPERVISOR, Office, day

CALENDAR = WorkCalendar()
OTHER_LEADER = "孙副局"


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


def brief(office: Office, on: str, who: str = FIRST) -> Brief:
    with reading(office.engine) as session:
        organ = session.get_one(Organ, office.organ_id)
        return gather_brief(session, organ, find_person(session, who), by=administrator(day(on)), calendar=CALENDAR)


def compiled(office: Office, on: str, who: str = SUPERVISOR, **more: Any) -> Document:
    with unit_of_work(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        return compile_brief(
            session, plan, find_person(session, FIRST), by=office.by(session, who, on), calendar=CALENDAR, **more
        )


def on_instruction(office: Office, who: str, act: Any, number: int, *, on: str, **more: Any) -> None:
    with unit_of_work(office.engine) as session:
        act(session, find_instruction(session, number), by=office.by(session, who, on), **more)


def instructed(office: Office, item: str, content: str, *, on: str, due: str, who: str = FIRST) -> Instruction:
    return office.do(who, instruct, item, on=on, content=content, due_on=day(due)).instruction


def test_red_items_come_longest_overdue_first_then_those_far_behind(office: Office) -> None:
    office.assign("短逾期", due="2026-06-26", number="短逾期")
    office.assign("长逾期", due="2026-06-10", number="长逾期")
    office.assign("滞后的", due="2026-07-31", number="滞后的")
    office.do(SUPERVISOR, add_milestone, "滞后的", on="2026-06-02", title="方案报审", due_on=day("2026-07-20"))
    office.assign("正常的", due="2026-07-31", number="正常的")
    office.report("正常的", on="2026-06-20", percent=60)
    office.assign("中止的", due="2026-06-20", number="中止的")
    office.do(SUPERVISOR, suspend, "中止的", on="2026-06-12", reason="等文件")

    found = brief(office, "2026-06-30")

    assert (found.organ, found.person, found.red) == ("某局", "刘局长（局长）", 3)
    assert [(row.number, row.answerable, row.due_words) for row in found.red_rows] == [
        ("长逾期", "法规科、张副局", "逾期13个工作日"),
        ("短逾期", "法规科、张副局", "逾期2个工作日"),
        ("滞后的", "法规科、张副局", "严重滞后"),
    ]


def test_what_waits_for_a_level_is_shown_to_its_roles_and_to_nobody_else(office: Office) -> None:
    for number in ("延期的", "办结的"):
        office.assign(number, due="2026-07-20", number=number)
    office.assign("异议的", due="2026-07-20", number="异议的", sign=False)
    office.do(HANDLER, extend, "延期的", on="2026-06-09", to=day("2026-08-31"), reason="汛期停工", progress="一半")
    office.do(HANDLER, request_close, "办结的", on="2026-06-08", statement="已办结")
    office.do(HANDLER, object_to, "异议的", on="2026-06-03", reason="不属本科室")

    def waiting(who: str) -> list[tuple[str, str, str, str]]:
        found = brief(office, "2026-06-10", who)
        assert found.waiting == len(found.waiting_rows)
        return [(row.what, row.item, row.asked_by, str(row.since)) for row in found.waiting_rows]

    extension = ("延期审批", "延期的（延至8月31日）", HANDLER, "2026-06-09")
    assert waiting(FIRST) == waiting(LEADER) == [extension]
    assert waiting(SUPERVISOR) == [
        ("转办异议", "异议的", HANDLER, "2026-06-03"),
        ("办结审核", "办结的", HANDLER, "2026-06-08"),
    ]

    office.do(LEADER, decide_extension, "延期的", on="2026-06-10", approve=True)
    assert waiting(FIRST) == []


def test_nobody_waits_for_himself_and_a_level_waits_for_its_turn(office: Office) -> None:
    office.preset = "三级预警"
    office.assign("专题研究", due="2026-07-20", to=None, department=False, leaders=(LEADER,), number="专题研究")
    office.do(LEADER, sign, "专题研究", on="2026-06-02")
    office.do(LEADER, extend, "专题研究", on="2026-06-09", to=day("2026-08-31"), reason="等文件", progress="一半")

    assert [brief(office, "2026-06-10", who).waiting for who in (SUPERVISOR, FIRST, LEADER)] == [1, 0, 0]

    office.do(SUPERVISOR, decide_extension, "专题研究", on="2026-06-10", approve=True)
    assert [brief(office, "2026-06-10", who).waiting for who in (SUPERVISOR, FIRST, LEADER)] == [0, 1, 0]


def test_instructions_are_told_with_their_state_and_what_came_of_them(office: Office) -> None:
    office.assign("普法宣传", due="2026-12-31", number="普法宣传")
    for content, due in (("请说明原因", 5), ("拿出方案", 18), ("抓紧推进", 8), ("报结果", 9)):
        instructed(office, "普法宣传", content, on="2026-06-02", due=f"2026-06-{due:02}")
    instructed(office, "普法宣传", "副局长的批示", on="2026-06-02", due="2026-06-18", who=LEADER)
    on_instruction(office, HANDLER, reply, 2, on="2026-06-03", content="方案起草中")
    on_instruction(office, HANDLER, reply, 2, on="2026-06-04", content="方案已报")
    on_instruction(office, HANDLER, reply, 3, on="2026-06-04", content="正在推进")
    on_instruction(office, HANDLER, reply, 4, on="2026-06-04", content="已完成")
    on_instruction(office, FIRST, close_instruction, 4, on="2026-06-05", outcome="按要求完成")

    found = brief(office, "2026-06-10")

    assert [(row.text, str(row.due_on), row.state, row.outcome) for row in found.instruction_rows] == [
        ("请说明原因", "2026-06-05", "逾期未签收", "尚无反馈"),
        ("抓紧推进", "2026-06-08", "待办结", "李承办6月4日反馈：正在推进"),
        ("拿出方案", "2026-06-18", "待办结", "李承办6月4日反馈：方案已报"),
        ("报结果", "2026-06-09", "已办结", "按要求完成"),
    ]
    assert found.unanswered == 1
    assert len(brief(office, "2026-07-06").instruction_rows) == 3
    assert brief(office, "2026-06-10", LEADER).unanswered == 1


def test_the_next_ten_working_days_are_told_with_their_milestones(office: Office) -> None:
    office.assign("年底的", due="2026-12-31", number="年底的")
    office.assign("第十日的", due="2026-06-25", number="第十日的")  # 19 June rests
    office.assign("第十一日的", due="2026-06-26", number="第十一日的")
    office.assign("昨天的", due="2026-06-09", number="昨天的")
    office.close(office.assign("办结的", due="2026-06-15"), on="2026-06-05")
    office.do(HANDLER, add_milestone, "年底的", on="2026-06-05", title="方案报审", due_on=day("2026-06-12"))

    rows = brief(office, "2026-06-10").next_rows

    assert [(str(row.due_on), row.number, row.title) for row in rows] == [
        ("2026-06-12", "年底的", "年底的【方案报审】"),
        ("2026-06-25", "第十日的", "第十日的"),
    ]


def test_a_leader_reads_of_the_own_charge_alone(office: Office) -> None:
    office.hire(OTHER_LEADER, Role.LEADER, "副局长")
    office.assign("普法宣传", due="2026-06-10")

    assert [brief(office, "2026-06-30", who).red for who in (FIRST, LEADER, OTHER_LEADER)] == [1, 1, 0]


def test_somebody_without_a_post_has_no_brief(office: Office) -> None:
    office.vacate(FIRST, on="2026-06-10")

    with pytest.raises(BadInputError, match="没有在任的岗位"):
        brief(office, "2026-06-10")


def test_a_day_has_one_brief_unless_there_is_something_new_to_say(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30", number="普法宣传")
    first, same = compiled(office, "2026-06-10"), compiled(office, "2026-06-10", again=True)
    office.do(HANDLER, extend, "普法宣传", on="2026-06-10", to=day("2026-07-31"), reason="等文件", progress="一半")

    unasked, asked, next_day = (
        compiled(office, "2026-06-10"), compiled(office, "2026-06-10", again=True), compiled(office, "2026-06-11"),
    )  # fmt: skip

    assert (first.kind, first.written_number, first.title) == (
        DocumentKind.BRIEF,
        "督简〔2026〕1号",
        "督办工作简报（刘局长，2026-06-10）",
    )
    assert first.id == same.id == unasked.id
    assert [asked.number, next_day.number] == [2, 3]


def test_a_brief_is_drawn_up_by_its_reader_or_the_supervisor_only(office: Office) -> None:
    assert compiled(office, "2026-06-10", FIRST).person_id
    for who in (HANDLER, LEADER, OUTSIDER):
        with pytest.raises(ForbiddenError, match="查看本人简报"):
            compiled(office, "2026-06-11", who)


def test_more_to_tell_asks_the_database_no_more_often(office: Office) -> None:
    def live(title: str) -> None:
        number = office.assign(title, due="2026-06-15")
        office.do(HANDLER, extend, number, on="2026-06-02", to=day("2026-07-31"), reason="等文件", progress="一半")
        given = instructed(office, number, "抓紧", on="2026-06-02", due="2026-06-18")
        on_instruction(office, HANDLER, reply, given.id or 0, on="2026-06-03", content="好")

    live("第一项")
    few = questions(office)
    for place in range(5):
        live(f"第{place}项")

    assert questions(office) == few
    assert len(brief(office, "2026-06-10").next_rows) == 6


def questions(office: Office) -> int:
    with statements_of(office.engine) as asked:
        brief(office, "2026-06-10")
    return len(asked)
