"""A plan as it stands: its projects with their items, people named as they hold their posts on a day."""

import datetime as dt
from collections import defaultdict
from typing import Any

from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.database import key
from models.errors import NotFoundError
from models.items.item import ItemLeader, ItemUnit, WorkItem
from models.items.plan import AnnualPlan, Project
from models.items.plan_item import of_plan, project_of_plan
from models.people.permission import Action
from models.people.person import Person, Tenure
from tasks.acting.authorize import may_see_organ, organs_within, permitted
from tasks.people.find import departments_of


def show_plan(session: Session, plan: AnnualPlan, *, on: dt.date, by: Actor | None = None) -> dict[str, Any]:
    """The plan as data, projects and items in the order of the list, as far as `by` may see them.

    Raises NotFoundError where `by` may not even know of the organ and sees none of the items.
    """
    departments: dict[int | None, str] = {one.id: one.name for one in departments_of(session, plan.organ_id)}
    holders = _holders(session, on)
    leaders: dict[int, list[int]] = defaultdict(list)
    further = select(ItemLeader).join(WorkItem).where(WorkItem.plan_id == plan.id)
    for leader in session.exec(further.order_by(col(ItemLeader.item_id), col(ItemLeader.ordinal))):
        leaders[leader.item_id].append(leader.post_id)
    units: dict[int, list[str]] = defaultdict(list)
    helping = select(ItemUnit).join(WorkItem).where(WorkItem.plan_id == plan.id)
    for unit in session.exec(helping.order_by(col(ItemUnit.item_id), col(ItemUnit.ordinal))):
        units[unit.item_id].append(unit.text)
    projects: dict[int, dict[str, Any]] = {}
    listing = select(Project).where(Project.plan_id == plan.id, project_of_plan()).order_by(col(Project.ordinal))
    for project in session.exec(listing):
        projects[key(project.id)] = {"name": project.name, "items": []}
    listed = select(WorkItem).where(WorkItem.plan_id == plan.id, of_plan()).order_by(col(WorkItem.id))
    if by is not None:
        listed = listed.where(permitted(session, by, Action.VIEW))
    for item in session.exec(listed):
        first = [item.leader_post_id] if item.leader_post_id else []
        posts = [*first, *leaders[key(item.id)]]
        projects[item.project_id]["items"].append(
            {
                "number": item.number,
                "title": item.title,
                "start_on": item.start_on,
                "due_on": item.due_on,
                "due_text": item.due_text,
                "recurrence": item.recurrence,
                "lead": departments.get(item.department_id) or item.lead_text,
                "cooperating": units[key(item.id)],
                "leaders": [holders[post] for post in posts if post in holders],
                "handler": holders.get(item.handler_post_id) if item.handler_post_id else None,
                "state": item.state,
                "missing": item.missing,
                "source": item.source,
                "percent": item.percent,
            }
        )
    shown = list(projects.values())
    if by is not None and plan.organ_id not in organs_within(session, by, Action.VIEW):
        shown = [project for project in shown if project["items"]]
        if not shown and not may_see_organ(session, by, plan.organ_id):
            raise NotFoundError(f"没有找到 {plan.year} 年度计划，或者它不在您的查看范围内。")
    return {
        "plan": plan.title,
        "year": plan.year,
        "state": "issued" if plan.issued_on else "draft",
        "issued_on": plan.issued_on,
        "projects": shown,
    }


def _holders(session: Session, on: dt.date) -> dict[int, str]:
    """Who holds each post on that day."""
    held = (
        select(Tenure.post_id, Person.name)
        .join(Person, col(Person.id) == Tenure.person_id)
        .where(Tenure.started_on <= on, or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= on))
        .order_by(col(Tenure.started_on))
    )
    return dict(session.exec(held).all())
