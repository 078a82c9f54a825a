"""The board counts what its reader may see, and each number is as long as the list it leads to."""

from collections import Counter
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import key, reading, unit_of_work
from models.dates.day_override import office_calendar
from models.items.plan import AnnualPlan
from models.ladder.light import Light
from models.people.organ import Organ
from models.people.person import Role
from tasks.lists.browse_items import ItemListing
from tasks.lists.choose_items import Choice
from tasks.lists.list_unreported import unreported
from tasks.lists.tally import Group
from tasks.oversight.gather_board import Board, gather_board
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import statements


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path)
    made.department("执法科", head="孙科长")
    made.assign("制度清理", due="2026-06-22", on="2026-06-01")
    made.report(made.assign("普法宣传", due="2026-06-30", on="2026-06-01"), percent=80, on="2026-06-19")
    made.assign("执法检查", due="2026-07-10", on="2026-06-01", to=None, department=False, leaders=(LEADER,))
    made.close(made.assign("权责清单", due="2026-06-25", on="2026-06-01"), on="2026-06-19")
    made.assign("下半年培训", due="2026-11-30", start="2026-09-01", on="2026-06-01")
    return made


def board(office: Office, who: str, on: str = "2026-06-24", group: str = "department") -> Board:
    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        calendar = office_calendar(session)
        by = office.by(session, who, on)
        return gather_board(session, plan, by=by, calendar=calendar, group=cast(Group, group))


@pytest.mark.parametrize("on", ["2026-06-24", "2026-06-18"])
@pytest.mark.parametrize("who", [HANDLER, HEAD, LEADER, FIRST, SUPERVISOR, OUTSIDER])
@pytest.mark.parametrize("group", ["department", "project", "person"])
def test_every_number_is_the_length_of_the_list_it_leads_to(office: Office, who: str, group: str, on: str) -> None:
    found = board(office, who, group=group, on=on)
    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        calendar, by = office_calendar(session), office.by(session, who, on)

        def listed(**asked: object) -> int:
            choice = Choice(**asked)  # type: ignore[arg-type]
            return ItemListing(session, plan, by=by, calendar=calendar, choice=choice).count()

        lights = {light: listed(lights=frozenset({light})) for light in Light}
        cells = {
            (one.id, light): listed(lights=frozenset({light}), **{group: one.id})
            for one in found.groups
            for light in Light
        }
        total = listed()

    assert {light: found.lights.get(light, 0) for light in Light} == lights
    assert {(one.id, light): one.lights.get(light, 0) for one in found.groups for light in Light} == cells
    assert found.total == total


def test_an_outsider_sees_nothing_and_the_others_their_share(office: Office) -> None:
    assert {who: board(office, who).total for who in (OUTSIDER, HANDLER, LEADER, FIRST)} == {
        OUTSIDER: 0, HANDLER: 4, LEADER: 5, FIRST: 5,
    }  # fmt: skip


def test_the_board_tells_what_changed_within_a_week(office: Office) -> None:
    found = board(office, SUPERVISOR)

    assert found.lights[Light.RED] - found.week_ago.get(Light.RED, 0) == 1
    assert found.lights[Light.BLUE] - found.week_ago.get(Light.BLUE, 0) == 1


def test_what_is_overdue_says_which_rung_it_reached(office: Office) -> None:
    office.fast_forward("2026-06-24", send=False)

    found = board(office, SUPERVISOR)

    assert [(one.item.title, one.late, one.rung) for one in found.overdue] == [
        ("制度清理", "逾期2个工作日", "逾期1个工作日")
    ]


def test_how_long_an_item_was_overdue_is_known_after_it_was_closed(office: Office) -> None:
    office.close("1", on="2026-06-29")

    assert [(one.item.title, one.late) for one in board(office, SUPERVISOR).overdue] == [("制度清理", "逾期2个工作日")]


def test_by_person_an_item_counts_for_who_does_it_and_for_who_leads_it(office: Office) -> None:
    found = {one.name: one.total for one in board(office, SUPERVISOR, group="person").groups}

    assert found == {HANDLER: 4, LEADER: 5}


def test_who_has_not_filed_is_counted_by_department_over_what_one_may_see(office: Office) -> None:
    office.assign("他科任务", due="2026-12-20", to="孙科长", on="2026-06-02")

    def owing(who: str) -> dict[str, int] | None:
        reporting = board(office, who).reporting
        return {unit.unit: unit.count for unit in reporting.units} if reporting else None

    with reading(office.engine) as session:
        plan = session.get_one(AnnualPlan, office.plan_id)
        rows = unreported(session, plan, on=day("2026-06-24"), calendar=office_calendar(session))
    assert owing(SUPERVISOR) == dict(Counter(row.item.unit if row.item.department_id else "未明确" for row in rows))
    assert owing(HANDLER) == {"法规科": 2}
    assert owing(OUTSIDER) == {}


def test_the_strip_names_rest_days_and_counts_open_deadlines(office: Office) -> None:
    days = {ahead.on: ahead for ahead in board(office, SUPERVISOR, on="2026-06-17").ahead}

    assert days[day("2026-06-19")].why == "端午节放假"
    assert days[day("2026-06-19")].special
    assert days[day("2026-06-22")].deadlines == 1
    assert sum(ahead.working for ahead in days.values()) - int(days[day("2026-06-17")].working) == 30


def test_the_year_counts_each_deadline_once(office: Office) -> None:
    months = {one.month: (one.in_time, one.late, one.open) for one in board(office, SUPERVISOR).months}

    assert months[6] == (1, 0, 2)
    assert months[7] == (0, 0, 1)
    assert sum(sum(counts) for counts in months.values()) == 5


def test_an_organ_above_sees_how_those_below_stand(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        parent = Organ(code="county", name="某县政府")
        session.add(parent)
        session.flush()
        session.get_one(Organ, office.organ_id).parent_id = key(parent.id)
        session.add(AnnualPlan(organ_id=key(parent.id), year=2026, title="县工作要点"))
        office._seat(session, key(parent.id), "县督办", Role.SUPERVISOR, "督办员", None)
    with reading(office.engine) as session:
        plan = session.exec(select(AnnualPlan).where(AnnualPlan.title == "县工作要点")).one()
        found = gather_board(
            session, plan, by=office.by(session, "县督办", "2026-06-24"), calendar=office_calendar(session)
        )

    counted = board(office, SUPERVISOR)
    assert [(one.name, one.lights) for one in found.organs] == [("某局", counted.lights)]
    assert counted.organs == []


def test_the_board_asks_as_much_however_many_items_there_are(office: Office) -> None:
    few = statements(office.engine, lambda: board(office, SUPERVISOR))
    for place in range(30):
        office.assign(f"更多{place}", due="2026-06-20" if place % 2 else "2026-08-20", issue=False)
    office.issue(on="2026-06-02")

    assert statements(office.engine, lambda: board(office, SUPERVISOR)) == few
