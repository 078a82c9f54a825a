"""The circular as stories: what it counts, whom it names, and that a period has one."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from models.actor import Actor, Channel
from models.audit import AuditEntry
from models.clock import opening_of
from models.database import reading, unit_of_work
from models.dates.unit import Unit
from models.dates.workdays import WorkCalendar
from models.errors import ForbiddenError
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ladder.policy import Relation
from models.papers.circular import CircularKind, closing_day
from models.papers.document import Document
from models.people.organ import Department
from models.people.person import Role
from models.scores.scoring import ScoringRule
from tasks.items.close import request_close
from tasks.items.extend import decide_extension, extend
from tasks.items.instruct import instruct
from tasks.items.suspend import resume, suspend
from tasks.oversight.compile_circular import compile_circular, gather_circular
from tasks.papers.circular import Circular, TrendPoint
from tasks.scores.publish_scores import publish_scores
from tests.databases import statements_of
from tests.office import FIRST, HANDLER, LEADER, SUPERVISOR, Office, day

CALENDAR = WorkCalendar()
MONTH, WEEK, QUARTER = CircularKind.MONTH, CircularKind.WEEK, CircularKind.QUARTER
FINANCE_HEAD = "钱科长"


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


@pytest.fixture
def full(office: Office) -> Office:
    """One item in every state, as of the end of June 2026."""
    for title, due in (("逾期的", "2026-06-10"), ("临期的", "2026-07-03"), ("正常的", "2026-12-31")):
        office.assign(title, due=due, number=title)
    for title in ("中止的", "待审核的", "办结的", "早办结的", "迟办结的"):
        office.assign(title, due="2026-06-26", number=title)
    office.assign("未开始的", due="2026-12-31", start="2026-09-01", number="未开始的")
    for number in ("正常的", "待审核的", "临期的"):
        office.report(number, on="2026-06-08", percent=60)
    office.close("早办结的", on="2026-06-02")
    office.do(SUPERVISOR, suspend, "中止的", on="2026-06-12", reason="等省里文件")
    office.do(HANDLER, request_close, "待审核的", on="2026-06-24", statement="已办结")
    office.close("办结的", on="2026-06-24")
    office.close("迟办结的", on="2026-06-29")
    office.assign("未下达的", due="2026-12-31", number="未下达的", issue=False)
    return office


def gathered(office: Office, until: str = "2026-06-30", kind: CircularKind = MONTH) -> Circular:
    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        return gather_circular(
            session, plan, kind=kind, until=day(until), issued_on=day("2026-07-01"), calendar=CALENDAR
        )


def compiled(office: Office, who: str = SUPERVISOR, on: str = "2026-07-01", **more: Any) -> Document:
    with unit_of_work(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        return compile_circular(
            session, plan, by=office.by(session, who, on), kind=MONTH, until=day("2026-06-30"), calendar=CALENDAR,
            **more,
        )  # fmt: skip


def test_t16_every_item_stands_in_one_place_and_they_add_up(full: Office) -> None:
    circular = gathered(full)
    totals = circular.totals

    shares = (totals.closed, totals.on_track, totals.near, totals.overdue, totals.not_started, totals.suspended)
    assert shares == (3, 2, 1, 1, 2, 1)  # what waits for review keeps its day: it goes with those on track
    assert sum(shares) == totals.items == 10
    assert (totals.closed_in_period, totals.in_review) == (3, 1)
    [row] = circular.departments
    assert (row.closed, row.on_track, row.near, row.overdue, row.not_started, row.suspended) == shares
    assert (row.name, row.total) == ("法规科", 10)


def test_the_share_in_time_counts_days_that_came_and_leaves_out_what_waits_or_stands_still(full: Office) -> None:
    assert gathered(full).totals.on_time_share == 2 / 4  # two in time, one late, one missed
    assert gathered(full, "2026-06-01").totals.on_time_share is None


def test_a_circular_as_of_an_earlier_day_says_what_was_so_then(full: Office) -> None:
    totals = gathered(full, "2026-06-23").totals

    assert (totals.closed, totals.closed_in_period, totals.in_review) == (1, 1, 0)
    assert totals.items == 10


def test_an_empty_plan_divides_by_nothing(office: Office) -> None:
    circular = gathered(office)

    assert (circular.totals.items, circular.totals.on_time_share) == (0, None)
    lists = (circular.departments, circular.overdue, circular.unfiled, circular.changed, circular.next_deadlines)
    assert not any([*lists, circular.praise, circular.criticism, circular.demands, circular.trend])


def test_what_is_overdue_is_told_with_the_level_it_has_reached(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-15")
    office.assign("案卷评查", due="2026-06-29")
    office.fast_forward("2026-06-30", send=False)

    rows = gathered(office).overdue

    assert [(row.number, row.unit, row.person, str(row.due_on), row.words, row.level) for row in rows] == [
        ("1", "法规科", HANDLER, "2026-06-15", "逾期10个工作日", "第一责任人"),
        ("2", "法规科", HANDLER, "2026-06-29", "逾期1个工作日", "科室负责人"),
    ]
    [old] = gathered(office, "2026-06-18").overdue
    assert (old.words, old.level) == ("逾期3个工作日", "分管领导")


def test_an_instruction_that_is_overdue_is_told_as_such(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-12-31")
    office.do(FIRST, instruct, number, on="2026-06-15", content="请说明原因", due_on=day("2026-06-22"))

    [row] = gathered(office).overdue

    assert (row.title, str(row.due_on)) == ("普法宣传【批示1】", "2026-06-22")


def test_a_moved_day_begins_its_levels_anew(office: Office) -> None:
    office.ladder((Relation.AFTER, 1, Unit.WORKING, [Role.LEADER]))
    number = office.assign("普法宣传", due="2026-06-15")
    office.fast_forward("2026-06-17", send=False)
    office.do(
        HANDLER, extend, number, on="2026-06-17", to=day("2026-06-26"), reason="等文件", progress="一半", late=True
    )
    office.do(LEADER, decide_extension, number, on="2026-06-17", approve=True)

    [row] = gathered(office).overdue

    assert (str(row.due_on), row.level) == ("2026-06-26", "")


def test_reports_that_did_not_come_are_listed_by_their_period(full: Office) -> None:
    rows = [(row.number, row.person, row.period, str(row.due_on)) for row in gathered(full).unfiled]
    assert rows == [
        ("逾期的", HANDLER, "2026年6月", "2026-06-25"),
        ("迟办结的", HANDLER, "2026年6月", "2026-06-25"),
    ]
    assert gathered(full, "2026-06-24").unfiled == ()
    assert [row.number for row in gathered(full, "2026-06-26", WEEK).unfiled] == ["逾期的", "迟办结的"]


def test_a_quarter_lists_every_month_of_it(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-12-31", on="2026-04-03")
    office.report(number, on="2026-05-06")

    assert [row.period for row in gathered(office, kind=QUARTER).unfiled] == ["2026年4月", "2026年6月"]


def test_days_put_off_and_clocks_that_stand_still_are_told_with_their_reasons(office: Office) -> None:
    for number in ("延期的", "中止的", "恢复的"):
        office.assign("任务", due="2026-07-20", number=number)
    office.do(
        HANDLER, extend, "延期的", on="2026-06-10", to=day("2026-08-31"), reason="汛期停工", progress="已完成一半"
    )
    office.do(LEADER, decide_extension, "延期的", on="2026-06-11", approve=True)
    office.do(SUPERVISOR, suspend, "中止的", on="2026-06-12", reason="计划未下达")
    office.do(SUPERVISOR, suspend, "恢复的", on="2026-06-15", reason="等省里文件")
    office.do(SUPERVISOR, resume, "恢复的", on="2026-06-17")

    assert [
        (row.kind, row.number, str(row.from_on), str(row.until_on), row.reason) for row in gathered(office).changed
    ] == [
        ("延期", "延期的", "2026-07-20", "2026-08-31", "汛期停工"),
        ("顺延", "恢复的", "2026-07-20", "2026-07-22", "自 2026-06-15 中止（等省里文件），顺延2个工作日"),
        ("中止", "中止的", "2026-07-20", "None", "计划未下达"),
    ]


def test_days_up_to_the_end_of_the_next_period_are_announced(office: Office) -> None:
    office.assign("下月到期", due="2026-07-31", number="下月到期")
    office.assign("再下月到期", due="2026-08-01", number="再下月到期")
    office.assign("中止的", due="2026-07-10", number="中止的")
    office.do(SUPERVISOR, suspend, "中止的", on="2026-06-12", reason="计划未下达")
    office.close(office.assign("已办结", due="2026-07-10"), on="2026-06-20")
    office.assign("按月报送", recurrence="FREQ=MONTHLY;BYMONTHDAY=20", number="按月报送")

    assert [(row.number, row.unit, row.person, str(row.due_on)) for row in gathered(office).next_deadlines] == [
        ("按月报送", "法规科", HANDLER, "2026-07-20"),
        ("下月到期", "法规科", HANDLER, "2026-07-31"),
    ]


def test_units_that_missed_nothing_are_praised_and_those_that_did_are_criticised(office: Office) -> None:
    office.department("财务科", head=FINANCE_HEAD)
    office.assign("资金支付", due="2026-06-30", to=FINANCE_HEAD, number="资金支付")
    office.assign("决算公开", due="2026-12-31", to=FINANCE_HEAD, number="决算公开")
    _move_to(office, "财务科", "资金支付", "决算公开")
    office.assign("普法宣传", due="2026-06-10", number="普法宣传")
    office.assign("案卷评查", due="2026-12-31", number="案卷评查")
    office.report("决算公开", on="2026-06-20", percent=50)
    office.close("资金支付", on="2026-06-20")

    circular = gathered(office)

    assert circular.praise == ("财务科（按期办结1项）承办的事项均按时限推进，进展填报齐全，予以表扬。",)
    assert circular.criticism == ("法规科1项事项逾期，2项次进展未按期填报，予以批评。",)
    assert circular.demands == (
        "逾期事项的牵头单位要逐项查明原因，倒排工期，尽快办结。",
        "未按期填报的单位要立即补报进展。",
    )


def test_the_trend_remembers_what_was_overdue_before_a_day_moved(office: Office) -> None:
    office.assign("普法宣传", due="2026-04-15", on="2026-03-02", number="普法宣传")
    office.assign("案卷评查", due="2026-05-20", on="2026-03-02", number="案卷评查")
    office.do(
        HANDLER, extend, "普法宣传", on="2026-05-06", to=day("2026-09-30"), reason="等文件", progress="一半", late=True
    )
    office.do(LEADER, decide_extension, "普法宣传", on="2026-05-06", approve=True)
    office.close("案卷评查", on="2026-06-03")

    assert gathered(office).trend == (
        TrendPoint("3月", 0, 0),
        TrendPoint("4月", 0, 1),
        TrendPoint("5月", 0, 1),
        TrendPoint("6月", 1, 0),
    )
    assert gathered(office, "2026-03-31").trend == ()
    assert [point.label for point in gathered(office, "2026-05-31", WEEK).trend] == [f"第{n}周" for n in range(17, 23)]


@pytest.mark.parametrize(
    ("kind", "on", "until"),
    [
        pytest.param(WEEK, "2026-07-03", "2026-07-03", id="a week is closed on its Friday"),
        pytest.param(WEEK, "2026-07-05", "2026-07-05", id="or late on its Sunday"),
        pytest.param(WEEK, "2026-07-06", "2026-07-05", id="made good on Monday it is still the week before"),
        pytest.param(WEEK, "2026-07-09", "2026-07-05", id="until the next Friday"),
        pytest.param(MONTH, "2026-07-01", "2026-06-30", id="the month before"),
        pytest.param(MONTH, "2026-07-31", "2026-07-31", id="a month is closed on its last day"),
        pytest.param(QUARTER, "2027-01-01", "2026-12-31", id="the quarter before, of the year before"),
    ],
)
def test_a_circular_is_that_of_the_last_period_closed(kind: CircularKind, on: str, until: str) -> None:
    assert closing_day(kind, day(on), CALENDAR) == day(until)


def test_a_period_has_one_circular_with_a_number_and_an_entry_in_the_trail(full: Office) -> None:
    first, second = compiled(full), compiled(full, on="2026-07-02")

    assert first.written_number == "督通〔2026〕1号"
    assert (first.about, first.title) == ("circular:month:2026-06-01", "某局关于2026年6月督办事项办理情况的通报")
    assert second.id == first.id
    with reading(full.engine) as session:
        assert len(session.exec(select(AuditEntry).where(AuditEntry.action == "circulate")).all()) == 1


def test_again_gives_a_new_number_where_the_circular_says_something_else_and_only_then(full: Office) -> None:
    first = compiled(full)
    assert compiled(full, on="2026-07-02", again=True).id == first.id

    full.do(SUPERVISOR, resume, "中止的", on="2026-06-30")
    assert compiled(full).id == first.id
    second = compiled(full, again=True)
    assert (second.number, second.about) == (2, "circular:month:2026-06-01:2")
    assert compiled(full, on="2026-07-03").id == compiled(full, on="2026-07-03", again=True).id == second.id


def test_only_the_supervisor_and_the_rhythm_draw_up_a_circular(full: Office) -> None:
    with pytest.raises(ForbiddenError, match="印发通报简报"):
        compiled(full, who=FIRST)
    at = day("2026-07-01")
    with unit_of_work(full.engine) as session:
        plan = session.get_one(AnnualPlan, full.plan_id)
        rhythm = Actor("每月通报", Channel.RHYTHM, at, opening_of(at))
        made = compile_circular(session, plan, by=rhythm, kind=MONTH, until=day("2026-06-30"), calendar=CALENDAR)
    assert (made.person_id, made.number) == (None, 1)


def test_scores_published_for_just_the_period_stand_beside_the_units(full: Office) -> None:
    with unit_of_work(full.engine) as session:
        rule = ScoringRule(name="本例", events=[{"event": "late", "points": "5", "cap": None}], leader_weight=0)
        session.add(rule)
        session.flush()
        publish_scores(
            session, session.get_one(AnnualPlan, full.plan_id), by=full.by(session, SUPERVISOR, "2026-07-01"),
            from_on=day("2026-06-01"), until_on=day("2026-06-30"), rule=rule,
        )  # fmt: skip

    assert [(row.name, row.score, row.rank) for row in gathered(full).departments] == [("法规科", Decimal(90), 1)]
    assert [(row.score, row.rank) for row in gathered(full, kind=QUARTER).departments] == [(None, None)]


def test_a_longer_plan_asks_the_database_no_more_often(office: Office) -> None:
    office.assign("第一项", due="2026-06-10", on="2026-05-11")
    office.sweep("2026-06-11")
    few = questions(office)
    for place in range(8):
        office.assign(f"第{place}项", due="2026-06-10", on="2026-05-11")
    office.sweep("2026-06-15")

    assert questions(office) == few
    assert len(gathered(office).overdue) == 9


def questions(office: Office) -> int:
    with statements_of(office.engine) as asked:
        gathered(office)
    return len(asked)


def _move_to(office: Office, department: str, *numbers: str) -> None:
    ids = [office.item(number).id for number in numbers]
    with unit_of_work(office.engine) as session:
        unit = session.exec(select(Department.id).where(Department.name == department)).one()
        for item in session.exec(select(WorkItem).where(col(WorkItem.id).in_(ids))):
            item.department_id = unit
