"""The next day that is due among the items somebody may see: one of all, for the frame of every page."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.dates.workdays import WorkCalendar
from models.items.explanation import distance
from models.items.item import WorkItem
from models.items.plan_item import of_plan
from models.people.permission import Action
from tasks.acting.authorize import permitted


@dataclass(frozen=True)
class NextDay:
    """The next deadline among the items the person may see."""

    item_id: int
    title: str
    due_on: dt.date
    distance: str


def next_day(session: Session, organ_id: int, *, by: Actor, calendar: WorkCalendar) -> NextDay | None:
    """The open item of the organ that is due first from `by`'s day on; None where nothing is to come."""
    found = session.exec(
        select(col(WorkItem.id), col(WorkItem.title), col(WorkItem.due_on))
        .where(
            WorkItem.organ_id == organ_id,
            of_plan(),
            col(WorkItem.due_on) >= by.on,
            col(WorkItem.closed_on).is_(None),
            col(WorkItem.cancelled_on).is_(None),
            col(WorkItem.issued_on).is_not(None),
            permitted(session, by, Action.VIEW, organ_id=organ_id),
        )
        .order_by(col(WorkItem.due_on), col(WorkItem.id))
        .limit(1)
    ).first()
    if found is None:
        return None
    item_id, title, due_on = found
    if due_on is None:
        return None
    return NextDay(key(item_id), title, due_on, distance(due_on, on=by.on, calendar=calendar))
