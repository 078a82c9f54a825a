"""The items of a plan as they stand on a day, one line each: light, open day, unit and people."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, or_

from models.closure import ClosureRequest, ClosureState
from models.days import DAY
from models.item import Deadline, WorkItem
from models.light import Light
from models.plan import AnnualPlan
from models.workdays import WorkCalendar
from tasks.people_in_lists import ITEM, doer_name, leader_name, unit_name
from tasks.status import light_values, standing_of


@dataclass(frozen=True)
class ItemLine:
    """One item. `open_on` is its earliest day that is neither done nor claimed done.

    `person` does it (its handler, else the head of its department), `leader` is in charge, deputies included.
    `in_review`: it has been asked to be closed, as a whole or a turn of it, and waits.
    """

    id: int
    number: str
    title: str
    department_id: int | None
    unit: str
    person: str | None
    leader: str | None
    light: Light
    open_on: dt.date | None
    closed_on: dt.date | None
    in_review: bool

    @property
    def answerable(self) -> str:
        """The unit and its leader: 供水科、李明."""
        return "、".join(filter(None, (self.unit, self.leader)))

    @property
    def runs(self) -> bool:
        """Whether its days are waited for: neither closed nor suspended."""
        return self.light not in (Light.BLUE, Light.PAUSED)


def list_standing(session: Session, plan: AnnualPlan, *, on: dt.date, calendar: WorkCalendar) -> list[ItemLine]:
    """Every item of the plan, in the order in which they came in; the lights are those of `tasks.status`."""
    waits = sa.select(col(ClosureRequest.id)).where(
        col(ClosureRequest.item_id) == ITEM.id,
        col(ClosureRequest.state) == ClosureState.PENDING,
        col(ClosureRequest.on) <= on,
    )
    columns: list[Any] = [
        ITEM.id, ITEM.number, ITEM.title, ITEM.department_id, unit_name(), doer_name(on), leader_name(on),
        ITEM.closed_on, waits.exists(),
    ]  # fmt: skip
    rows = session.execute(sa.select(*columns).where(col(ITEM.plan_id) == plan.id).order_by(col(ITEM.id))).all()
    lights = {
        item_id: (Light(light), open_on)
        for item_id, light, open_on in session.execute(
            sa.select(sa.column("id"), sa.column("light"), sa.column("open_on", sa.Date)).select_from(
                sa.text(standing_of(session, plan))
            ),
            light_values(session, plan, on=on, calendar=calendar),
        )
    }
    return [
        ItemLine(
            item_id, number, title, department_id, unit, person, leader, *lights[item_id], closed_on, in_review
        )
        for item_id, number, title, department_id, unit, person, leader, closed_on, in_review in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class OpenDay:
    """One day an item has to be done by, in part or whole; `title` names a milestone or an instruction."""

    item_id: int
    title: str | None
    due_on: dt.date


def open_days(session: Session, plan: AnnualPlan, *, first: dt.date, last: dt.date, on: dt.date) -> list[OpenDay]:
    """The days from `first` to `last` that by day `on` are neither done nor claimed done, in their order."""
    rows = session.execute(
        sa.select(col(Deadline.item_id), col(Deadline.title), col(Deadline.due_on))
        .join(WorkItem, col(WorkItem.id) == Deadline.item_id)
        .where(col(WorkItem.plan_id) == plan.id, col(Deadline.due_on).between(first, last))
        .where(or_(col(Deadline.done_on).is_(None), col(Deadline.done_on) > on))
        .where(or_(col(Deadline.claimed_on).is_(None), col(Deadline.claimed_on) > on))
        .order_by(col(Deadline.due_on), col(Deadline.id))
    )
    return [OpenDay(item_id, title, due_on) for item_id, title, due_on in rows]


def titled(line: ItemLine, day: OpenDay) -> str:
    """The item with what of it is due: 普法宣传【方案报审】."""
    return line.title + (f"【{day.title}】" if day.title else "")


def overdue_days(session: Session, plan: AnnualPlan, *, on: dt.date) -> dict[int, OpenDay]:
    """The longest overdue day of every item that has one: its end, a milestone or an instruction; by item."""
    passed = open_days(session, plan, first=dt.date.min, last=on - DAY, on=on)
    return {day.item_id: day for day in reversed(passed)}
