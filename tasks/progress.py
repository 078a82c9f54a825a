"""Recording progress. An entry that names its next report day is a promise: the ladder waits for it, no longer."""

import datetime as dt

from sqlmodel import Session, col, select

from models.database import key
from models.errors import BadInputError, ForbiddenError
from models.item import Deadline, ItemState, WorkItem
from models.person import Person
from models.progress import ProgressEntry
from models.workdays import WorkCalendar

PROMISE_LIMIT = 10
"""Working days: nobody may quiet the ladder for longer at a time."""


def record_progress(
    session: Session,
    item: WorkItem,
    *,
    content: str,
    on: dt.date,
    now: dt.datetime,
    calendar: WorkCalendar,
    percent: int | None = None,
    achievement: str | None = None,
    next_report_on: dt.date | None = None,
    person: Person | None = None,
) -> ProgressEntry:
    """Add an entry; the first one also signs for the item.

    Raises ForbiddenError for a draft, BadInputError for an empty text, a percentage outside 0 to 100, or a
    next report day that is not within PROMISE_LIMIT working days after `on`.
    """
    if item.state is ItemState.DRAFT:
        raise ForbiddenError(f"任务 {item.number} 尚未下达,不能填报进展;请先下达计划(duban plan issue)。")
    if not content.strip():
        raise BadInputError("进展内容不能为空:请写明做了什么。")
    if percent is not None and not 0 <= percent <= 100:
        raise BadInputError(f"进度 {percent} 不在 0 到 100 之间。")
    if next_report_on is not None:
        latest = calendar.add(on, PROMISE_LIMIT)
        if not on < next_report_on <= latest:
            raise BadInputError(f"下次报告日须在 {on} 之后、{latest}({PROMISE_LIMIT} 个工作日内)之前或当日。")
    entry = ProgressEntry(
        item_id=key(item.id),
        person_id=person.id if person else None,
        on=on,
        text=content.strip(),
        percent=percent,
        achievement=(achievement or "").strip() or None,
        next_report_on=next_report_on,
        recorded_at=now,
        accepted_at=now,
    )
    session.add(entry)
    if percent is not None:
        item.percent = percent
    if item.state is ItemState.ISSUED:
        item.state, item.signed_on = ItemState.ACTIVE, on
    session.flush()
    _keep_or_make_promise(session, item, next_report_on)
    return entry


def _keep_or_make_promise(session: Session, item: WorkItem, next_report_on: dt.date | None) -> None:
    """A new promise quiets the ladder until its day has passed; reporting without one ends the quiet."""
    open_ones = session.exec(
        select(Deadline).where(
            Deadline.item_id == item.id, col(Deadline.done_on).is_(None), col(Deadline.policy_id).is_not(None)
        )
    ).all()
    for deadline in open_ones:
        if next_report_on is not None:
            deadline.look_on, deadline.promised = next_report_on + dt.timedelta(days=1), True
        elif deadline.promised:
            deadline.look_on, deadline.promised = None, False
    session.flush()
