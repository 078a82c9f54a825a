"""The notice ledger as people read it: what, by which rung, to whom, when, with what result, and why."""

import datetime as dt
from typing import Any

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.explanation import why
from models.item import WorkItem
from models.notice import Notice, NoticeState
from models.permission import Action
from models.person import Person
from models.plan import AnnualPlan
from models.policy import Colour, Rung
from tasks.acting.authorize import permitted


def notices_mark(session: Session) -> tuple[int | None, int]:
    """What changes whenever a notice is raised or sent: the newest one's number, and how many wait to be sent."""
    waiting = func.count(col(Notice.id)).filter(col(Notice.state) == NoticeState.PENDING)
    newest, pending = session.exec(select(func.max(Notice.id), waiting)).one()
    return newest, pending


def list_notices(
    session: Session,
    *,
    plan: AnnualPlan | None = None,
    item: WorkItem | None = None,
    on: dt.date | None = None,
    person: Person | None = None,
    by: Actor | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Notices raised on `on`, for `person`, of `plan`, of `item`, about items `by` may see, in the order of
    their days.

    With `after`, those with a larger id than that, in the order of their ids; at most `limit`.
    """
    query = (
        select(Notice, WorkItem.number, WorkItem.title, Person.name)
        .join(WorkItem, col(WorkItem.id) == Notice.item_id)
        .join(Person, col(Person.id) == Notice.recipient_id, isouter=True)
        .order_by(col(Notice.raised_on), col(Notice.id))
    )
    if plan is not None:
        query = query.where(WorkItem.plan_id == plan.id)
    if item is not None:
        query = query.where(Notice.item_id == item.id)
    if on is not None:
        query = query.where(Notice.raised_on == on)
    if person is not None:
        query = query.where(Notice.recipient_id == person.id)
    if by is not None:
        query = query.where(permitted(session, by, Action.VIEW))
    if after is not None:
        query = query.where(col(Notice.id) > after).order_by(None).order_by(col(Notice.id))
    if limit is not None:
        query = query.limit(limit)
    rungs: dict[int | None, Rung] = {rung.id: rung for rung in session.exec(select(Rung))}
    return [
        {
            "id": notice.id,
            "item": number,
            "title": title,
            "rung": rungs[notice.rung_id].label if notice.rung_id else notice.kind.label,
            "kind": notice.kind.value,
            "recipient": name,
            "role": notice.role.value,
            "due_on": notice.due_on,
            "fired_on": notice.raised_on,
            "late": notice.late,
            "state": notice.state.value,
            "colour": rungs[notice.rung_id].colour.value if notice.rung_id else Colour.NONE.value,
            "why": why(rungs.get(notice.rung_id), notice.role, notice.via, late=notice.late, what=notice.text)
            + (f";{notice.reason}" if notice.reason else ""),
        }
        for notice, number, title, name in session.exec(query)
    ]
