"""Snoozing (稍后提醒): whoever does an item holds the reminders of its next day until a day, once."""

import datetime as dt
from collections.abc import Iterable

from sqlmodel import Session, select

from models.actor import Actor
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import BadInputError, ForbiddenError
from models.items.item import Deadline, WorkItem
from models.ladder.snooze import Snooze
from models.people.permission import Action
from tasks.acting.perform import performing

LONGEST = 10
"""Reminders are held for at most so many working days."""


def snooze(session: Session, item: WorkItem, *, by: Actor, until_on: dt.date) -> Snooze:
    """Hold one's own reminders of the item's next open day until `until_on`, a working day not after the due day.

    What was asked, instructed or escalates is not held. Raises ForbiddenError where no day is to come, or where the
    person snoozed this one before; BadInputError for a day that will not do.
    """
    with performing(session, by, Action.SNOOZE, item) as deed:
        deadline = check_snoozable(session, item, by=by)
        calendar = office_calendar(session, organ_id=item.organ_id)
        latest = min(calendar.add(by.on, LONGEST), deadline.due_on)
        if not by.on < until_on <= latest:
            raise BadInputError(
                f"提醒日 {until_on} 不行：应在 {by.on} 之后，不晚于 {latest}（最多 {LONGEST} 个工作日，并不晚于时限）。"
            )
        if not calendar.is_working(until_on):
            raise BadInputError(f"提醒日 {until_on} 不是工作日（{calendar.why(until_on)}）：请选工作日。")
        made = Snooze(person_id=deed.person_id, deadline_id=key(deadline.id), until_on=until_on, made_on=by.on)
        session.add(made)
    return made


def check_snoozable(session: Session, item: WorkItem, *, by: Actor) -> Deadline:
    """The next open day of the item. Raises ForbiddenError where there is none ahead, or it was snoozed before."""
    deadlines = session.exec(select(Deadline).where(Deadline.item_id == item.id)).all()
    deadline = next_deadline(deadlines, on=by.on)
    if deadline is None:
        raise ForbiddenError(f"任务 {item.number} 没有今天以后的时限：已到期的事项不能稍后提醒。")
    made = session.get(Snooze, (by.person_id, deadline.id)) if by.person_id is not None else None
    if made is not None:
        raise ForbiddenError(
            f"任务 {item.number} 时限 {deadline.due_on} 的提醒，您已选择 {made.until_on} 起再发：每个时限只能一次。"
        )
    return deadline


def next_deadline(deadlines: Iterable[Deadline], *, on: dt.date) -> Deadline | None:
    """The first of an item's days that is watched, open, and still ahead on the day."""
    ahead = [one for one in deadlines if one.done_on is None and one.policy_id is not None and one.due_on > on]
    return min(ahead, key=lambda one: (one.due_on, one.id or 0), default=None)
