"""The board (督办看板): how a plan stands on a day, as far as one person may see it; each number is a list's length.

Everything is counted over the same items and by the same lights as the list (`tasks.lists.choose_items`), by a constant
number of statements.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from models.actor import Actor
from models.dates.days import DAY, days_from
from models.dates.workdays import WorkCalendar
from models.items.explanation import distance
from models.items.plan import AnnualPlan, Project
from models.items.plan_item import of_plan
from models.ladder.light import Light
from models.ladder.notice import Notice, NoticeKind, NoticeState
from models.ladder.policy import Policy, Rung
from models.ladder.reporting_cycle import Period
from models.people.organ import Department
from models.people.permission import Action
from models.people.person import Person
from tasks.acting.authorize import permitted
from tasks.lists.choose_items import ROW
from tasks.lists.item_line import ItemLine, line_of, select_lines
from tasks.lists.list_unreported import UnitCount, count_unreported, owed_period
from tasks.lists.tally import Days, DeadlineOutcome, Group, count_days, tally
from tasks.oversight.compare_organs import OrganCount, compare_organs
from tasks.people.people_in_lists import ITEM
from tasks.people.people_of import UNASSIGNED

OVERDUE_SHOWN = 8
AHEAD = 30
"""Working days that the strip of coming deadlines covers."""
ALWAYS = (Light.RED, Light.YELLOW, Light.GREEN, Light.GREY, Light.BLUE)
"""The lights that everybody knows; the others are shown where some item has them."""


@dataclass(frozen=True)
class GroupCount:
    """The items of one department, project or person by light. `id` is 0 for items without a department."""

    id: int
    name: str
    lights: Mapping[Light, int]

    @property
    def total(self) -> int:
        return sum(self.lights.values())

    def lights_in_order(self, shown: Sequence[Light]) -> list[tuple[str, int, str]]:
        """Colour, count and word of each light, as a bar is made of; the second light of a colour is paler."""
        return [
            (light.colour if light in ALWAYS else f"{light.colour} half", self.lights.get(light, 0), light.label)
            for light in shown
        ]


@dataclass(frozen=True)
class OverdueItem:
    """One overdue item, how long it has been so, and the highest rung that was reached."""

    item: ItemLine
    late: str
    rung: str | None


@dataclass(frozen=True)
class DayAhead:
    """One day of the strip: its open deadlines, and what kind of day it is."""

    on: dt.date
    deadlines: int
    working: bool
    why: str
    special: bool
    """A rest day by name, or a weekend day that works (调休)."""


@dataclass(frozen=True)
class MonthCount:
    """The deadlines that fall into a month: done in time, done late, and not done by the day of the board."""

    month: int
    in_time: int
    late: int
    open: int

    @property
    def total(self) -> int:
        return self.in_time + self.late + self.open


@dataclass(frozen=True)
class Reporting:
    """Who has not filed for the period the day lies in; `passed` once its day lies behind."""

    period: Period
    passed: bool
    units: Sequence[UnitCount]

    @property
    def count(self) -> int:
        return sum(unit.count for unit in self.units)


@dataclass(frozen=True)
class Board:
    """All that the board shows. `reporting` is None where nobody owes progress reports."""

    lights: Mapping[Light, int]
    week_ago: Mapping[Light, int]
    shown: Sequence[Light]
    groups: Sequence[GroupCount]
    overdue: Sequence[OverdueItem]
    ahead: Sequence[DayAhead]
    months: Sequence[MonthCount]
    reporting: Reporting | None
    organs: Sequence[OrganCount]

    @property
    def total(self) -> int:
        return sum(self.lights.values())


def gather_board(
    session: Session, plan: AnnualPlan, *, by: Actor, calendar: WorkCalendar, group: Group = "department"
) -> Board:
    """The board of the plan on `by`'s day, of the items that `by` may see.

    By person an item counts for whoever does it and for whoever leads it.
    """
    # Held on to, or each of those who need it would ask for it anew.
    held = session.get(Policy, plan.policy_id) if plan.policy_id else None  # noqa: F841
    counted = tally(
        session, plan, by=by, calendar=calendar, group=group, before=by.on - 7 * DAY, overdue=OVERDUE_SHOWN
    )  # fmt: skip
    seen = permitted(session, by, Action.VIEW, organ_id=plan.organ_id)
    until = calendar.add(by.on, AHEAD)
    days = count_days(
        session,
        [ROW.plan_id == plan.id, of_plan(ROW), seen],
        on=by.on,
        first=min(by.on, dt.date(plan.year, 1, 1)),
        last=max(until, dt.date(plan.year, 12, 31)),
    )
    organs = compare_organs(session, plan, by=by)
    beside = {light for organ in organs for light in organ.lights}
    return Board(
        lights=counted.now,
        week_ago=counted.before,
        shown=[light for light in Light if light in ALWAYS or counted.now.get(light) or light in beside],
        groups=_groups(session, plan, group, counted.lights),
        overdue=_overdue(session, by, calendar, dict(counted.overdue)),
        ahead=_ahead(days, by.on, until, calendar),
        months=_months(days, plan.year),
        reporting=_reporting(session, plan, by, calendar, seen),
        organs=organs,
    )


def _groups(
    session: Session, plan: AnnualPlan, group: Group, counts: Mapping[int | None, Mapping[Light, int]]
) -> list[GroupCount]:
    """In the order in which the office keeps departments and projects; people with most overdue first."""
    match group:
        case "department":
            named = select(Department.id, Department.name).where(Department.organ_id == plan.organ_id)
            named = named.order_by(col(Department.id))
        case "project":
            named = select(Project.id, Project.name).where(Project.plan_id == plan.id).order_by(col(Project.ordinal))
        case "person":
            ids = [group_id for group_id in counts if group_id is not None]
            named = select(Person.id, Person.name).where(col(Person.id).in_(ids)).order_by(col(Person.id))
    names = dict(session.exec(named).all())
    groups = [
        GroupCount(group_id, name, counts[group_id])
        for group_id, name in names.items()
        if group_id in counts and group_id
    ]
    if group == "person":
        groups.sort(key=lambda one: [-one.lights.get(light, 0) for light in Light])
    if None in counts:
        groups.append(GroupCount(0, UNASSIGNED, counts[None]))
    return groups


def _overdue(session: Session, by: Actor, calendar: WorkCalendar, items: Mapping[int, dt.date]) -> list[OverdueItem]:
    """These items by the day that passed, in this order, each with the highest rung that has spoken of it."""
    if not items:
        return []
    named = session.execute(select_lines("unit", on=by.on).where(col(ITEM.id).in_(list(items)))).all()
    lines = {row.id: line_of(row, "unit") for row in named}
    reached = session.exec(
        select(Notice.item_id, Rung)
        .join(Rung, col(Rung.id) == Notice.rung_id)
        .where(
            col(Notice.item_id).in_(list(items)),
            Notice.kind == NoticeKind.ESCALATION,
            col(Notice.state).in_([NoticeState.SENT, NoticeState.PENDING]),
            Notice.raised_on <= by.on,
        )
        .order_by(col(Notice.item_id), col(Notice.raised_on), col(Rung.ordinal))
    )
    rungs = {item_id: rung.label for item_id, rung in reached}
    return [
        OverdueItem(lines[item_id], distance(due_on, on=by.on, calendar=calendar), rungs.get(item_id))
        for item_id, due_on in items.items()
    ]


def _ahead(days: Days, on: dt.date, until: dt.date, calendar: WorkCalendar) -> list[DayAhead]:
    ahead = []
    for day in days_from(on, until):
        working = calendar.is_working(day)
        ahead.append(
            DayAhead(
                day, days.get((day, DeadlineOutcome.OPEN), 0), working, calendar.why(day), calendar.is_special(day)
            )
        )
    return ahead


def _months(days: Days, year: int) -> list[MonthCount]:
    counts = {(month, outcome): 0 for month in range(1, 13) for outcome in DeadlineOutcome}
    for (day, outcome), count in days.items():
        if day.year == year:
            counts[day.month, outcome] += count
    return [MonthCount(month, *(counts[month, outcome] for outcome in DeadlineOutcome)) for month in range(1, 13)]


def _reporting(
    session: Session, plan: AnnualPlan, by: Actor, calendar: WorkCalendar, seen: ColumnElement[bool]
) -> Reporting | None:
    period = owed_period(session, plan, on=by.on, calendar=calendar)
    if period is None:
        return None
    return Reporting(period, by.on > period.due_on, count_unreported(session, plan, on=by.on, owed=period, among=seen))
