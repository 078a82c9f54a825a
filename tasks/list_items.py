"""The items of a plan as a person may see them: state, light, day, people; filtered and in the order of their days."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.actor import Actor
from models.coded import Coded
from models.database import key
from models.item import ItemState, WorkItem
from models.light import Light
from models.organ import Department
from models.permission import Action
from models.person import Person, Role
from models.plan import AnnualPlan, Project
from models.workdays import WorkCalendar
from tasks.address import recipient_by_role
from tasks.authorize import permitted
from tasks.explain import distance
from tasks.people_of import UNASSIGNED
from tasks.status import light_values, standing_of


class Standing(Coded):
    """Lists that people ask for by name."""

    OPEN = "open", "未办结"
    MINE = "mine", "我承办的"


@dataclass(frozen=True)
class ListedItem:
    """One line of the list."""

    number: str
    title: str
    project: str
    unit: str
    handler: str | None
    state: ItemState
    light: Light
    due_on: dt.date | None
    distance: str
    percent: int
    parent: str | None


def list_items(
    session: Session,
    plan: AnnualPlan,
    *,
    by: Actor,
    calendar: WorkCalendar,
    state: ItemState | None = None,
    light: Light | None = None,
    department: Department | None = None,
    standing: Standing | None = None,
) -> list[ListedItem]:
    """The items of the plan that `by` may see on its day, those due first at the top, those without a day last."""
    seen = select(WorkItem).where(WorkItem.plan_id == plan.id, permitted(session, by, Action.VIEW))
    if state is not None:
        seen = seen.where(WorkItem.state == state)
    if department is not None:
        seen = seen.where(WorkItem.department_id == department.id)
    if standing is Standing.OPEN:
        seen = seen.where(col(WorkItem.state).not_in([ItemState.CLOSED, ItemState.DRAFT]))
    items = session.exec(seen).all()
    values = light_values(session, plan, on=by.on, calendar=calendar)
    rows = session.execute(text(f"SELECT id, light, open_on FROM {standing_of(session, plan)}"), values)
    lights = {row.id: (Light(row.light), _day(row.open_on)) for row in rows}
    handlers = _handlers(session, plan, by.on)
    departments = {row.id: row.name for row in session.exec(select(Department))}
    projects = {row.id: row.name for row in session.exec(select(Project).where(Project.plan_id == plan.id))}
    numbers = {item.id: item.number for item in items}
    listed = []
    for item in items:
        shines, due_on = lights[item.id]
        due_on = due_on or item.due_on
        handler = handlers.get(key(item.id))
        if (light is not None and shines is not light) or (
            standing is Standing.MINE and (handler is None or handler[0] != by.person_id)
        ):
            continue
        over = item.state in (ItemState.CLOSED, ItemState.DRAFT) or due_on is None
        listed.append(
            ListedItem(
                number=item.number,
                title=item.title,
                project=projects[item.project_id],
                unit=departments.get(item.department_id) or item.lead_text or UNASSIGNED,
                handler=handler[1] if handler else None,
                state=item.state,
                light=shines,
                due_on=due_on,
                distance="" if over or due_on is None else distance(due_on, on=by.on, calendar=calendar),
                percent=item.percent,
                parent=numbers.get(item.parent_id),
            )
        )
    return sorted(listed, key=lambda row: (row.due_on is None, row.due_on or by.on, row.number.zfill(12)))


def _handlers(session: Session, plan: AnnualPlan, on: dt.date) -> dict[int, tuple[int, str]]:
    """Who does each item on the day, by name, deputies and the head of the department included."""
    scalar = recipient_by_role(f"'{Role.HANDLER}'", frozenset({Role.HANDLER}), leaves=True)
    found = session.execute(
        text(f"SELECT i.id, {scalar} AS found FROM work_item i WHERE i.plan_id = :plan"), {"plan": plan.id, "on": on}
    ).all()
    people = {row.found // 4 for row in found if row.found is not None}
    names = {row.id: row.name for row in session.exec(select(Person).where(col(Person.id).in_(people)))}
    return {row.id: (row.found // 4, names[row.found // 4]) for row in found if row.found is not None}


def _day(value: dt.date | str | None) -> dt.date | None:
    """A day as either database gives it to a statement of text."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
