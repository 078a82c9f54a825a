"""How the days of a plan were kept: item by item as of a day, and period by period what was closed and left overdue."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select

from models.dates.days import DAY
from models.dates.workdays import WorkCalendar
from models.items.item import Deadline, DeadlineKind, DeadlineMove, ItemState, MoveCause, WorkItem
from models.items.plan import AnnualPlan
from models.items.suspension import Suspension
from models.ladder.reporting_cycle import Period
from models.papers.circular import CircularKind, span_of
from tasks.papers.circular import Totals, TrendPoint

PERIODS = 6


@dataclass(frozen=True)
class DaysKept:
    """Of one item's own days: kept, kept late, and passed without being kept, by the day of the circular.

    `slipped` are those of the late ones that were done in the circular's period.
    """

    timely: int = 0
    late: int = 0
    missed: int = 0
    slipped: int = 0


def days_kept(session: Session, plan: AnnualPlan, first: dt.date, until: dt.date) -> dict[int, DaysKept]:
    """How each item kept its own days, its end or its turns. A day moved only after it had passed was not kept."""
    done = col(Deadline.done_on) <= until
    moves = select(DeadlineMove.id).where(DeadlineMove.deadline_id == Deadline.id)
    moved_late = moves.where(
        col(DeadlineMove.cause).not_in([MoveCause.SUSPENSION, MoveCause.MORE]),
        col(DeadlineMove.moved_on) > col(DeadlineMove.from_on),
    ).exists()
    # A turn that a changed plan no longer has was "moved" to its own day.
    cancelled = moves.where(DeadlineMove.from_on == DeadlineMove.to_on).exists()
    late = sa.and_(done, or_(col(Deadline.done_on) > col(Deadline.due_on), moved_late))
    timely = sa.and_(done, ~late)
    open_ = or_(col(Deadline.done_on).is_(None), col(Deadline.done_on) > until)
    claimed = sa.and_(col(Deadline.claimed_on) <= until, col(Deadline.claimed_on) <= col(Deadline.due_on))
    missed = sa.and_(open_, col(Deadline.due_on) < until, or_(col(Deadline.claimed_on).is_(None), ~claimed))
    slipped = sa.and_(late, col(Deadline.done_on) >= first)
    counts: list[Any] = [sa.func.sum(sa.case((one, 1), else_=0)) for one in (timely, late, missed, slipped)]
    rows = session.execute(
        sa.select(col(Deadline.item_id), *counts)
        .join(WorkItem, col(WorkItem.id) == Deadline.item_id)
        .where(col(WorkItem.plan_id) == plan.id, ~cancelled)
        .where(col(Deadline.kind).in_([DeadlineKind.FINAL, DeadlineKind.OCCURRENCE]))
        .group_by(col(Deadline.item_id))
    )
    return {item_id: DaysKept(*counted) for item_id, *counted in rows}


def trend(
    session: Session,
    plan: AnnualPlan,
    *,
    kind: CircularKind,
    until: dt.date,
    calendar: WorkCalendar,
    now: Totals,
) -> tuple[TrendPoint, ...]:
    """The period that `until` lies in, as `now` says, after those before it since the plan was issued, six at most.

    Empty where there is none before it: one point is no trend.
    """
    spans = [span_of(kind, until, calendar)]
    issued_on = plan.issued_on or until
    while len(spans) < PERIODS and spans[0].first > issued_on:
        spans.insert(0, span_of(kind, spans[0].first - DAY, calendar))
    if len(spans) == 1:
        return ()
    earlier = [_point(session, plan, span) for span in spans[:-1]]
    return (*earlier, TrendPoint(_short(spans[-1]), now.closed_in_period, now.overdue))


def _short(span: Period) -> str:
    """6月，第二季度，第26周."""
    return span.label.partition("年")[2]


def _point(session: Session, plan: AnnualPlan, span: Period) -> TrendPoint:
    """As it was on the last day of the span: a day that moved later was still the old one then."""
    at = span.last
    due_then = sa.func.coalesce(
        select(col(DeadlineMove.from_on))
        # What a leader asked more of was answered then.
        .where(DeadlineMove.deadline_id == Deadline.id, col(DeadlineMove.moved_on) > at)
        .where(DeadlineMove.cause != MoveCause.MORE)
        .order_by(col(DeadlineMove.id))
        .limit(1)
        .scalar_subquery(),
        col(Deadline.due_on),
    )
    overdue = (
        select(Deadline.id)
        .where(Deadline.item_id == WorkItem.id, due_then < at)
        .where(or_(col(Deadline.done_on).is_(None), col(Deadline.done_on) > at))
        .where(or_(col(Deadline.claimed_on).is_(None), col(Deadline.claimed_on) > at))
    )
    suspended = (
        select(Suspension.id)
        .where(Suspension.item_id == WorkItem.id, Suspension.from_on <= at)
        .where(or_(col(Suspension.resumed_on).is_(None), col(Suspension.resumed_on) > at))
    )
    red = sa.and_(
        or_(col(WorkItem.closed_on).is_(None), col(WorkItem.closed_on) > at),
        or_(col(WorkItem.start_on).is_(None), col(WorkItem.start_on) <= at),
        overdue.exists(),
        ~suspended.exists(),
    )
    closed = col(WorkItem.closed_on).between(span.first, span.last)
    counts = [sa.func.coalesce(sa.func.sum(sa.case((one, 1), else_=0)), 0) for one in (closed, red)]
    row = session.execute(
        sa.select(*counts).where(col(WorkItem.plan_id) == plan.id, col(WorkItem.state) != ItemState.DRAFT)
    ).one()
    return TrendPoint(_short(span), row[0], row[1])
