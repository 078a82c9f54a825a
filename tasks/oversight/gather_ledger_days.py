"""The days of ledgers that somebody has to meet: those that passed, and those that are near."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from models.actor import Actor
from models.dates.workdays import WorkCalendar
from models.items.explanation import distance
from models.items.item import Deadline, WorkItem
from models.ladder.light import Light, light_of_day
from models.ledgers.ledger_deadline import LedgerDeadline
from models.people.permission import Action
from tasks.acting.authorize import permitted

MOST = 60
"""Days told: whoever has more begins with these."""


@dataclass(frozen=True)
class LedgerDay:
    """One day of a row of ledger `kind`; `row_id` is 0 for what the year asks for."""

    kind: str
    row_id: int
    title: str
    due_on: dt.date
    distance: str
    light: Light


def gather_ledger_days(
    session: Session, organ_id: int, *, by: Actor, calendar: WorkCalendar, near: dt.date
) -> list[LedgerDay]:
    """The open days up to `near` of the rows that are `by`'s or of `by`'s department, of every year, earliest first."""
    rows = session.execute(
        sa.select(col(LedgerDeadline.kind), col(LedgerDeadline.row_id), col(Deadline.title), col(Deadline.due_on))
        .join(Deadline, col(Deadline.id) == LedgerDeadline.deadline_id)
        .join(WorkItem, col(WorkItem.id) == Deadline.item_id)
        .where(col(LedgerDeadline.organ_id) == organ_id, col(Deadline.done_on).is_(None), col(Deadline.due_on) <= near)
        .where(permitted(session, by, Action.REQUEST_CLOSE))
        .order_by(col(Deadline.due_on), col(Deadline.id))
        .limit(MOST)
    )
    return [
        LedgerDay(
            kind, row_id, title or "", due_on, distance(due_on, on=by.on, calendar=calendar),
            light_of_day(due_on, None, on=by.on, near=near),
        )
        for kind, row_id, title, due_on in rows
    ]  # fmt: skip
