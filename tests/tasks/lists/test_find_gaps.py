"""Items nobody answers for, as stories."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import reading, unit_of_work
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.people.person import Tenure
from tasks.lists.find_gaps import Gap, GapReason, gaps
from tasks.people.find import find_person
from tasks.staff.hand_over import leave_office
from tests.databases import statements_of
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office, day


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


def found(office: Office, on: str) -> list[Gap]:
    with reading(office.engine) as session:
        return gaps(session, session.get_one(AnnualPlan, office.plan_id), on=day(on))


def told(office: Office, on: str) -> list[tuple[str, GapReason, str, str | None]]:
    return [(gap.item.number, gap.problem, gap.words, gap.instead) for gap in found(office, on)]


def test_an_office_in_its_seats_has_no_gaps(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.assign("案卷评查", due="2026-06-30", to=None)
    office.assign("专题研究", due="2026-06-30", to=None, department=False, leaders=(LEADER,))

    assert found(office, "2026-06-15") == []


def test_somebody_who_left_without_a_successor_leaves_a_gap_that_the_next_level_fills(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.close(office.assign("办结的", due="2026-06-30"), on="2026-06-08")
    with unit_of_work(office.engine) as session:
        leave_office(
            session,
            find_person(session, HANDLER),
            by=office.by(session, SUPERVISOR, "2026-06-10"),
            on=day("2026-06-10"),
        )

    assert found(office, "2026-06-10") == []
    [gap] = found(office, "2026-06-11")
    assert (gap.item.number, gap.item.title, gap.item.unit) == (number, "普法宣传", "法规科")
    assert (gap.problem, gap.words, gap.instead) == (
        GapReason.LEFT,
        "承办人李承办已于 2026-06-10 离任，尚无人接任",
        HEAD,
    )

    office.succeed(HANDLER, "孙接任", on="2026-06-20")
    assert found(office, "2026-06-20") == []


def test_a_post_given_up_or_never_filled_is_vacant(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    office.vacate(HANDLER, on="2026-06-10")
    office.hire("周新人")
    number = office.assign("案卷评查", due="2026-06-30", to="周新人")
    post = office.item(number).handler_post_id
    with unit_of_work(office.engine) as session:
        session.delete(session.exec(select(Tenure).where(Tenure.post_id == post)).one())

    assert told(office, "2026-06-12") == [
        ("1", GapReason.LEFT, "承办人李承办已于 2026-06-09 卸任，尚无人接任", HEAD),
        ("2", GapReason.VACANT, "承办人岗位“科员”空缺", HEAD),
    ]


def test_leave_with_a_deputy_present_is_no_gap_and_without_one_is(office: Office) -> None:
    office.hire("周代理")
    office.assign("普法宣传", due="2026-06-30")
    office.leave(HANDLER, first="2026-06-08", last="2026-06-12", deputy="周代理")
    assert found(office, "2026-06-10") == []

    office.leave("周代理", first="2026-06-11", last="2026-06-11")
    assert told(office, "2026-06-11") == [
        ("1", GapReason.AWAY, "承办人李承办请假至 2026-06-12，没有在岗的代理人", HEAD)
    ]
    assert found(office, "2026-06-15") == []


def test_without_a_handler_the_head_answers_and_without_a_department_the_leader(office: Office) -> None:
    office.assign("案卷评查", due="2026-06-30", to=None)
    office.assign("专题研究", due="2026-06-30", to=None, department=False, leaders=(LEADER,))
    office.vacate(HEAD, on="2026-06-10")
    office.leave(LEADER, first="2026-06-10", last="2026-06-30")

    assert told(office, "2026-06-12") == [
        ("1", GapReason.LEFT, "未写明承办人，科室负责人王科长已于 2026-06-09 卸任，尚无人接任", FIRST),
        ("2", GapReason.AWAY, "未写明承办人和科室，分管领导张副局请假至 2026-06-30，没有在岗的代理人", FIRST),
    ]


def test_a_department_without_a_head_and_a_draft_that_names_nobody(office: Office) -> None:
    bare = office.department("档案室")
    office.assign("整理档案", due="2026-06-30", to=None, issue=False)
    office.assign("迎接检查", due="2026-06-30", to=None, department=False, issue=False)
    office.assign("联合执法", due="2026-06-30", to=None, department=False, issue=False)
    archive, joint = office.item("1"), office.item("3")
    with unit_of_work(office.engine) as session:
        session.get_one(WorkItem, archive.id).department_id = bare
        session.get_one(WorkItem, joint.id).lead_text = "市公安局"

    assert [(gap.item.unit, gap.problem, gap.words) for gap in found(office, "2026-06-12")] == [
        ("档案室", GapReason.UNNAMED, "未写明承办人，科室也没有设负责人岗位"),
        ("未明确", GapReason.UNNAMED, "没有写明承办人、牵头科室或责任领导"),
        ("市公安局", GapReason.UNNAMED, "没有写明承办人、牵头科室或责任领导（牵头单位“市公安局”不是本单位科室）"),
    ]


def test_where_nobody_is_left_nobody_gets_the_notices(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")
    for name in (HANDLER, HEAD, LEADER, FIRST, SUPERVISOR):
        office.vacate(name, on="2026-06-10")

    [gap] = found(office, "2026-06-12")
    assert gap.instead is None


def test_more_gaps_ask_the_database_no_more_often(office: Office) -> None:
    office.assign("第一项", due="2026-06-30")
    office.vacate(HANDLER, on="2026-06-10")
    few = questions(office)
    for place in range(8):
        office.hire(f"新人{place}")
        office.assign(f"第{place}项", due="2026-06-30", to=f"新人{place}", on="2026-06-02")
        office.vacate(f"新人{place}", on="2026-06-10")

    assert questions(office) == few
    assert len(found(office, "2026-06-12")) == 9


def questions(office: Office) -> int:
    with statements_of(office.engine) as asked:
        found(office, "2026-06-12")
    return len(asked)
