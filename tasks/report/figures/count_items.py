"""Counting the items of a plan: how many there are, how many were finished, how many without missing a day."""

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Executable, String, and_, bindparam, case, cast, func, or_, select
from sqlmodel import Session, col

from models.items.item import Deadline, DeadlineKind, DeadlineMove, WorkItem
from models.items.plan_item import of_plan
from models.report.figure import Figure, rows_of

_ON: ColumnElement[Any] = bindparam("on", type_=Date)
_UNTIL: ColumnElement[Any] = bindparam("until", type_=Date)
NOT_COUNTED = (DeadlineKind.INSTRUCTION, DeadlineKind.LEDGER)
"""Days that are no stage of the item's own work."""

MEASURES = (
    ("items.items", "列入计划任务", "本年度计划中的任务（分办的子任务不另计，终止的不计）"),
    ("items.finished", "完成任务", "其中在期间内销号的，或各期均已完成的"),
    ("items.in_time", "按时完成任务", "其中完成且没有错过任何时限的"),
)
"""Code, name and definition."""


def count_items(session: Session, plan_id: int, year: int, *, on: dt.date) -> dict[str, Figure]:
    """The figures of the plan's own items as they stood on `on`, by code; what was done later is open."""
    until = min(on, dt.date(year, 12, 31))
    texts = session.execute(_statement(), {"plan": plan_id, "on": on, "until": until}).one()
    figures = {}
    for (code, name, definition), text in zip(MEASURES, texts, strict=True):
        rows = rows_of("item", sorted(map(int, text.split(",")))) if text else ()
        figures[code] = Figure(
            name, Decimal(len(rows)), "项", rows, code=code, definition=definition,
            first_on=dt.date(year, 1, 1), last_on=until,
        )  # fmt: skip
    return figures


def was_cancelled() -> ColumnElement[bool]:
    """Whether a deadline was taken back: its last move leads nowhere."""
    return (
        select(col(DeadlineMove.id))
        .where(col(DeadlineMove.deadline_id) == Deadline.id, col(DeadlineMove.from_on) == DeadlineMove.to_on)
        .exists()
    )


@lru_cache(maxsize=1)
def _statement() -> Executable:
    """Three texts of ids. The same rule as `YearMaterial.is_finished` and `.missed`, for a whole plan at once."""
    done = case((col(Deadline.done_on) <= _ON, col(Deadline.done_on)))
    closed_on = case((col(WorkItem.closed_on) <= _ON, col(WorkItem.closed_on)))
    late = _late(col(Deadline.due_on), func.coalesce(done, closed_on))
    items = (
        select(
            cast(WorkItem.id, String).label("id"),
            col(WorkItem.due_on).label("due_on"),
            closed_on.label("closed_on"),
            func.count(col(Deadline.id)).label("days"),
            func.count(done).label("done"),
            func.max(done).label("last_on"),
            func.max(case((late, 1), else_=0)).label("late"),
        )
        .outerjoin(
            Deadline,
            and_(col(Deadline.item_id) == WorkItem.id, col(Deadline.kind).not_in(NOT_COUNTED), ~was_cancelled()),
        )
        .where(
            col(WorkItem.plan_id) == bindparam("plan"),
            # Not `IS NULL`, for which SQLite would take the index of sub-items and look at every item there is.
            func.coalesce(col(WorkItem.parent_id), 0) == 0,
            of_plan(),
            or_(col(WorkItem.cancelled_on).is_(None), col(WorkItem.cancelled_on) > _ON),
        )
        # In the order of the plan's own index, so that nothing is sorted.
        .group_by(col(WorkItem.plan_id), col(WorkItem.number), col(WorkItem.id))
        .subquery("items")
    )
    last_day_done = case((and_(items.c.days > 0, items.c.done == items.c.days), items.c.last_on))
    finished = func.coalesce(items.c.closed_on, last_day_done) <= _UNTIL
    missed = case(
        (items.c.days == 0, and_(items.c.due_on.is_not(None), _late(items.c.due_on, items.c.closed_on))),
        else_=items.c.late == 1,
    )
    ids = func.aggregate_strings(items.c.id, ",")
    return select(ids, ids.filter(finished), ids.filter(finished, ~missed))


def _late(due_on: Any, done_on: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the day passed before the thing was done; done on the day is in time."""
    return and_(due_on <= _UNTIL, due_on < _ON, or_(done_on.is_(None), done_on > due_on))
