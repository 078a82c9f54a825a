"""The notice ledger as people read it: what, by which rung, to whom, when, with what result, and why."""

import datetime as dt
from typing import Any

from sqlmodel import Session, col, select

from models.item import WorkItem
from models.notice import Notice
from models.person import Person
from models.plan import AnnualPlan
from models.policy import Rung
from tasks.explain import why


def list_notices(
    session: Session, *, plan: AnnualPlan | None = None, on: dt.date | None = None, person: Person | None = None
) -> list[dict[str, Any]]:
    """Notices raised on `on`, for `person`, of `plan`, in the order in which they were raised."""
    query = (
        select(Notice, WorkItem.number, WorkItem.title, Person.name)
        .join(WorkItem, col(WorkItem.id) == Notice.item_id)
        .join(Person, col(Person.id) == Notice.recipient_id, isouter=True)
        .order_by(col(Notice.raised_on), col(Notice.id))
    )
    if plan is not None:
        query = query.where(WorkItem.plan_id == plan.id)
    if on is not None:
        query = query.where(Notice.raised_on == on)
    if person is not None:
        query = query.where(Notice.recipient_id == person.id)
    rungs = {rung.id: rung for rung in session.exec(select(Rung))}
    return [
        {
            "item": number,
            "title": title,
            "rung": rungs[notice.rung_id].label,
            "kind": notice.kind.value,
            "recipient": name,
            "role": notice.role.value,
            "due_on": notice.due_on,
            "fired_on": notice.raised_on,
            "late": notice.late,
            "state": notice.state.value,
            "colour": rungs[notice.rung_id].colour.value,
            "why": why(rungs[notice.rung_id], notice.role, notice.via, late=notice.late)
            + (f";{notice.reason}" if notice.reason else ""),
        }
        for notice, number, title, name in session.exec(query)
    ]
