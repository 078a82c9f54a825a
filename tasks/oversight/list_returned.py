"""What was sent back to whoever does it and was not taken up again: closures returned, objections turned down,
extensions refused.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col
from sqlmodel import func as sql

from models.actor import Actor
from models.items.closure import ClosureRequest, ClosureReview, ClosureState
from models.items.extension import Extension, ExtensionDecision, ExtensionState
from models.items.item import ItemState, WorkItem
from models.items.objection import Objection
from models.items.progress import ProgressEntry
from models.people.permission import Action
from models.people.person import Person
from tasks.acting.authorize import permitted
from tasks.ladder.extent import Extent, within


@dataclass(frozen=True)
class SentBack:
    """One answer that sends an item back: by whom, when and why; `action` is the way on."""

    item_id: int
    action: Action
    what: str
    who: str
    on: dt.date
    reason: str


def list_returned(session: Session, extent: Extent, *, by: Actor) -> list[SentBack]:
    """What was sent back to `by`, longest ago first.

    A closure stays until it is asked for again, and comes back where that is taken back; an objection until the item
    is signed for or goes to somebody else; an extension until the item is reported on or asked for anew.
    """
    later = aliased(ClosureRequest)
    stands = sa.and_(col(later.item_id) == WorkItem.id, col(later.state) != ClosureState.WITHDRAWN)
    newest = sa.select(sql.max(later.id)).where(stands).correlate(WorkItem).scalar_subquery()
    mine = [within(extent), permitted(session, by, Action.REQUEST_CLOSE)]
    closures: sa.Select[Any] = (
        sa.select(col(WorkItem.id), col(Person.name), col(ClosureReview.on), col(ClosureReview.comment))
        .select_from(WorkItem)
        .join(ClosureRequest, col(ClosureRequest.id) == newest)
        .join(ClosureReview, col(ClosureReview.request_id) == ClosureRequest.id)
        .join(Person, col(Person.id) == ClosureReview.person_id)
        .where(*mine, col(WorkItem.state) == ItemState.ACTIVE, col(ClosureRequest.state) == ClosureState.RETURNED)
        .where(col(ClosureReview.passed).is_(False), col(ClosureReview.on) <= by.on)
    )
    objections: sa.Select[Any] = (
        sa.select(col(WorkItem.id), col(Person.name), col(Objection.decided_on), col(Objection.answer))
        .select_from(WorkItem)
        .join(
            Objection, sa.and_(col(Objection.item_id) == WorkItem.id, col(Objection.assignment) == WorkItem.assignments)
        )
        .join(Person, col(Person.id) == Objection.decided_by_id)
        .where(*mine, col(WorkItem.state) == ItemState.ISSUED, col(Objection.upheld).is_(False))
        .where(col(Objection.decided_on) <= by.on)
    )
    again = aliased(Extension)
    own = sa.and_(col(again.item_id) == WorkItem.id, col(again.adjusts).is_(None))
    last = sa.select(sql.max(again.id)).where(own).correlate(WorkItem).scalar_subquery()
    told = sa.exists().where(
        col(ProgressEntry.item_id) == WorkItem.id, col(ProgressEntry.recorded_at) > ExtensionDecision.recorded_at
    )
    refusals: sa.Select[Any] = (
        sa.select(col(WorkItem.id), col(Person.name), col(ExtensionDecision.on), col(ExtensionDecision.comment))
        .select_from(WorkItem)
        .join(Extension, col(Extension.id) == last)
        .join(ExtensionDecision, col(ExtensionDecision.extension_id) == Extension.id)
        .join(Person, col(Person.id) == ExtensionDecision.person_id)
        .where(*mine, col(WorkItem.state) == ItemState.ACTIVE, col(Extension.state) == ExtensionState.REFUSED)
        .where(col(ExtensionDecision.approved).is_(False), col(ExtensionDecision.on) <= by.on, ~told)
    )
    ways = (
        (closures, Action.REQUEST_CLOSE, "办结申请"),
        (objections, Action.SIGN, "转办异议"),
        (refusals, Action.REPORT, "延期申请"),
    )
    rows = [
        SentBack(item_id, action, what, who, on, reason or "")
        for query, action, what in ways
        for item_id, who, on, reason in session.execute(query)
    ]
    return sorted(rows, key=lambda row: (row.on, row.item_id))
