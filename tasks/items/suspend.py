"""Suspension (中止、恢复): the clock stops, its ledger says why and how long, and due days move by that much."""

import datetime as dt

from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.database import key
from models.dates.day_override import office_calendar
from models.dates.days import DAY
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError
from models.items.item import Deadline, ItemState, MoveCause, WorkItem
from models.items.plan import AnnualPlan
from models.items.suspension import Suspension
from models.people.permission import Action
from models.people.person import Role, Tenure
from models.typed_text import words
from tasks.acting.consent import Hands, hands
from tasks.acting.perform import performing, policy_of
from tasks.ladder.arm import move_deadline
from tasks.people.people_of import holder_of


def suspend(session: Session, item: WorkItem, *, by: Actor, reason: str) -> Suspension:
    """Stop the item's clock from this day on; a day that passed before stays missed.

    Raises ForbiddenError for whoever does the item: nobody stops his own clock.
    """
    with performing(session, by, Action.SUSPEND, item, reason=reason) as deed:
        deed.consent(session, Action.SUSPEND, hands_in_item(session, item, by.on))
        suspension = Suspension(
            item_id=key(item.id),
            from_on=by.on,
            reason=words(reason, "中止原因", longest=1000),
            person_id=deed.person_id,
            for_id=deed.for_id,
            recorded_at=by.now,
            unit=policy_of(session, item).suspension_unit,
        )
        session.add(suspension)
        for deadline in _open(session, item):
            deadline.policy_id, deadline.look_on, deadline.promised = None, None, False
        deed.becomes = ItemState.SUSPENDED
    return suspension


def resume(session: Session, item: WorkItem, *, by: Actor) -> Suspension:
    """Let the clock run again: days that had not passed when it stopped move by the span, and say so themselves.

    An instruction given meanwhile has run by its own day, and one that was answered waits for its leader: both stay
    as they are. Raises BadInputError for a day before
    the clock stopped.
    """
    with performing(session, by, Action.RESUME, item) as deed:
        suspension = session.exec(
            select(Suspension).where(Suspension.item_id == item.id, col(Suspension.resumed_on).is_(None))
        ).one()
        if by.on < suspension.from_on:
            raise BadInputError(f"恢复日 {by.on} 早于中止日 {suspension.from_on}。")
        calendar = office_calendar(session, organ_id=item.organ_id)
        days = span(suspension, by.on, calendar)
        suspension.resumed_on, suspension.resumed_by_id = by.on, deed.person_id
        suspension.resumed_at, suspension.days = by.now, days
        plan = session.get_one(AnnualPlan, item.plan_id)
        for deadline in _open(session, item):
            if deadline.policy_id is not None or deadline.claimed_on is not None:
                continue
            deadline.policy_id, deadline.look_on = plan.policy_id, max(by.on, item.start_on or by.on)
            if deadline.due_on >= suspension.from_on and days:
                move_deadline(
                    session,
                    item,
                    deadline,
                    to=suspension.unit.later(deadline.due_on, days, calendar),
                    cause=MoveCause.SUSPENSION,
                    reason=f"自 {suspension.from_on} 中止（{suspension.reason}），顺延{days}{suspension.unit.label}",
                    by=by,
                )
        deed.becomes = ItemState.ACTIVE
    return suspension


def hands_in_item(session: Session, item: WorkItem, on: dt.date) -> Hands:
    """Whoever holds the post that the item names for its handler, and whoever stands in."""
    if item.handler_post_id is None:
        return {}
    held = select(Tenure.person_id).where(
        Tenure.post_id == item.handler_post_id, col(Tenure.started_on) <= on,
        or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= on),
    )  # fmt: skip
    doing = holder_of(session, item, Role.HANDLER, on)
    return hands((one, None, "承办本任务") for one in {*session.exec(held), doing.id if doing else None})


def span(suspension: Suspension, on: dt.date, calendar: WorkCalendar) -> int:
    """How many days the clock stood still if it runs again on `on`: that day itself runs."""
    return suspension.unit.between(suspension.from_on - DAY, on - DAY, calendar)


def _open(session: Session, item: WorkItem) -> list[Deadline]:
    query = select(Deadline).where(Deadline.item_id == item.id, col(Deadline.done_on).is_(None))
    return list(session.exec(query.order_by(col(Deadline.id))))
