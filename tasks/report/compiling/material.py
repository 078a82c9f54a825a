"""What a report is compiled from: the rows of one organ's year, read once, in a fixed order, and never changed."""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select
from sqlmodel import Session, col

from models.database import key
from models.items.item import Deadline, Importance, WorkItem
from models.items.plan import AnnualPlan, Project
from models.items.plan_item import of_plan, project_of_plan
from models.items.progress import ProgressEntry
from models.ledgers.deficiency import Deficiency
from models.ledgers.leadership_act import LeadershipAct
from models.natural_order import natural_order
from models.people.organ import Organ
from models.people.person import Post, Role, Tenure
from models.people.personal_duty import Duty
from models.report.figure import Figure
from tasks.report.compiling.item_words import unmarked
from tasks.report.figures.count_items import NOT_COUNTED, was_cancelled
from tasks.report.figures.count_ledgers import list_ledgers
from tasks.report.figures.gather_figures import figures_of_year
from tasks.report.figures.link_ledgers import linked_projects
from tasks.report.upward.sum_below import Below, gather_below

Row = TypeVar("Row", bound="NamedTuple")

_WRITTEN = ("name", "title", "project", "text", "achievement", "cause", "remedy")
"""What people wrote, wherever it stands."""


class ProjectRow(NamedTuple):
    """A project of the plan."""

    id: int
    name: str


class ItemRow(NamedTuple):
    """An item as far as a report speaks of it."""

    id: int
    project_id: int
    title: str
    deliverable: str | None
    due_text: str | None
    due_on: dt.date | None
    recurrence: str | None
    yearly: bool
    importance: Importance
    closed_on: dt.date | None


class DeadlineRow(NamedTuple):
    """A day an item was to be done by, and the day it was."""

    item_id: int
    due_on: dt.date
    done_on: dt.date | None


class ProgressRow(NamedTuple):
    """An entry of the year; its achievement only when it was accepted."""

    id: int
    item_id: int
    on: dt.date
    text: str
    achievement: str | None


class PlannedRow(NamedTuple):
    """An item of the next year's plan, as far as that stands."""

    id: int
    project: str
    title: str
    due_text: str | None
    recurrence: str | None
    source: str | None


class ActRow(NamedTuple):
    """An act of a leader; `in_person` unless it is on record under somebody who was not first responsible then.

    `hearing`: hearing a report on the work; `instruction`: giving one, whose words the text has.
    """

    id: int
    kind: Duty
    on: dt.date
    text: str
    item_id: int | None
    hearing: bool
    instruction: bool
    in_person: bool


class DeficiencyRow(NamedTuple):
    """A recorded deficiency."""

    id: int
    item_id: int | None
    text: str
    cause: str | None
    remedy: str | None


@dataclass(frozen=True)
class YearMaterial:
    """One organ's year as it stood at the end of `until`, seen on `on`.

    `until` is 31 December, or `on` while the year still runs: what happened later belongs to the next report.
    """

    organ: str
    year: int
    on: dt.date
    until: dt.date
    projects: tuple[ProjectRow, ...]
    items: tuple[ItemRow, ...]
    deadlines: tuple[DeadlineRow, ...]
    progress: tuple[ProgressRow, ...]
    acts: tuple[ActRow, ...]
    deficiencies: tuple[DeficiencyRow, ...]
    planned: tuple[PlannedRow, ...]
    """The next year's plan, where there is one: what the coming year is to bring is said by it."""
    below: Below
    """What the organs below reported of the year."""
    figures: Mapping[str, Figure]
    """The named figures of the year by code (`items.finished`, `case.simple`)."""
    listings: Mapping[str, tuple[str, ...]]
    """The texts that sentences name, by ledger and listing (`study.topics`)."""
    linked: Mapping[str, int]
    """The project with most of the items that a ledger's rows are linked to, by ledger."""

    @cached_property
    def items_by_project(self) -> dict[int, list[ItemRow]]:
        return _grouped(self.items, "project_id")

    @cached_property
    def progress_by_item(self) -> dict[int, list[ProgressRow]]:
        return _grouped(self.progress, "item_id")

    @cached_property
    def _deadlines_by_item(self) -> dict[int, list[DeadlineRow]]:
        return _grouped(self.deadlines, "item_id")

    def finished_on(self, item: ItemRow) -> dt.date | None:
        """The day the item was closed, or the last turn of a recurring one was done; None while it is open."""
        if item.closed_on is not None:
            return item.closed_on
        done = [deadline.done_on for deadline in self._deadlines_by_item.get(item.id, [])]
        days = [day for day in done if day is not None]
        return max(days) if days and len(days) == len(done) else None

    def is_finished(self, item: ItemRow) -> bool:
        """Whether it was finished within the year reported on."""
        finished_on = self.finished_on(item)
        return finished_on is not None and finished_on <= self.until

    def missed(self, item: ItemRow) -> list[DeadlineRow]:
        """Its deadlines of the year that passed before the thing was done; done on the due day is in time."""
        deadlines = self._deadlines_by_item.get(item.id) or (
            [DeadlineRow(item.id, item.due_on, None)] if item.due_on else []
        )
        settled = [deadline._replace(done_on=deadline.done_on or item.closed_on) for deadline in deadlines]
        return [
            deadline
            for deadline in settled
            if deadline.due_on <= self.until
            and deadline.due_on < self.on
            and (deadline.done_on is None or deadline.done_on > deadline.due_on)
        ]

    def goes_on(self, item: ItemRow) -> bool:
        """Whether one of its deadlines lies beyond what is reported on."""
        deadlines = self._deadlines_by_item.get(item.id, [])
        days = [deadline.due_on for deadline in deadlines if deadline.done_on is None]
        if not days and item.due_on is not None:
            days = [item.due_on]
        return any(day > self.until or day >= self.on for day in days)

    def fingerprint(self, *more: Any) -> str:
        """A hash over every row here and `more`: equal material, equal report."""
        mine = [getattr(self, field.name) for field in fields(self)]
        content = json.dumps([mine, *more], ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()


def gather_material(session: Session, organ: Organ, plan: AnnualPlan, *, on: dt.date) -> YearMaterial:
    """The rows of the plan's year, one query a table: by day where they have one, then in order of entry.

    What was done after `on` is open here, so that the report of an earlier day can be compiled again.
    """
    until = min(on, dt.date(plan.year, 12, 31))

    def rows(*columns: Any, day: Any = None, order: Any = None) -> Select[Any]:
        """Columns of one table, those of a ledger within the year."""
        query = select(*columns).order_by(*(key for key in (day, order, columns[0]) if key is not None))
        return query if day is None else query.where(day.between(dt.date(plan.year, 1, 1), until))

    def of_year(query: Select[Any], item_id: Any) -> Select[Any]:
        return query.join(WorkItem, col(WorkItem.id) == item_id).where(col(WorkItem.plan_id) == plan.id)

    projects = rows(Project.id, Project.name, order=col(Project.ordinal)).where(
        col(Project.plan_id) == plan.id, project_of_plan()
    )
    items = rows(
        WorkItem.id,
        WorkItem.project_id,
        WorkItem.title,
        WorkItem.deliverable,
        WorkItem.due_text,
        WorkItem.due_on,
        WorkItem.recurrence,
        WorkItem.yearly,
        WorkItem.importance,
        case((col(WorkItem.closed_on) <= on, WorkItem.closed_on)),
        order=natural_order(col(WorkItem.number)),
    ).where(
        col(WorkItem.plan_id) == plan.id, col(WorkItem.parent_id).is_(None), of_plan(),
        or_(col(WorkItem.cancelled_on).is_(None), col(WorkItem.cancelled_on) > on),
    )  # fmt: skip
    deadlines = of_year(
        select(
            col(Deadline.item_id), col(Deadline.due_on), case((col(Deadline.done_on) <= on, Deadline.done_on))
        ).order_by(col(Deadline.item_id), col(Deadline.due_on), col(Deadline.id)),
        Deadline.item_id,
    ).where(~was_cancelled(), col(Deadline.kind).not_in(NOT_COUNTED))
    # What is written of something done after it was closed belongs to the day it was closed.
    told_on = case((col(ProgressEntry.on) > col(WorkItem.closed_on), WorkItem.closed_on), else_=ProgressEntry.on)
    entries = of_year(
        rows(
            ProgressEntry.id,
            # What the sub-items of a split item achieved is the item's.
            func.coalesce(WorkItem.parent_id, ProgressEntry.item_id),
            told_on,
            ProgressEntry.text,
            case((col(ProgressEntry.accepted_at).is_not(None), ProgressEntry.achievement)),
            day=told_on,
        ),
        ProgressEntry.item_id,
    )
    planned = (
        rows(
            WorkItem.id,
            Project.name,
            WorkItem.title,
            WorkItem.due_text,
            WorkItem.recurrence,
            WorkItem.source,
            order=col(Project.ordinal),
        )
        .join(Project, col(Project.id) == WorkItem.project_id)
        .join(AnnualPlan, col(AnnualPlan.id) == WorkItem.plan_id)
        .where(
            col(AnnualPlan.organ_id) == organ.id,
            col(AnnualPlan.year) == plan.year + 1,
            func.coalesce(WorkItem.parent_id, 0) == 0,
            of_plan(),
        )
    )
    acts = rows(
        LeadershipAct.id,
        LeadershipAct.kind,
        LeadershipAct.on,
        LeadershipAct.text,
        LeadershipAct.item_id,
        func.coalesce(LeadershipAct.hearing, false()),
        col(LeadershipAct.instruction_id).is_not(None),
        or_(col(LeadershipAct.person_id).is_(None), _was_first_responsible()),
        day=col(LeadershipAct.on),
    ).where(col(LeadershipAct.organ_id) == organ.id, col(LeadershipAct.withdrawn_on).is_(None))
    deficiencies = rows(
        Deficiency.id, Deficiency.item_id, Deficiency.text, Deficiency.cause, Deficiency.remedy, day=col(Deficiency.on)
    ).where(col(Deficiency.organ_id) == organ.id, col(Deficiency.withdrawn_on).is_(None))

    def read(query: Select[Any], kind: type[Row]) -> tuple[Row, ...]:
        """The rows, without the numbers (一、, 1.) that stood before what people wrote."""
        written = [name for name in kind._fields if name in _WRITTEN]
        rows = (kind(*row) for row in session.execute(query))
        return tuple(
            row._replace(**{name: unmarked(text) for name in written if (text := getattr(row, name))}) for row in rows
        )

    return YearMaterial(
        organ=organ.name,
        year=plan.year,
        on=on,
        until=until,
        projects=read(projects, ProjectRow),
        items=read(items, ItemRow),
        deadlines=read(deadlines, DeadlineRow),
        progress=read(entries, ProgressRow),
        planned=read(planned, PlannedRow),
        acts=read(acts, ActRow),
        deficiencies=read(deficiencies, DeficiencyRow),
        below=gather_below(session, organ, plan.year, on=on),
        figures=figures_of_year(session, organ, plan, on=on),
        listings=list_ledgers(session, key(organ.id), dt.date(plan.year, 1, 1), until),
        linked=linked_projects(session, plan, until=until),
    )


def _was_first_responsible() -> ColumnElement[bool]:
    """Whether an act's person held the post of the first responsible person on the day of the act."""
    return (
        select(col(Tenure.id))
        .join(Post, col(Post.id) == Tenure.post_id)
        .where(
            col(Tenure.person_id) == LeadershipAct.person_id,
            col(Post.role) == Role.FIRST_RESPONSIBLE,
            col(Tenure.started_on) <= LeadershipAct.on,
            or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= LeadershipAct.on),
        )
        .exists()
    )


def _grouped(rows: Iterable[Row], key: str) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups
