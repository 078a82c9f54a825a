"""The plans of an organ in numbers: how many items, how far, and how many cannot be issued yet."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.items.item import ItemState, WorkItem
from models.items.lifecycle import OPEN
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.authorize import permitted


@dataclass(frozen=True)
class PlanInNumbers:
    """A plan with its items counted, as far as somebody may see them."""

    plan: AnnualPlan
    items: int
    complete: int
    """Drafts that can be issued."""
    incomplete: int
    """Drafts that cannot, because something is missing."""
    open: int
    """Issued and not closed."""
    closed: int
    cancelled: int
    """Ended before they were done, or drafts taken back."""


def is_incomplete() -> ColumnElement[bool]:
    """The same rule as `WorkItem.missing`, as a condition on drafts."""
    untimed = and_(col(WorkItem.due_on).is_(None), col(WorkItem.recurrence).is_(None))
    unanswered = and_(
        col(WorkItem.handler_post_id).is_(None),
        col(WorkItem.leader_post_id).is_(None),
        col(WorkItem.department_id).is_(None),
    )
    return and_(col(WorkItem.state) == ItemState.DRAFT, or_(untimed, unanswered, col(WorkItem.unconfirmed)))


def items_in(session: Session, plan: AnnualPlan) -> int:
    """How many items the plan holds, whoever may see them."""
    return session.exec(select(func.count(col(WorkItem.id))).where(WorkItem.plan_id == plan.id, of_plan())).one()


def sum_plans(session: Session, organ: Organ, *, by: Actor, plan: AnnualPlan | None = None) -> Sequence[PlanInNumbers]:
    """The organ's plans, the newest year first; only `plan`, where it is named."""
    draft = col(WorkItem.state) == ItemState.DRAFT
    gap = is_incomplete()
    counts = session.execute(
        sa.select(
            col(WorkItem.plan_id),
            func.count(),
            func.sum(case((gap, 1), else_=0)),
            func.sum(case((draft, 1), else_=0)),
            func.sum(case((col(WorkItem.state).in_(OPEN), 1), else_=0)),
            func.sum(case((col(WorkItem.state) == ItemState.CLOSED, 1), else_=0)),
            func.sum(case((col(WorkItem.state) == ItemState.CANCELLED, 1), else_=0)),
        )
        .where(col(WorkItem.organ_id) == organ.id, of_plan(), permitted(session, by, Action.VIEW, organ_id=organ.id))
        .group_by(col(WorkItem.plan_id))
    ).all()
    known = {row[0]: tuple(map(int, row[1:])) for row in counts}
    own = select(AnnualPlan).where(AnnualPlan.organ_id == organ.id).order_by(col(AnnualPlan.year).desc())
    sums = []
    for one in session.exec(own if plan is None else own.where(AnnualPlan.id == plan.id)):
        items, incomplete, drafts, open_, closed, cancelled = known.get(key(one.id), (0,) * 6)
        sums.append(PlanInNumbers(one, items, drafts - incomplete, incomplete, open_, closed, cancelled))
    return sums
