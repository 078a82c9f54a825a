"""The year in review, in numbers: items finished month by month, and what the ledgers hold of each month."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlmodel import Session, col, func, select

from models.database import key
from models.items.item import Deadline, WorkItem
from models.items.plan import AnnualPlan, Project
from models.ledgers.enforcement_case import EnforcementCase, Procedure
from models.ledgers.kinds import KINDS
from models.people.organ import Organ
from tasks.papers.year_review import ByMonth, ProjectShare, YearReview
from tasks.people.find import plan_of_year
from tasks.report.figures.count_items import NOT_COUNTED, count_items, was_cancelled

_BATCH = 500


def gather_year_review(session: Session, organ: Organ, year: int, *, on: dt.date) -> YearReview:
    """The organ's year as it stood on `on`: some statements, whatever the organ's size.

    Items are counted as the report counts them; a year without a plan has none. Withdrawn ledger rows do not count.
    """
    until = min(on, dt.date(year, 12, 31))
    plan = plan_of_year(session, key(organ.id), year)
    in_time, late, projects = _items(session, plan, on) if plan else (_nothing(), _nothing(), ())
    return YearReview(
        organ=organ.name,
        year=year,
        until=until,
        in_time=in_time,
        late=late,
        projects=projects,
        ledgers=tuple(_ledgers(session, key(organ.id), year, until)),
        cases=(
            _cases(session, key(organ.id), year, until, Procedure.SIMPLE),
            _cases(session, key(organ.id), year, until, Procedure.ORDINARY),
        ),
        case_unit=_case_unit("cases"),
    )


def _items(
    session: Session, plan: AnnualPlan, on: dt.date
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[ProjectShare, ...]]:
    """Finished in time and late by month, and how each project stands."""
    figures = count_items(session, key(plan.id), plan.year, on=on)
    every, finished, timely = (
        {int(row.partition(":")[2]) for row in figures[code].rows}
        for code in ("items.items", "items.finished", "items.in_time")
    )
    day = _finished_on(session, sorted(finished), on)
    names = dict(
        session.exec(
            select(Project.id, Project.name).where(Project.plan_id == plan.id).order_by(col(Project.ordinal))
        ).all()
    )
    shares = {project: [0, 0, 0] for project in names}
    listed = select(WorkItem.id, WorkItem.project_id).where(WorkItem.plan_id == plan.id).order_by(col(WorkItem.number))
    for item, project in session.exec(listed):
        if item in every and project in shares:
            shares[project][0 if item in timely else 1 if item in finished else 2] += 1
    return (
        _by_month(day[item] for item in timely),
        _by_month(day[item] for item in finished - timely),
        tuple(ProjectShare(names[project], *counts) for project, counts in shares.items() if any(counts)),
    )


def _finished_on(session: Session, items: list[int], on: dt.date) -> dict[int, dt.date]:
    """The day each was closed, else the day the last of its stages was done."""
    days: dict[int, dt.date] = {}
    for start in range(0, len(items), _BATCH):
        batch = items[start : start + _BATCH]
        stages = (
            select(Deadline.item_id, func.max(col(Deadline.done_on)))
            .where(
                col(Deadline.item_id).in_(batch), col(Deadline.done_on) <= on,
                col(Deadline.kind).not_in(NOT_COUNTED), ~was_cancelled(),
            )
            .group_by(col(Deadline.item_id))
        )  # fmt: skip
        days |= {item: day for item, day in session.exec(stages) if day is not None}
        closed = select(col(WorkItem.id), col(WorkItem.closed_on)).where(
            col(WorkItem.id).in_(batch), col(WorkItem.closed_on) <= on
        )
        days |= {item: day for item, day in session.exec(closed) if item is not None and day is not None}
    return days


def _ledgers(session: Session, organ_id: int, year: int, until: dt.date) -> Iterable[ByMonth]:
    for kind in KINDS.values():
        table: Any = kind.table
        day = getattr(table, kind.day)
        counts = _counted(session, table, day, organ_id, year, until)
        if any(counts):
            yield ByMonth(kind.title, kind.unit, counts)


def _cases(session: Session, organ_id: int, year: int, until: dt.date, procedure: Procedure) -> ByMonth:
    fits = col(EnforcementCase.procedure) == procedure
    day = col(EnforcementCase.decided_on)
    return ByMonth(
        procedure.label,
        _case_unit(procedure.value),
        _counted(session, EnforcementCase, day, organ_id, year, until, fits),
    )


def _case_unit(code: str) -> str:
    """The unit of the figure: one on paper and in the picture."""
    return next(measure.unit for measure in KINDS["case"].measures if measure.code == code)


def _counted(
    session: Session, table: Any, day: Any, organ_id: int, year: int, until: dt.date, *conditions: Any
) -> tuple[int, ...]:
    """Rows by month; one statement that answers at most a row a day."""
    query = select(day, func.count(table.id)).where(
        table.organ_id == organ_id, table.withdrawn_on.is_(None), day.between(dt.date(year, 1, 1), until), *conditions
    )
    months = [0] * 12
    for on, count in session.exec(query.group_by(day)):
        months[on.month - 1] += count
    return tuple(months)


def _by_month(days: Iterable[dt.date]) -> tuple[int, ...]:
    months = [0] * 12
    for day in days:
        months[day.month - 1] += 1
    return tuple(months)


def _nothing() -> tuple[int, ...]:
    return (0,) * 12
