"""Recording progress. An entry that names its next report day is a promise: the ladder waits for it, no longer."""

import datetime as dt
from collections.abc import Collection

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.dates.day_override import office_calendar
from models.dates.days import DAY
from models.errors import BadInputError
from models.items.instruction import Instruction
from models.items.item import Deadline, DeadlineKind, ItemState, WorkItem
from models.items.progress import ProgressEntry
from models.ladder.light import planned_percent
from models.people.permission import Action, Scope
from models.typed_text import words, words_or_none
from tasks.acting.perform import ActUnderWay, performing
from tasks.items.sign import lead_receipt, take_on

PROMISE_LIMIT = 10
"""Working days: nobody may quiet the ladder for longer at a time."""


def record_progress(
    session: Session,
    item: WorkItem,
    *,
    by: Actor,
    content: str,
    percent: int | None = None,
    problems: str | None = None,
    next_step: str | None = None,
    achievement: str | None = None,
    next_report_on: dt.date | None = None,
) -> ProgressEntry:
    """Add an entry; the lead's first one also signs for the item. A cooperating unit reports for itself.

    Raises BadInputError for an empty text, a percentage outside 0 to 100, or a next report day that is not within
    PROMISE_LIMIT working days after the day of the entry.
    """
    with performing(session, by, Action.REPORT, item) as deed:
        content = words(content, "进展内容", longest=4000)
        if percent is not None and not 0 <= percent <= 100:
            raise BadInputError(f"进度 {percent} 不在 0 到 100 之间。")
        if next_report_on is not None:
            latest = office_calendar(session, organ_id=item.organ_id).add(by.on, PROMISE_LIMIT)
            if not by.on < next_report_on <= latest:
                raise BadInputError(f"下次报告日须在 {by.on} 之后、{latest}（{PROMISE_LIMIT} 个工作日内）之前或当日。")
        standing = next((one for one in deed.standings if one.scope is not Scope.COOPERATING), deed.standings[0])
        helps = standing.scope is Scope.COOPERATING
        deed.record.for_id = standing.seat.for_id
        entry = ProgressEntry(
            item_id=key(item.id),
            person_id=deed.person_id,
            department_id=standing.seat.department_id if helps else None,
            on=by.on,
            text=content,
            problems=words_or_none(problems, "问题", longest=2000),
            next_step=words_or_none(next_step, "下一步", longest=2000),
            percent=percent,
            planned=_planned(session, item, by.on),
            achievement=words_or_none(achievement, "成效", longest=2000),
            next_report_on=next_report_on,
            recorded_at=by.now,
            accepted_at=by.now,
        )
        newer = select(ProgressEntry.id).where(
            ProgressEntry.item_id == item.id,
            col(ProgressEntry.department_id).is_(None),
            col(ProgressEntry.percent).is_not(None),
            col(ProgressEntry.on) > by.on,
        )
        is_newest = session.exec(newer).first() is None
        session.add(entry)
        if helps:
            return entry
        if percent is not None and is_newest:
            item.percent = percent
        item.reported_on = max(item.reported_on or by.on, by.on)
        if item.state is ItemState.ISSUED:
            take_on(session, deed, lead_receipt(session, item), standing)
        _keep_or_make_promise(session, deed, next_report_on)
    return entry


def items_of(session: Session, entries: Collection[int]) -> dict[int, int]:
    """The item of each of these entries of progress, by entry; nothing is asked where none is wanted."""
    if not entries:
        return {}
    query = select(ProgressEntry).where(col(ProgressEntry.id).in_(entries))
    return {key(entry.id): entry.item_id for entry in session.exec(query)}


def _planned(session: Session, item: WorkItem, on: dt.date) -> int | None:
    """The points that even progress would have reached on the day; none for a recurring item."""
    final = session.exec(
        select(Deadline).where(Deadline.item_id == item.id, Deadline.kind == DeadlineKind.FINAL)
        .order_by(col(Deadline.id).desc())
    ).first()  # fmt: skip
    if final is None:
        return None
    return round(planned_percent(item.start_on or item.issued_on or on, final.due_on, on))


def _keep_or_make_promise(session: Session, deed: ActUnderWay, next_report_on: dt.date | None) -> None:
    """A new promise quiets the ladder until its day has passed; reporting without one ends the quiet.

    What a leader instructed is asked after on its own day, whatever was promised. Before an item's start the ladder
    is quiet anyway.
    """
    start_on = deed.item.start_on
    waits = start_on if start_on is not None and start_on > deed.by.on else None
    open_ones = session.exec(
        select(Deadline).where(
            Deadline.item_id == deed.item.id,
            ~select(Instruction.id).where(Instruction.deadline_id == Deadline.id).exists(),
            col(Deadline.done_on).is_(None),
            col(Deadline.policy_id).is_not(None),
        )
    ).all()
    for deadline in open_ones:
        if next_report_on is not None:
            after = next_report_on + DAY
            deadline.look_on, deadline.promised = max(after, waits or after), True
        elif deadline.promised:
            deadline.look_on, deadline.promised = waits, False
    session.flush()
