"""The items of a plan, or of all of an organ's, as they stand on a day, one line each: light, open day, people."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, or_

from models.dates.days import DAY
from models.dates.workdays import WorkCalendar
from models.items.closure import ClosureRequest, ClosureState
from models.items.item import Deadline, WorkItem
from models.items.plan_item import of_plan
from models.ladder.light import Light
from tasks.ladder.extent import Extent, within
from tasks.ladder.status import light_values, standing_of
from tasks.lists.item_line import Column, ItemLine, line_of, select_lines
from tasks.people.people_in_lists import ITEM

_COLUMNS: tuple[Column, ...] = ("department_id", "unit", "handler", "leader", "closed_on", "year")


def list_standing(session: Session, extent: Extent, *, on: dt.date, calendar: WorkCalendar) -> list[ItemLine]:
    """Every item of the extent that is not ended, in the order in which they came in.

    The lights are those of `tasks.ladder.status`.
    """
    waits = sa.select(col(ClosureRequest.id)).where(
        col(ClosureRequest.item_id) == ITEM.id,
        col(ClosureRequest.state) == ClosureState.PENDING,
        col(ClosureRequest.on) <= on,
    )
    query = select_lines(*_COLUMNS, on=on, beside=[waits.exists()])
    stands = sa.or_(col(ITEM.cancelled_on).is_(None), col(ITEM.cancelled_on) > on)
    rows = session.execute(query.where(within(extent, ITEM), of_plan(ITEM), stands).order_by(col(ITEM.id))).all()
    lights = {
        item_id: (Light(light), open_on)
        for item_id, light, open_on in session.execute(
            sa.select(sa.column("id"), sa.column("light"), sa.column("open_on", sa.Date)).select_from(
                sa.text(standing_of(session, extent))
            ),
            light_values(session, extent, on=on, calendar=calendar),
        )
    }
    return [
        line_of(row, *_COLUMNS, light=lights[row.id][0], open_on=lights[row.id][1], in_review=row[-1]) for row in rows
    ]


@dataclass(frozen=True)
class OpenDay:
    """One day an item has to be done by, in part or whole; `title` names a milestone or an instruction."""

    item_id: int
    title: str | None
    due_on: dt.date


def open_days(session: Session, extent: Extent, *, first: dt.date, last: dt.date, on: dt.date) -> list[OpenDay]:
    """The days from `first` to `last` that by day `on` are neither done nor claimed done, in their order."""
    rows = session.execute(
        sa.select(col(Deadline.item_id), col(Deadline.title), col(Deadline.due_on))
        .join(WorkItem, col(WorkItem.id) == Deadline.item_id)
        .where(within(extent), of_plan(), col(Deadline.due_on).between(first, last))
        .where(or_(col(Deadline.done_on).is_(None), col(Deadline.done_on) > on))
        .where(or_(col(Deadline.claimed_on).is_(None), col(Deadline.claimed_on) > on))
        .order_by(col(Deadline.due_on), col(Deadline.id))
    )
    return [OpenDay(item_id, title, due_on) for item_id, title, due_on in rows]


def titled(line: ItemLine, day: OpenDay) -> str:
    """The item with what of it is due: 普法宣传【方案报审】."""
    return line.title + (f"【{day.title}】" if day.title else "")


def overdue_days(session: Session, extent: Extent, *, on: dt.date) -> dict[int, OpenDay]:
    """The longest overdue day of every item that has one: its end, a milestone or an instruction; by item."""
    passed = open_days(session, extent, first=dt.date.min, last=on - DAY, on=on)
    return {day.item_id: day for day in reversed(passed)}
