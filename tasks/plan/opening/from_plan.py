"""What last year's plan leaves to the new one: what comes round again, and what was not finished."""

import re
from collections import defaultdict
from collections.abc import Iterator

from sqlmodel import Session, col, select

from models.database import key
from models.dates.due_text import DueMeaning, find_due
from models.items.item import ItemLeader, ItemState, ItemUnit, WorkItem
from models.items.plan import AnnualPlan, Project
from models.items.plan_item import of_plan
from models.report.report import describe_row
from tasks.plan.opening.draft import Draft, Origin
from tasks.report.compiling.next_year import of_no_year, recurs_in, with_rhythm


def from_plan(session: Session, plan: AnnualPlan, year: int) -> Iterator[Draft]:
    """The plan's items that recur in `year`, are standing work, or are not closed, in the order of the list.

    They keep whoever answers for them by post, their rhythm and what they ask for; standing work keeps its day as the
    plan words it (3月底前), without the year that is over. Otherwise a day that has passed is not moved into the new
    year: it is left open. Parts of an item that was split come with it, and what carries ledgers' days is
    made anew by them.
    """
    query = (
        select(WorkItem, Project.name)
        .join(Project, col(Project.id) == WorkItem.project_id)
        .where(WorkItem.plan_id == plan.id, col(WorkItem.parent_id).is_(None), of_plan())
        .order_by(col(Project.ordinal), col(WorkItem.id))
    )
    units, leaders = _units(session, plan), _leaders(session, plan)
    for item, project in session.exec(query):
        recurs = recurs_in(item, year)
        returns = recurs or item.yearly
        if item.state is ItemState.CANCELLED or (not returns and item.state is ItemState.CLOSED):
            continue
        origin = Origin.RECURRING if returns else Origin.UNFINISHED
        said = "周期性任务" if recurs else "每年" if returns else f"未办结任务（原时限 {item.due_on or '未定'}）"
        due = _same_day(item.due_text, year) if item.yearly and not recurs else None
        yield Draft(
            key=describe_row("item", item.id),
            origin=origin,
            title=of_no_year(item.title, plan.year) if item.yearly else item.title,
            also=with_rhythm(item, year) if recurs else None,
            project=project,
            source=f"{plan.year}年度计划 {item.number}：{said}",
            note=item.note,
            due_on=due.due_on if due else None,
            due_text=item.due_text if recurs or due else None,
            recurrence=item.recurrence if recurs else None,
            unconfirmed=recurs and item.unconfirmed,
            importance=item.importance,
            internal_only=item.internal_only,
            yearly=item.yearly,
            department_id=item.department_id,
            lead_text=item.lead_text,
            leader_post_id=item.leader_post_id,
            handler_post_id=item.handler_post_id,
            deliverable=item.deliverable,
            target_count=item.target_count,
            target_unit=item.target_unit,
            evidence_rule=item.evidence_rule,
            units=tuple(units[key(item.id)]),
            leaders=tuple(leaders[key(item.id)]),
        )


def _same_day(due_text: str | None, year: int) -> DueMeaning | None:
    """The day in the new year that a text names without naming a year."""
    meaning = find_due(due_text, year) if due_text and not re.search(r"\d{4}", due_text) else None
    return meaning if meaning and meaning.due_on and meaning.recurrence is None else None


def _units(session: Session, plan: AnnualPlan) -> dict[int, list[tuple[int | None, str]]]:
    found: dict[int, list[tuple[int | None, str]]] = defaultdict(list)
    query = select(ItemUnit).join(WorkItem, col(WorkItem.id) == ItemUnit.item_id).where(WorkItem.plan_id == plan.id)
    for unit in session.exec(query.order_by(col(ItemUnit.item_id), col(ItemUnit.ordinal))):
        found[unit.item_id].append((unit.department_id, unit.text))
    return found


def _leaders(session: Session, plan: AnnualPlan) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    query = select(ItemLeader).join(WorkItem, col(WorkItem.id) == ItemLeader.item_id)
    for leader in session.exec(query.where(WorkItem.plan_id == plan.id).order_by(col(ItemLeader.ordinal))):
        found[leader.item_id].append(leader.post_id)
    return found
