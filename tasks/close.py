"""Closing an item (销号), or one turn of a recurring one."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, col, select

from models.errors import BadInputError, ConflictError, ForbiddenError
from models.item import Deadline, DeadlineKind, ItemState, WorkItem
from tasks.arm import refresh_due


@dataclass(frozen=True)
class Closure:
    """What a closure did: the deadline it settled, whether that was on time, and what is next, if anything."""

    number: str
    due_on: dt.date | None
    closed_on: dt.date
    on_time: bool
    next_due_on: dt.date | None


def close_item(session: Session, item: WorkItem, *, on: dt.date, whole: bool = False) -> Closure:
    """Close the item on day `on`; a recurring item closes its earliest open turn unless `whole`.

    Done on the due day is on time. Raises ForbiddenError for a draft or a closed item, BadInputError for a day
    before the item was issued and started, ConflictError when somebody else was faster.
    """
    if item.state is ItemState.DRAFT:
        raise ForbiddenError(f"任务 {item.number} 尚未下达,不能销号;请先下达计划(duban plan issue)。")
    if item.state is ItemState.CLOSED:
        raise ForbiddenError(f"任务 {item.number} 已于 {item.closed_on} 销号。")
    if item.start_on is not None and on < item.start_on:
        raise BadInputError(f"任务 {item.number} 从 {item.start_on} 开始,不能在 {on} 销号。")
    open_ones = session.exec(
        select(Deadline)
        .where(Deadline.item_id == item.id, col(Deadline.done_on).is_(None))
        .order_by(col(Deadline.due_on), col(Deadline.id))
    ).all()
    turn = [deadline for deadline in open_ones if deadline.kind is DeadlineKind.OCCURRENCE]
    settled = turn[:1] if len(turn) > 1 and not whole else list(open_ones)
    for deadline in settled:
        _settle(session, deadline, on)
    left = [deadline.due_on for deadline in turn if deadline not in settled]
    if not left:
        changed = session.connection().execute(
            update(WorkItem)
            .where(col(WorkItem.id) == item.id, col(WorkItem.state).in_([ItemState.ISSUED, ItemState.ACTIVE]))
            .values(state=ItemState.CLOSED, closed_on=on, percent=100)
        )
        if changed.rowcount != 1:
            raise ConflictError
        session.refresh(item)
    elif item.state is ItemState.ISSUED:
        item.state, item.signed_on = ItemState.ACTIVE, on
    refresh_due(session, item)
    ends = [deadline.due_on for deadline in settled if deadline.kind is not DeadlineKind.MILESTONE]
    due_on = ends[-1] if ends else item.due_on
    return Closure(item.number, due_on, on, due_on is None or on <= due_on, min(left, default=None))


def _settle(session: Session, deadline: Deadline, on: dt.date) -> None:
    """Mark one deadline done, unless another process just did."""
    changed = session.connection().execute(
        update(Deadline)
        .where(col(Deadline.id) == deadline.id, col(Deadline.done_on).is_(None))
        .values(done_on=on, look_on=None)
    )
    if changed.rowcount != 1:
        raise ConflictError
    session.refresh(deadline)
