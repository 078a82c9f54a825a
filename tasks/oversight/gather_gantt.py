"""A plan over its year as one person may see it: projects, their items from start to end, and the stages on the way."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from models.actor import Actor
from models.database import key
from models.dates.workdays import WorkCalendar
from models.items.item import Deadline, DeadlineKind
from models.items.plan import AnnualPlan, Project
from models.ladder.light import Light
from tasks.lists.choose_items import ROW, Choice, Shine, chosen
from tasks.lists.item_line import ItemLine

MOST = 200
"""Items drawn at once; a plan with more opens one project at a time."""
_DEADLINES = SQLModel.metadata.tables[str(Deadline.__tablename__)]


@dataclass(frozen=True)
class Stage:
    """A day on the way: a milestone, a turn of a recurrence, or an instruction's."""

    on: dt.date
    title: str
    done: bool


@dataclass(frozen=True)
class GanttBar:
    """One item: from the day it starts or was issued to its last day; either may be unknown."""

    item: ItemLine
    starts_on: dt.date | None
    ends_on: dt.date | None
    stages: Sequence[Stage] = field(default=())


@dataclass(frozen=True)
class ProjectSpan:
    """One project: how many items, its days from the first to the last, and its items where they are drawn."""

    id: int
    name: str
    count: int
    lights: Mapping[Light, int]
    starts_on: dt.date | None
    ends_on: dt.date | None
    items: Sequence[GanttBar]


def gather_gantt(
    session: Session, plan: AnnualPlan, *, by: Actor, calendar: WorkCalendar, project: int | None = None
) -> list[ProjectSpan]:
    """The projects in their order. All items where there are at most `MOST`, else the first of `project` alone.

    Four statements, whatever the plan's size.
    """
    shine = Shine(session, plan, on=by.on, calendar=calendar)
    seen = chosen(session, plan, Choice(), shine, by=by)
    starts_on = sa.func.coalesce(ROW.start_on, ROW.issued_on)
    last = sa.select(sa.func.max(_DEADLINES.c.due_on)).where(_DEADLINES.c.item_id == ROW.id).scalar_subquery()
    ends_on = sa.func.coalesce(last, ROW.due_on)
    rows = session.execute(
        shine.joined(
            ROW.project_id, shine.light.label("light"), sa.func.count().label("many"),
            sa.func.min(starts_on).label("starts_on"), sa.func.max(ends_on).label("ends_on"),
        )
        .where(*seen)
        .group_by(ROW.project_id, shine.light)
    ).all()  # fmt: skip
    whole = sum(row.many for row in rows) <= MOST
    spans = _spans(session, shine, seen if whole else [*seen, ROW.project_id == project], starts_on, ends_on, by.on)
    names = session.exec(
        select(Project.id, Project.name).where(Project.plan_id == plan.id).order_by(col(Project.ordinal))
    ).all()
    projects = []
    for project_id, name in names:
        of_it = [row for row in rows if row.project_id == project_id]
        if of_it:
            projects.append(
                ProjectSpan(
                    key(project_id),
                    name,
                    sum(row.many for row in of_it),
                    {Light(row.light): row.many for row in of_it},
                    min((row.starts_on for row in of_it if row.starts_on), default=None),
                    max((row.ends_on for row in of_it if row.ends_on), default=None),
                    spans.get(key(project_id), ()),
                )
            )
    return projects


def _spans(
    session: Session,
    shine: Shine,
    conditions: list[sa.ColumnElement[bool]],
    starts_on: sa.ColumnElement[dt.date | None],
    ends_on: sa.ColumnElement[dt.date | None],
    on: dt.date,
) -> dict[int, list[GanttBar]]:
    """The first `MOST` items under the conditions, by project."""
    rows = session.execute(
        shine.joined(
            ROW.id, ROW.number, ROW.title, ROW.project_id, ROW.percent, shine.light.label("light"),
            starts_on.label("starts_on"), ends_on.label("ends_on"),
        )
        .where(*conditions)
        .order_by(ROW.id)
        .limit(MOST)
    ).all()  # fmt: skip
    stages = _stages(session, [row.id for row in rows], on)
    spans: dict[int, list[GanttBar]] = {}
    for row in rows:
        spans.setdefault(row.project_id, []).append(
            GanttBar(
                ItemLine(row.id, row.number, row.title, light=Light(row.light), percent=row.percent),
                row.starts_on, row.ends_on, stages.get(row.id, ()),
            )
        )  # fmt: skip
    return spans


def _stages(session: Session, items: Sequence[int], on: dt.date) -> dict[int, list[Stage]]:
    rows = session.exec(
        select(Deadline)
        .where(col(Deadline.item_id).in_(items), Deadline.kind != DeadlineKind.FINAL)
        .order_by(col(Deadline.due_on), col(Deadline.id))
    )
    by_item: dict[int, list[Stage]] = {}
    for row in rows:
        done = (row.done_on or row.claimed_on) is not None and (row.done_on or row.claimed_on or on) <= on
        by_item.setdefault(row.item_id, []).append(Stage(row.due_on, row.title or row.kind.label, done))
    return by_item
