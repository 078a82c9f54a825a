"""What a plan's items were on days that have passed: given to whom, under way or not. Read at once, asked often."""

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from models.audit import AuditEntry
from models.items.closure import ClosureRequest, ClosureReview, ClosureState
from models.items.item import WorkItem
from models.items.missed import Pause
from models.items.objection import Objection
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.items.receipt import Receipt
from models.items.suspension import Suspension
from models.people.organ import Department
from models.people.permission import Action
from tasks.people.people_of import UNASSIGNED


@dataclass(frozen=True)
class AnsweringUnit:
    """Who answers for an item: a department of the organ, or a unit known by its name alone."""

    department_id: int | None
    name: str


@dataclass
class ItemPast:
    """One item. `given` holds each assignment in order, with its day and unit; a draft has none."""

    number: str
    title: str
    unit: AnsweringUnit
    """Who leads it now."""
    start_on: dt.date | None
    given: list[tuple[dt.date, AnsweringUnit]] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    """Spans of suspension in which days stood still."""
    reviews: list[Pause] = field(default_factory=list)
    """Spans in which an objection or a request for closure waited: nothing can be reported meanwhile."""
    closed: list[dt.date] = field(default_factory=list)
    """The days it was closed, or ended without being done."""
    reopened: list[dt.date] = field(default_factory=list)

    def lead_on(self, day: dt.date) -> AnsweringUnit:
        """Who led it at the end of `day`: what a unit left undone stays its own when the item goes to another."""
        held = [unit for on, unit in self.given if on <= day]
        return held[-1] if held else self.given[0][1] if self.given else self.unit

    def is_under_way(self, day: dt.date) -> bool:
        """Whether progress could be reported on `day`: issued and started, not closed, suspended or in review."""
        if not self.given or self.given[0][0] > day or (self.start_on is not None and self.start_on > day):
            return False
        if any(span.holds(day) for span in (*self.pauses, *self.reviews)):
            return False
        return sum(on <= day for on in self.closed) <= sum(on <= day for on in self.reopened)


def read_past(session: Session, plan: AnnualPlan) -> dict[int, ItemPast]:
    """The past of every item of the plan by id, in the order of the ids."""
    session.flush()
    names = department_names(session, plan)
    past: dict[int, ItemPast] = {}
    first_closed: dict[int, dt.date] = {}
    issued: dict[int, dt.date] = {}
    rows = session.execute(
        select(
            col(WorkItem.id), col(WorkItem.number), col(WorkItem.title), col(WorkItem.department_id),
            col(WorkItem.lead_text), col(WorkItem.start_on), col(WorkItem.issued_on), col(WorkItem.first_closed_on),
            col(WorkItem.cancelled_on),
        ).where(col(WorkItem.plan_id) == plan.id, of_plan()).order_by(col(WorkItem.id))
    )  # fmt: skip
    for item_id, number, title, department_id, lead_text, start_on, issued_on, first_closed_on, cancelled_on in rows:
        if item_id is None:
            continue
        unit = unit_named(names, department_id, lead_text)
        past[item_id] = ItemPast(number, title, unit, start_on)
        if cancelled_on is not None:
            past[item_id].closed.append(cancelled_on)
        if issued_on is not None:
            issued[item_id] = issued_on
        if first_closed_on is not None:
            first_closed[item_id] = first_closed_on
    _read_assignments(session, plan, past, names, issued)
    _read_pauses(session, plan, past)
    _read_objections(session, plan, past)
    _read_closures(session, plan, past, first_closed)
    return past


def department_names(session: Session, plan: AnnualPlan) -> dict[int, str]:
    """The departments of the plan's organ by id."""
    rows = session.execute(
        select(col(Department.id), col(Department.name))
        .where(col(Department.organ_id) == plan.organ_id)
        .order_by(col(Department.id))
    )
    return {department_id: name for department_id, name in rows if department_id is not None}


def unit_named(names: dict[int, str], department_id: int | None, text: str | None) -> AnsweringUnit:
    """The department where the organ has it, else the unit by its text, else nobody in particular."""
    if department_id in names:
        return AnsweringUnit(department_id, names[department_id])
    return AnsweringUnit(None, text or UNASSIGNED)


def _read_assignments(
    session: Session, plan: AnnualPlan, past: dict[int, ItemPast], names: dict[int, str], issued: dict[int, dt.date]
) -> None:
    """The newest assignment is the item's own; those before it are told by their receipts."""
    leads = session.execute(
        select(col(Receipt.item_id), col(Receipt.issued_on), col(Receipt.department_id))
        .join(WorkItem, col(WorkItem.id) == Receipt.item_id)
        .where(col(WorkItem.plan_id) == plan.id, col(Receipt.unit_id).is_(None))
        .where(col(Receipt.assignment) < col(WorkItem.assignments))
        .order_by(col(Receipt.item_id), col(Receipt.assignment))
    )
    for item_id, on, department_id in leads:
        past[item_id].given.append((on, unit_named(names, department_id, None)))
    for item_id, on in issued.items():
        past[item_id].given.append((on, past[item_id].unit))


def _read_pauses(session: Session, plan: AnnualPlan, past: dict[int, ItemPast]) -> None:
    """A suspension of rest days alone moved no day (`days` is 0) and excuses none."""
    spans = session.execute(
        select(col(Suspension.item_id), col(Suspension.from_on), col(Suspension.resumed_on))
        .join(WorkItem, col(WorkItem.id) == Suspension.item_id)
        .where(col(WorkItem.plan_id) == plan.id, or_(col(Suspension.days).is_(None), col(Suspension.days) > 0))
        .order_by(col(Suspension.id))
    )
    for item_id, from_on, resumed_on in spans:
        past[item_id].pauses.append(Pause(from_on, resumed_on))


def _read_objections(session: Session, plan: AnnualPlan, past: dict[int, ItemPast]) -> None:
    spans = session.execute(
        select(col(Objection.item_id), col(Objection.on), col(Objection.decided_on))
        .join(WorkItem, col(WorkItem.id) == Objection.item_id)
        .where(col(WorkItem.plan_id) == plan.id)
        .order_by(col(Objection.id))
    )
    for item_id, on, decided_on in spans:
        past[item_id].reviews.append(Pause(on, decided_on))


def _read_closures(
    session: Session, plan: AnnualPlan, past: dict[int, ItemPast], first_closed: dict[int, dt.date]
) -> None:
    asked = session.execute(
        select(
            col(ClosureRequest.item_id), col(ClosureRequest.deadline_id), col(ClosureRequest.on),
            col(ClosureRequest.state),
            func.coalesce(col(ClosureRequest.taken_back_on), func.max(col(ClosureReview.on))),
        )
        .join(WorkItem, col(WorkItem.id) == ClosureRequest.item_id)
        .outerjoin(ClosureReview, col(ClosureReview.request_id) == ClosureRequest.id)
        .where(col(WorkItem.plan_id) == plan.id)
        .group_by(col(ClosureRequest.id), col(ClosureRequest.item_id), col(ClosureRequest.deadline_id),
                  col(ClosureRequest.on), col(ClosureRequest.state), col(ClosureRequest.taken_back_on))
        .order_by(col(ClosureRequest.id))
    )  # fmt: skip
    for item_id, deadline_id, on, state, answered_on in asked:
        past[item_id].reviews.append(Pause(on, None if state is ClosureState.PENDING else answered_on))
        if state is ClosureState.ACCEPTED and deadline_id is None:
            past[item_id].closed.append(on)
    for item_id, on in first_closed.items():
        # An item closed before closures were asked for has no request to tell the day.
        if on not in past[item_id].closed:
            past[item_id].closed.append(on)
    opened = session.execute(
        select(col(AuditEntry.item_id), col(AuditEntry.on))
        .join(WorkItem, col(WorkItem.id) == AuditEntry.item_id)
        .where(col(WorkItem.plan_id) == plan.id, col(AuditEntry.action) == Action.REOPEN.value)
        .order_by(col(AuditEntry.id))
    )
    for item_id, on in opened:
        if item_id is not None:
            past[item_id].reopened.append(on)
