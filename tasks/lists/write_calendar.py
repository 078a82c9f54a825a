"""The deadlines a person has to do with as a calendar (RFC 5545) that phones and desks subscribe to.

A day has one event for each open deadline. Its UID stays, its SEQUENCE grows when the day moves; what is done is no
longer there, and a subscriber's calendar drops it. There is no alarm: the ladder reminds, and twice is once too often.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import Session, col

from models.actor import Actor
from models.clock import opening_of
from models.database import key
from models.dates.days import DAY
from models.items.item import Deadline, DeadlineKind, DeadlineMove, ItemState, WorkItem
from models.items.plan import AnnualPlan, Project
from models.items.plan_item import of_plan
from models.later import later
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person
from tasks.acting.authorize import permitted
from tasks.trail.changes_since import newest_of_all

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = later("icalendar")

MOST = 2_000
"""Events of one calendar, the nearest first."""
BACK = dt.timedelta(days=370)
"""What was due longer ago and is still open has left the calendar: it is in the list of what is overdue."""


@dataclass(frozen=True)
class DeadlineLine:
    """A deadline with what a calendar says of it; `moves` counts how often its day was moved, `moved_at` when last."""

    deadline: Deadline
    item: WorkItem
    project: str
    moves: int
    moved_at: dt.datetime | None

    @property
    def gone(self) -> bool:
        """Whether nobody waits for the day any more."""
        return self.deadline.done_on is not None

    @property
    def sequence(self) -> int:
        """Higher each time that a calendar has to learn something new: with each move, and when it is gone."""
        return self.moves + self.gone


def calendar_mark(session: Session, person: Person, *, on: dt.date) -> str:
    """What the calendar depends on: while it stays the same, so does every byte of `write_calendar`."""
    newest = newest_of_all(session)
    return f"{person.id}:{newest}:{on}"


def write_calendar(session: Session, person: Person, *, by: Actor, office_url: str) -> bytes:
    """The person's calendar as of `by.on`: items handled, helped with or in charge of, and those that one decides on.

    Titles and numbers only.
    """
    organ = session.get_one(Organ, person.organ_id)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//duban//deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", f"督办时限·{person.name}（{organ.name}）")
    calendar.add("x-published-ttl", "PT2H")
    calendar["refresh-interval;value=duration"] = "PT2H"
    for line in _lines(session, by):
        calendar.add_component(deadline_event(line, office_url))
    return bytes(calendar.to_ical())


def deadline_lines(session: Session, deadlines: Collection[int]) -> dict[int, DeadlineLine]:
    """These deadlines, by id, whatever became of them."""
    if not deadlines:
        return {}
    rows = session.execute(_select().where(col(Deadline.id).in_(deadlines)))
    return {key(deadline.id): DeadlineLine(deadline, *rest) for deadline, *rest in rows}


def _lines(session: Session, by: Actor) -> list[DeadlineLine]:
    decided = sa.and_(of_plan(), permitted(session, by, Action.DECIDE_EXTENSION))
    concerned = sa.or_(permitted(session, by, Action.REPORT), decided)
    rows = session.execute(
        _select()
        .join(AnnualPlan, col(AnnualPlan.id) == WorkItem.plan_id)
        .where(concerned, col(WorkItem.issued_on).is_not(None), col(WorkItem.closed_on).is_(None))
        .where(col(Deadline.done_on).is_(None), col(Deadline.due_on) >= by.on - BACK)
        .order_by(col(Deadline.due_on), col(Deadline.id))
        .limit(MOST)
    )
    return [DeadlineLine(*row) for row in rows]


def _select() -> sa.Select[Any]:
    """The columns of a line, before anything is chosen."""
    moved = col(DeadlineMove.deadline_id) == Deadline.id
    moves = sa.select(sa.func.count(col(DeadlineMove.id))).where(moved).correlate(Deadline).scalar_subquery()
    moved_at = sa.select(sa.func.max(col(DeadlineMove.moved_at))).where(moved).correlate(Deadline).scalar_subquery()
    return (
        sa.select(Deadline, WorkItem, col(Project.name), moves, moved_at)
        .join(WorkItem, col(WorkItem.id) == Deadline.item_id)
        .join(Project, col(Project.id) == WorkItem.project_id)
    )


def deadline_event(line: DeadlineLine, office_url: str) -> icalendar.Event:
    """The day as an event; the same bytes as long as nothing of it changed."""
    deadline, item = line.deadline, line.item
    # An instruction's own words may be meant for few; its kind says enough. So it does of a ledger's row.
    what = deadline.kind.label
    if deadline.kind is DeadlineKind.MILESTONE and deadline.title:
        what = f"{what}“{deadline.title}”"
    event = icalendar.Event()
    event.add("uid", f"deadline-{deadline.id}@duban.invalid")
    # The last instant at which it became what it is: the same until it changes.
    event.add("dtstamp", (line.moved_at or opening_of(item.issued_on or deadline.original_due_on)).astimezone(dt.UTC))
    event.add("sequence", line.sequence)
    event.add("dtstart", deadline.due_on)
    event.add("dtend", deadline.due_on + DAY)
    if item.internal_only:
        # Where a calendar lies nobody knows: it gets number and day.
        event.add("summary", f"任务{item.number}（{deadline.kind.label}）")
    else:
        event.add("summary", f"{item.number} {item.title}（{what}）")
        event.add("categories", [line.project])
    if line.gone:
        event.add("status", "CANCELLED")
    else:
        event.add("status", "TENTATIVE" if item.state is ItemState.SUSPENDED or deadline.claimed_on else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    page = f"ledgers/{item.ledger}" if item.ledger is not None else f"items/{item.id}"
    event.add("url", f"{office_url.rstrip('/')}/{page}")
    if deadline.original_due_on != deadline.due_on:
        event.add("description", f"原定 {deadline.original_due_on}")
    return event
