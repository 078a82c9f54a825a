"""What was escalated to somebody and still is not done."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from models.actor import Actor
from models.dates.workdays import WorkCalendar
from models.items.explanation import distance
from models.items.item import Deadline, WorkItem
from models.items.lifecycle import OPEN
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.ladder.notice import Notice, NoticeKind, NoticeState
from models.ladder.policy import Rung
from models.people.permission import Action
from tasks.acting.authorize import permitted
from tasks.ladder.extent import Extent, within
from tasks.lists.item_line import ItemLine

MOST = 20


@dataclass(frozen=True)
class Escalated:
    """One deadline that passed, and by which rung it came to the reader, lately on `raised_on`."""

    item: ItemLine
    """With the day that passed."""
    rung: str
    raised_on: dt.date


def list_escalated(session: Session, extent: Extent, *, by: Actor, calendar: WorkCalendar) -> list[Escalated]:
    """The open deadlines of the extent that a rung brought before `by`, the longest overdue first, at most `MOST`."""
    newest = (
        sa.select(sa.func.max(col(Notice.id)))
        .join(WorkItem, col(WorkItem.id) == Notice.item_id)
        .join(Deadline, col(Deadline.id) == Notice.deadline_id)
        .where(
            col(Notice.recipient_id) == by.person_id,
            col(Notice.kind) == NoticeKind.ESCALATION,
            col(Notice.state).in_([NoticeState.PENDING, NoticeState.SENT, NoticeState.PARKED]),
            within(extent),
            of_plan(),
            col(WorkItem.state).in_(OPEN),
            col(Deadline.done_on).is_(None),
            col(Deadline.claimed_on).is_(None),
            col(Deadline.due_on) < by.on,
            permitted(session, by, Action.VIEW),
        )
        .group_by(col(Notice.deadline_id))
    )
    rows = session.execute(
        sa.select(
            col(WorkItem.id), col(WorkItem.number), col(WorkItem.title), col(AnnualPlan.year), col(Deadline.due_on),
            Rung, col(Notice.raised_on),
        )
        .select_from(WorkItem)
        .join(AnnualPlan, col(AnnualPlan.id) == WorkItem.plan_id)
        .join(Notice, col(Notice.item_id) == WorkItem.id)
        .join(Deadline, col(Deadline.id) == Notice.deadline_id)
        .join(Rung, col(Rung.id) == Notice.rung_id)
        .where(col(Notice.id).in_(newest))
        .order_by(col(Deadline.due_on), col(WorkItem.id))
        .limit(MOST)
    )  # fmt: skip
    return [
        Escalated(
            ItemLine(
                item_id, number, title, year=year, due_on=due_on, distance=distance(due_on, on=by.on, calendar=calendar)
            ),
            rung.label, raised_on,
        )
        for item_id, number, title, year, due_on, rung, raised_on in rows
    ]  # fmt: skip
