"""The deadlines of a span of days as one person may see them, day by day: for a month's calendar."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from models.actor import Actor
from models.dates.days import days_from
from models.dates.workdays import WorkCalendar
from models.items.item import DeadlineKind
from models.items.plan import AnnualPlan
from models.ladder.light import Light
from tasks.lists.choose_items import ITEMS, ROW, Choice, Shine, chosen
from tasks.lists.item_line import ItemLine
from tasks.lists.tally import DEADLINES, DUE, DeadlineOutcome, count_days, outcome_on

SHOWN = 4
"""Deadlines of one day that are told one by one; the others are counted."""


@dataclass(frozen=True)
class DueItem:
    """One deadline of an item. Its light is blue where it is done, else that of the item."""

    item: ItemLine
    kind: DeadlineKind
    stage: str | None


@dataclass(frozen=True)
class CalendarDay:
    """One day: what it is, and what is due."""

    on: dt.date
    working: bool
    why: str
    special: bool
    """A rest day by name, or a weekend day that works (调休)."""
    provisional: bool
    due: Sequence[DueItem]
    count: int


def gather_calendar(
    session: Session,
    plan: AnnualPlan,
    *,
    by: Actor,
    calendar: WorkCalendar,
    first: dt.date,
    last: dt.date,
    choice: Choice | None = None,
    outcome: DeadlineOutcome | None = None,
    most: int = SHOWN,
) -> list[CalendarDay]:
    """Each day from `first` to `last`, both included, with the deadlines that came to `outcome`, or with all.

    One statement, whatever is due; at most `most` are told a day.
    """
    due, counts = _due(session, plan, by, calendar, first, last, choice or Choice(), outcome, most)
    return [
        CalendarDay(
            on=day,
            working=calendar.is_working(day),
            why=calendar.why(day),
            special=calendar.is_special(day),
            provisional=calendar.is_provisional(day),
            due=due.get(day, []),
            count=counts.get(day, 0),
        )
        for day in days_from(first, last)
    ]


def count_outcomes(
    session: Session,
    plan: AnnualPlan,
    *,
    by: Actor,
    calendar: WorkCalendar,
    first: dt.date,
    last: dt.date,
    choice: Choice | None = None,
) -> dict[DeadlineOutcome, int]:
    """How many of the deadlines of the span came to each outcome by `by`'s day."""
    shine = Shine(session, plan, on=by.on, calendar=calendar)
    seen = chosen(session, plan, choice or Choice(), shine, by=by)
    counts = dict.fromkeys(DeadlineOutcome, 0)
    for (_day, outcome), count in count_days(session, seen, on=by.on, first=first, last=last).items():
        counts[outcome] += count
    return counts


def _due(
    session: Session,
    plan: AnnualPlan,
    by: Actor,
    calendar: WorkCalendar,
    first: dt.date,
    last: dt.date,
    choice: Choice,
    outcome: DeadlineOutcome | None,
    most: int,
) -> tuple[Mapping[dt.date, list[DueItem]], Mapping[dt.date, int]]:
    shine = Shine(session, plan, on=by.on, calendar=calendar)
    came_to = outcome_on(by.on)
    done = sa.case((came_to == str(DeadlineOutcome.OPEN), 0), else_=1)
    asked = [] if outcome is None else [came_to == str(outcome)]
    ranked = (
        sa.select(
            ROW.id, ROW.number, ROW.title, DUE.kind, DUE.title.label("stage"), DUE.due_on,
            sa.case((done == 1, str(Light.BLUE)), else_=shine.light).label("light"),
            sa.func.count().over(partition_by=DUE.due_on).label("many"),
            sa.func.row_number().over(partition_by=DUE.due_on, order_by=(done, DUE.id)).label("place"),
        )
        .select_from(DEADLINES.join(ITEMS, ROW.id == DUE.item_id).join(shine.table, shine.table.c.id == ROW.id))
        .where(*chosen(session, plan, choice, shine, by=by), DUE.due_on.between(first, last), *asked)
        .where(ROW.cancelled_on.is_(None))
        .subquery()
    )  # fmt: skip
    rows = session.execute(sa.select(ranked).where(ranked.c.place <= most).order_by(ranked.c.due_on, ranked.c.place))
    by_day: dict[dt.date, list[DueItem]] = {}
    counts: dict[dt.date, int] = {}
    for row in rows:
        counts[row.due_on] = row.many
        by_day.setdefault(row.due_on, []).append(
            DueItem(ItemLine(row.id, row.number, row.title, light=Light(row.light)), DeadlineKind(row.kind), row.stage)
        )
    return by_day, counts
