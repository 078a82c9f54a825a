"""The deadlines a person has to do with as a calendar (RFC 5545) that phones and desks subscribe to.

A day has one event for each open deadline. Its UID stays, its SEQUENCE grows when the day moves; what is done is no
longer there, and a subscriber's calendar drops it. There is no alarm: the ladder reminds, and twice is once too often.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from icalendar import Calendar, Event
from sqlmodel import Session, col, select

from models.actor import Actor
from models.clock import opening_of
from models.dates.days import DAY
from models.items.item import Deadline, DeadlineKind, DeadlineMove, ItemState, WorkItem
from models.items.plan import AnnualPlan, Project
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person
from tasks.acting.authorize import permitted
from tasks.trail.changes_since import newest_of_all

MOST = 2_000
"""Events of one calendar, the nearest first."""
BACK = dt.timedelta(days=370)
"""What was due longer ago and is still open has left the calendar: it is in the list of what is overdue."""


@dataclass(frozen=True)
class _Line:
    deadline: Deadline
    item: WorkItem
    project: str
    moves: int
    moved_at: dt.datetime | None


def calendar_mark(session: Session, person: Person, *, on: dt.date) -> str:
    """What the calendar depends on: while it stays the same, so does every byte of `write_calendar`."""
    newest = newest_of_all(session)
    return f"{person.id}:{newest}:{on}"


def write_calendar(session: Session, person: Person, *, by: Actor, office_url: str) -> bytes:
    """The person's calendar as of `by.on`: items handled, helped with or in charge of, and those that one decides on.

    Titles and numbers only.
    """
    organ = session.get_one(Organ, person.organ_id)
    calendar = Calendar()
    calendar.add("prodid", "-//duban//deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", f"督办时限·{person.name}({organ.name})")
    calendar.add("x-published-ttl", "PT2H")
    calendar["refresh-interval;value=duration"] = "PT2H"
    for line in _lines(session, by):
        calendar.add_component(_event(line, office_url.rstrip("/")))
    return bytes(calendar.to_ical())


def _lines(session: Session, by: Actor) -> list[_Line]:
    concerned = sa.or_(permitted(session, by, Action.REPORT), permitted(session, by, Action.DECIDE_EXTENSION))
    moves = (
        select(
            col(DeadlineMove.deadline_id).label("deadline_id"),
            sa.func.count(col(DeadlineMove.id)).label("moves"),
            sa.func.max(col(DeadlineMove.moved_at)).label("moved_at"),
        )
        .group_by(col(DeadlineMove.deadline_id))
        .subquery()
    )
    rows = session.execute(
        sa.select(Deadline, WorkItem, col(Project.name), moves.c.moves, moves.c.moved_at)
        .join(WorkItem, col(WorkItem.id) == Deadline.item_id)
        .join(AnnualPlan, col(AnnualPlan.id) == WorkItem.plan_id)
        .join(Project, col(Project.id) == WorkItem.project_id)
        .outerjoin(moves, moves.c.deadline_id == Deadline.id)
        .where(concerned, col(WorkItem.issued_on).is_not(None), col(WorkItem.closed_on).is_(None))
        .where(col(Deadline.done_on).is_(None), col(Deadline.due_on) >= by.on - BACK)
        .order_by(col(Deadline.due_on), col(Deadline.id))
        .limit(MOST)
    )
    return [_Line(deadline, item, project, count or 0, moved_at) for deadline, item, project, count, moved_at in rows]


def _event(line: _Line, office_url: str) -> Event:
    deadline, item = line.deadline, line.item
    # An instruction's own words may be meant for few; its kind says enough.
    what = deadline.kind.label
    if deadline.kind is DeadlineKind.MILESTONE and deadline.title:
        what = f"{what}“{deadline.title}”"
    event = Event()
    event.add("uid", f"deadline-{deadline.id}@duban.invalid")
    # The last instant at which it became what it is: the same until it changes.
    event.add("dtstamp", (line.moved_at or opening_of(item.issued_on or deadline.original_due_on)).astimezone(dt.UTC))
    event.add("sequence", line.moves)
    event.add("dtstart", deadline.due_on)
    event.add("dtend", deadline.due_on + DAY)
    event.add("summary", f"{item.number} {item.title}({what})")
    event.add("categories", [line.project])
    event.add("status", "TENTATIVE" if item.state is ItemState.SUSPENDED or deadline.claimed_on else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("url", f"{office_url}/items/{item.id}")
    if deadline.original_due_on != deadline.due_on:
        event.add("description", f"原定 {deadline.original_due_on}")
    return event
