"""Who has not reported (未填报) and who has not signed (未签收): what a plan, or an organ in all, owes on a day."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from models.database import key
from models.dates.workdays import WorkCalendar
from models.items.closure import ClosureRequest, ClosureReview, ClosureState
from models.items.item import ItemUnit, WorkItem
from models.items.objection import Objection
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.items.progress import ProgressEntry
from models.items.receipt import Receipt
from models.items.suspension import Suspension
from models.ladder.policy import Policy, ReportingCycle
from models.ladder.reporting_cycle import Period, period_of
from models.people.organ import Department, Organ
from tasks.ladder.extent import Extent, within
from tasks.lists.item_line import Column, ItemLine, line_of, select_lines
from tasks.people.address import recipient_of_head
from tasks.people.people_in_lists import ITEM, answer, department_name, doer_name, person_name, plan_year, unit_name
from tasks.people.people_of import UNASSIGNED

_COLUMNS: tuple[Column, ...] = ("department_id", "unit", "handler")


@dataclass(frozen=True)
class Unreported:
    """One progress report that has not come; `passed` once its day lies behind."""

    item: ItemLine
    period: str
    due_on: dt.date
    passed: bool

    def as_dict(self) -> dict[str, Any]:
        """What a program is told."""
        return {
            "item_id": self.item.id, "number": self.item.number, "title": self.item.title,
            "department_id": self.item.department_id, "unit": self.item.unit, "person": self.item.handler,
            "period": self.period, "due_on": self.due_on, "passed": self.passed,
        }  # fmt: skip


@dataclass(frozen=True)
class UnitCount:
    """How many reports one department owes."""

    department_id: int | None
    unit: str
    count: int


@dataclass(frozen=True)
class Unsigned:
    """One receipt still open since `since`; `leads`: of the leading unit, else of a cooperating one."""

    item: ItemLine
    """With the unit that has to sign, and who signs for it."""
    leads: bool
    since: dt.date


def reporting_policy(session: Session, plan: AnnualPlan) -> Policy | None:
    """The plan's policy where progress is reported periodically; None where nobody owes any (不定期, not issued)."""
    policy = session.get(Policy, plan.policy_id) if plan.policy_id else None
    return policy if policy is not None and policy.filling is not ReportingCycle.NONE else None


def owed_period(session: Session, plan: AnnualPlan, *, on: dt.date, calendar: WorkCalendar) -> Period | None:
    """The period that the day lies in; None where the plan asks for no periodic reports: nobody owes one."""
    policy = reporting_policy(session, plan)
    return period_of(policy.filling, on, day=policy.filling_day, calendar=calendar) if policy else None


@dataclass(frozen=True)
class OwedPeriod:
    """A period for which some plans ask reports; its day is near from `near_from` on."""

    period: Period
    near_from: dt.date
    plan_ids: tuple[int, ...]


def owed_periods(session: Session, extent: Extent, *, on: dt.date, calendar: WorkCalendar) -> list[OwedPeriod]:
    """The periods that the day lies in, each once; one where all plans ask for reports by one rule, as they mostly do.

    One statement however many plans there are.
    """
    of = AnnualPlan.organ_id == extent.id if isinstance(extent, Organ) else AnnualPlan.id == extent.id
    issued = select(AnnualPlan.id, Policy).join(Policy, col(Policy.id) == AnnualPlan.policy_id).where(of)
    plans: dict[tuple[Period, dt.date], list[int]] = {}
    for plan_id, policy in session.exec(issued.order_by(col(AnnualPlan.id))):
        period = period_of(policy.filling, on, day=policy.filling_day, calendar=calendar)
        if period is not None:
            near_from = calendar.add(period.due_on, -policy.near_days)
            plans.setdefault((period, near_from), []).append(key(plan_id))
    return [OwedPeriod(period, near_from, tuple(ids)) for (period, near_from), ids in plans.items()]


def unreported(
    session: Session,
    extent: Extent,
    *,
    on: dt.date,
    calendar: WorkCalendar,
    at: dt.date | None = None,
    among: sa.ColumnElement[bool] | None = None,
    near: bool = False,
) -> list[Unreported]:
    """The items whose leading unit owes a report for the period and has reported nothing in it by `on`.

    The period is the one that `at` lies in, else `on`. `among` is a condition on `WorkItem` that narrows the extent;
    `near`: of periods whose day is near or lies behind.

    An item owes one if on the period's due day (on `on`, before that) it is given to its unit, started, neither
    closed, ended nor suspended, and waits for no answer to a request for closure or an objection: nobody can report
    then. Empty where nobody owes any.
    """
    rows: list[Unreported] = []
    for owed in owed_periods(session, extent, on=at or on, calendar=calendar):
        if near and on < owed.near_from:
            continue
        of, passed = owed.period, on > owed.period.due_on
        query = select_lines(*_COLUMNS, "year", on=on).where(*_owing(owed.plan_ids, of, on, among))
        found = session.execute(query.order_by(col(ITEM.id)))
        rows += [Unreported(line_of(row, *_COLUMNS, "year"), of.label, of.due_on, passed) for row in found]
    return rows


def count_unreported(
    session: Session, plan: AnnualPlan, *, on: dt.date, owed: Period, among: sa.ColumnElement[bool] | None = None
) -> list[UnitCount]:
    """How many rows `unreported` has of each department; a department of None has what no department leads."""
    of = col(ITEM.department_id)
    owing: sa.Select[Any] = sa.select(of.label("of"), sa.func.count().label("many"))
    counted = owing.where(*_owing([key(plan.id)], owed, on, among)).group_by(of).subquery()
    named = sa.select(counted.c.of, sa.func.coalesce(Department.name, UNASSIGNED), counted.c.many)
    rows = session.execute(named.outerjoin(Department, col(Department.id) == counted.c.of).order_by(counted.c.of))
    return [UnitCount(*row) for row in rows]


def _owing(
    plan_ids: Collection[int], owed: Period, on: dt.date, among: sa.ColumnElement[bool] | None
) -> list[sa.ColumnElement[bool]]:
    """The conditions on the item that `unreported` tells of."""
    at = min(on, owed.due_on)
    filed = (
        select(ProgressEntry.id)
        .where(ProgressEntry.item_id == ITEM.id, col(ProgressEntry.department_id).is_(None))
        .where(col(ProgressEntry.on).between(owed.first, min(on, owed.last)))
    )
    suspended = (
        select(Suspension.id)
        .where(Suspension.item_id == ITEM.id, Suspension.from_on <= at)
        .where(or_(col(Suspension.resumed_on).is_(None), col(Suspension.resumed_on) > at))
    )
    answered = select(ClosureReview.id).where(
        ClosureReview.request_id == ClosureRequest.id,
        ClosureReview.on <= at,
        ClosureRequest.state != ClosureState.PENDING,
    )
    in_review = select(ClosureRequest.id).where(
        ClosureRequest.item_id == ITEM.id, ClosureRequest.on <= at, ~answered.exists(),
        or_(col(ClosureRequest.taken_back_on).is_(None), col(ClosureRequest.taken_back_on) > at),
    )  # fmt: skip
    objected = (
        select(Objection.id)
        .where(Objection.item_id == ITEM.id, Objection.on <= at)
        .where(or_(col(Objection.decided_on).is_(None), col(Objection.decided_on) > at))
    )
    conditions = [
        col(ITEM.plan_id).in_(plan_ids),
        of_plan(ITEM),
        col(ITEM.issued_on) <= at,
        or_(col(ITEM.start_on).is_(None), col(ITEM.start_on) <= at),
        or_(col(ITEM.closed_on).is_(None), col(ITEM.closed_on) > at),
        or_(col(ITEM.cancelled_on).is_(None), col(ITEM.cancelled_on) > at),
        *(~settled.exists() for settled in (filed, suspended, in_review, objected)),
    ]
    return conditions if among is None else [*conditions, col(ITEM.id).in_(select(WorkItem.id).where(among))]


def unsigned(session: Session, extent: Extent, *, on: dt.date) -> list[Unsigned]:
    """The receipts that are open on the day, of items neither closed nor ended, those open longest first.

    Of the lead it is that of its present assignment, of the cooperating units all.
    """
    receipt = aliased(Receipt, name="r")
    leads = col(receipt.unit_id).is_(None)
    unit_text = select(ItemUnit.text).where(ItemUnit.id == receipt.unit_id).scalar_subquery()
    head = person_name(answer(recipient_of_head("r.department_id", leaves=True), on))
    columns: list[Any] = [
        receipt.department_id,
        sa.case((leads, unit_name()), else_=sa.func.coalesce(department_name("r.department_id"), unit_text)),
        sa.case((leads, doer_name(on)), else_=head),
        plan_year(),
        leads,
        receipt.issued_on,
    ]
    rows = session.execute(
        select_lines(on=on, beside=columns)
        .join(receipt, col(receipt.item_id) == ITEM.id)
        .where(within(extent, ITEM), col(receipt.issued_on) <= on)
        .where(or_(~leads, col(receipt.assignment) == ITEM.assignments))
        .where(or_(col(receipt.signed_on).is_(None), col(receipt.signed_on) > on))
        .where(or_(col(ITEM.closed_on).is_(None), col(ITEM.closed_on) > on))
        .where(or_(col(ITEM.cancelled_on).is_(None), col(ITEM.cancelled_on) > on))
        .order_by(col(receipt.issued_on), col(ITEM.id), col(receipt.id))
    )
    return [Unsigned(line_of(row, *_COLUMNS, "year"), leads=row[-2], since=row[-1]) for row in rows]
