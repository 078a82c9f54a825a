"""Somebody's year in a few numbers, or a department's, and the rows behind each."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.actor import Actor
from models.coded import Coded
from models.dates.workdays import WorkCalendar
from models.items.extension import Extension, ExtensionState
from models.items.item import Deadline, DeadlineKind, ItemState
from models.items.lifecycle import OPEN
from models.items.plan import AnnualPlan
from models.ladder.light import Light
from tasks.lists.browse_items import ItemListing
from tasks.lists.choose_items import ROW, Choice, Shine, chosen
from tasks.lists.item_line import ItemLine


class Number(Coded):
    """What is counted."""

    OPEN = "open", "未办结"
    OVERDUE = "overdue", "逾期"
    WAITING = "waiting", "等待他人"
    DONE = "done", "已办结"
    ON_TIME = "on-time", "按期办结"
    RETURNED = "returned", "被退回过"


@dataclass(frozen=True)
class Count:
    """A number and what it counts."""

    what: Number
    count: int


def count_work(session: Session, plan: AnnualPlan, choice: Choice, *, by: Actor, calendar: WorkCalendar) -> list[Count]:
    """The numbers of a choice of the plan's items, as `by` may see them; one statement for all of them.

    Waiting for others is what was asked for and is not yet answered; on time is what no day of its own passed.
    """
    shine = Shine(session, plan, on=by.on, calendar=calendar)
    conditions = chosen(session, plan, choice, shine, by=by)
    counts = [sa.func.count().filter(_is(what, shine)) for what in Number]
    row = session.execute(shine.joined(*counts).where(*conditions)).one()
    return [Count(what, count) for what, count in zip(Number, row, strict=True)]


def list_counted(
    session: Session, plan: AnnualPlan, choice: Choice, what: Number, *, by: Actor, calendar: WorkCalendar
) -> list[ItemLine]:
    """The items behind a number, by their numbers in the plan."""
    shine = Shine(session, plan, on=by.on, calendar=calendar)
    conditions = chosen(session, plan, choice, shine, by=by)
    ids = session.execute(shine.joined(ROW.id).where(*conditions, _is(what, shine))).scalars().all()
    listing = ItemListing(session, plan, by=by, calendar=calendar, choice=Choice(items=frozenset(ids)))
    return list(listing.lines()) if ids else []


def _is(what: Number, shine: Shine) -> sa.ColumnElement[bool]:
    closed = ROW.state == ItemState.CLOSED
    match what:
        case Number.OPEN:
            return ROW.state.in_(OPEN)
        case Number.OVERDUE:
            return shine.light == str(Light.RED)
        case Number.WAITING:
            asked: Any = select(Extension.id).where(
                Extension.item_id == ROW.id, Extension.state == ExtensionState.PENDING
            )
            held = [ItemState.REQUESTED, ItemState.REVIEWED, ItemState.OBJECTED]
            return sa.or_(ROW.state.in_(held), sa.and_(ROW.state.in_(OPEN), asked.exists()))
        case Number.DONE:
            return closed
        case Number.ON_TIME:
            late: Any = select(Deadline.id).where(
                Deadline.item_id == ROW.id,
                col(Deadline.kind).in_([DeadlineKind.FINAL, DeadlineKind.OCCURRENCE]),
                col(Deadline.done_on) > col(Deadline.due_on),
            )
            return sa.and_(closed, ~late.exists())
        case Number.RETURNED:
            return ROW.returns > 0
