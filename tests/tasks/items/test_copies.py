"""A copy of an instruction (抄送): its person hears of it and reads the item, and has nothing to do and no number."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from models.database import key, reading, unit_of_work
from models.dates.day_override import office_calendar
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.instruction import InstructionCopy
from models.items.item import WorkItem
from models.items.lifecycle import LIFECYCLE, TALK
from models.items.plan import AnnualPlan
from models.ladder.notice import Notice, NoticeKind, NoticeState, Via
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person
from tasks.acting.authorize import authorize, permitted, standings
from tasks.acting.find_seen import seen_document, seen_item
from tasks.items.instruct import instruct, list_instructions
from tasks.items.show_item import show_item
from tasks.items.sign import sign
from tasks.ladder.recheck import recheck
from tasks.lists.browse_items import ItemListing
from tasks.lists.choose_items import Choice, NamedList
from tasks.lists.count_work import count_work
from tasks.oversight.gather_work import gather_work
from tasks.people.find import find_people, find_person
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office, day

ON, NEXT, DUE = "2026-06-08", "2026-06-09", "2026-06-18"
OTHER, STAND_IN = "钱科长", "孙代理"


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    """Item 1 is copied to the head of another department, who reads no other item."""
    office = Office(any_engine, tmp_path / "home")
    office.department("财务科", head=OTHER)
    office.assign("普法宣传", due="2026-06-30")
    office.assign("案卷评查", due="2026-06-30")
    return office


def copy(office: Office, *names: str, who: str = LEADER) -> None:
    def give(session: Any, item: Any, by: Any) -> None:
        owner = session.get_one(Organ, office.organ_id)
        people = find_people(session, "、".join(names), owner)
        instruct(session, item, by=by, content="请抓紧", due_on=day(DUE), copies=people)

    office.do(who, give, "1", on=ON)


def may(office: Office, who: str) -> dict[str, set[Action]]:
    """By item, what somebody may do."""
    with reading(office.engine) as session:
        by = office.by(session, who, NEXT)
        actions = {Action.VIEW, Action.READ, *LIFECYCLE}
        items = session.exec(select(WorkItem).order_by(col(WorkItem.id))).all()
        single = {item.number: {action for action in actions if standings(session, by, action, item)} for item in items}
        for action in actions:
            listed = set(session.exec(select(WorkItem.number).where(permitted(session, by, action))))
            assert listed == {number for number, allowed in single.items() if action in allowed}
        return single


def listed(office: Office, who: str, only: NamedList | None = None) -> list[str]:
    with reading(office.engine) as session:
        plan, by = session.get_one(AnnualPlan, office.plan_id), office.by(session, who, NEXT)
        choice = Choice(standing=only)
        listing = ItemListing(session, plan, by=by, calendar=office_calendar(session), choice=choice)
        return [line.number for line in listing.lines()]


def copies(office: Office) -> list[Notice]:
    return [row for row in office.rows(Notice) if row.kind is NoticeKind.COPIED]


def test_whoever_has_a_copy_hears_of_it_and_reads_the_item_alone(office: Office) -> None:
    assert may(office, OTHER) == {"1": set(), "2": set()}
    copy(office, OTHER)
    (notice,) = copies(office)
    assert (office.name_of(notice.recipient_id), notice.via) == (OTHER, Via.NAMED)
    assert (notice.text or "").endswith("号）：请抓紧")
    assert may(office, OTHER) == {"1": {Action.READ, *TALK}, "2": set()}
    with unit_of_work(office.engine) as session:
        by, item = office.by(session, OTHER, NEXT), session.exec(select(WorkItem).order_by(col(WorkItem.id))).first()
        assert item is not None
        shown = show_item(session, seen_item(session, key(item.id), by=by), by=by, calendar=office_calendar(session))
        assert shown["instructions"][0]["copies"] == [OTHER]
        sheet = shown["documents"][0]["id"]
        assert seen_document(session, sheet, by=by).id == sheet
        plan = session.get_one(AnnualPlan, office.plan_id)
        assert [row["item"] for row in list_instructions(session, plan, by=by)] == ["1"]
        with pytest.raises(ForbiddenError, match="可由承办人李承办"):
            sign(session, item, by=by)
        other = session.exec(select(WorkItem).where(WorkItem.number == "2")).one()
        with pytest.raises(NotFoundError):
            authorize(session, by, Action.READ, other)


def test_it_stands_in_no_list_and_number_but_the_one_that_is_asked_for(office: Office) -> None:
    with reading(office.engine) as session:
        plan, by = session.get_one(AnnualPlan, office.plan_id), office.by(session, OTHER, NEXT)
        before = count_work(session, plan, Choice(), by=by, calendar=office_calendar(session))
    copy(office, OTHER)
    with reading(office.engine) as session:
        plan, by = session.get_one(AnnualPlan, office.plan_id), office.by(session, OTHER, NEXT)
        calendar = office_calendar(session)
        assert count_work(session, plan, Choice(), by=by, calendar=calendar) == before
        organ = session.get_one(Organ, office.organ_id)
        assert gather_work(session, organ, by=by, calendar=calendar).lines == ()
    assert (listed(office, OTHER), listed(office, OTHER, NamedList.COPIED)) == ([], ["1"])
    assert listed(office, SUPERVISOR, NamedList.COPIED) == []


def test_whoever_stands_in_or_follows_in_the_post_has_no_copy(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        session.add(Person(organ_id=office.organ_id, name=STAND_IN))
    office.leave(OTHER, first="2026-06-08", last="2026-06-12", deputy=STAND_IN)
    copy(office, OTHER)
    assert may(office, STAND_IN)["1"] == set()
    (notice,) = copies(office)
    with unit_of_work(office.engine) as session:
        recheck(session, on=day(NEXT))
    assert [(row.id, row.state) for row in copies(office)] == [(notice.id, NoticeState.PENDING)]
    with unit_of_work(office.engine) as session:
        find_person(session, OTHER).left_on = day(ON)
    with unit_of_work(office.engine) as session:
        recheck(session, on=day(NEXT))
    assert [(row.id, row.state, row.reason) for row in copies(office)] == [
        (notice.id, NoticeState.DROPPED, "收件人已离任")
    ]  # fmt: skip


@pytest.mark.parametrize("who", [HANDLER, LEADER, FIRST])
def test_nobody_is_sent_a_copy_of_what_he_hears_or_said(office: Office, who: str) -> None:
    with pytest.raises(BadInputError, match=f"抄送：{who}是批示人，或者已经即时告知"):
        copy(office, who, who=FIRST)
    assert (copies(office), office.rows(InstructionCopy)) == ([], [])


def test_a_copy_goes_to_somebody_with_a_post_that_reads_items(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        session.add(Person(organ_id=office.organ_id, name="无岗位"))
    with pytest.raises(BadInputError, match="抄送：无岗位在 2026-06-08 没有可以查看任务的岗位"):
        copy(office, "无岗位")
    with pytest.raises(NotFoundError, match="没有登记“查无此人”"):
        copy(office, "查无此人")
    copy(office, OTHER, HEAD, OTHER)
    assert {office.name_of(row.recipient_id) for row in copies(office)} == {OTHER, HEAD}
