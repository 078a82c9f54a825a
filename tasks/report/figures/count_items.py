"""Counting the items of a plan: how many there are, how many were finished, how many without missing a day."""

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Executable,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlmodel import Session, col

from models.items.item import Deadline, DeadlineKind, DeadlineMove, WorkItem
from models.items.plan_item import of_plan
from models.report.figure import Figure

_ON: ColumnElement[Any] = bindparam("on", type_=Date)
_UNTIL: ColumnElement[Any] = bindparam("until", type_=Date)
_OPEN, _LATE, _IN_TIME = "0", "1", "2"
"""How far an item is: not finished, finished with a day missed, finished in time."""

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
    text = session.execute(_statement(), {"plan": plan_id, "on": on, "until": until}).scalar_one()
    # In the order of their numbers: by text, then by length, where the number is all that differs.
    told = sorted(sorted(text.split(",")), key=len) if text else []
    counted = {
        "items.items": [one[:-1] for one in told],
        "items.finished": [one[:-1] for one in told if one[-1] != _OPEN],
        "items.in_time": [one[:-1] for one in told if one[-1] == _IN_TIME],
    }
    return {
        code: Figure(
            name, Decimal(len(counted[code])), "项", tuple(counted[code]), code=code, definition=definition,
            first_on=dt.date(year, 1, 1), last_on=until,
        )
        for code, name, definition in MEASURES
    }  # fmt: skip


def was_cancelled() -> ColumnElement[bool]:
    """Whether a deadline was taken back: its last move leads nowhere."""
    return (
        select(col(DeadlineMove.id))
        .where(col(DeadlineMove.deadline_id) == Deadline.id, col(DeadlineMove.from_on) == DeadlineMove.to_on)
        .exists()
    )


@lru_cache(maxsize=1)
def _statement() -> Executable:
    """One text of rows, each with its stage behind. The same rule as `YearMaterial.is_finished` and `.missed`, for a
    whole plan at once: no day is looked at that cannot change the answer, and nothing is joined or grouped.
    """
    done = case((col(Deadline.done_on) <= _ON, col(Deadline.done_on)))
    closed_on = case((col(WorkItem.closed_on) <= _ON, col(WorkItem.closed_on)))
    open_day = or_(col(Deadline.done_on).is_(None), col(Deadline.done_on) > _UNTIL)
    finished = or_(closed_on <= _UNTIL, and_(closed_on.is_(None), ~_day(open_day), _day()))
    missed = or_(
        and_(_late(col(WorkItem.due_on), closed_on), ~_day()),
        _day(_late(col(Deadline.due_on), func.coalesce(done, closed_on))),
    )
    stage = case((finished, case((missed, _LATE), else_=_IN_TIME)), else_=_OPEN)
    told = literal_column("'item:'", String) + cast(WorkItem.id, String)
    return select(func.aggregate_strings(told + stage, ",")).where(
        col(WorkItem.plan_id) == bindparam("plan"),
        # Not `IS NULL`, for which SQLite would take the index of sub-items and look at every item there is.
        func.coalesce(col(WorkItem.parent_id), 0) == 0,
        of_plan(),
        or_(col(WorkItem.cancelled_on).is_(None), col(WorkItem.cancelled_on) > _ON),
    )


def _day(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the item has a day of its own work that was not taken back, and such a one."""
    own = col(Deadline.item_id) == WorkItem.id, col(Deadline.kind).not_in(NOT_COUNTED)
    return select(col(Deadline.id)).where(*own, *which, ~was_cancelled()).exists()


def _late(due_on: Any, done_on: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the day passed before the thing was done; done on the day is in time."""
    return and_(due_on <= _UNTIL, due_on < _ON, or_(done_on.is_(None), done_on > due_on))
