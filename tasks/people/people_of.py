"""The people and the unit behind an item, on a day, as documents and lists name them."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import bindparam, text
from sqlmodel import Session, col, select

from models.actor import Actor
from models.items.item import WorkItem
from models.ladder.notice import Via
from models.people.organ import Department, Organ
from models.people.person import Person, Role
from tasks.people.address import VIA, recipient_by_role
from tasks.people.find import find_role

UNASSIGNED = "未明确"


def unit_of(session: Session, item: WorkItem) -> str:
    """The leading unit: the department, else the text of the list."""
    department = session.get(Department, item.department_id) if item.department_id else None
    return unit_named(item, department.name if department else None)


def unit_named(item: WorkItem, department: str | None) -> str:
    """`unit_of` an item whose department, if it has one, goes by this name."""
    return department or item.lead_text or UNASSIGNED


def holder_of(session: Session, item: WorkItem, role: Role, on: dt.date) -> Person | None:
    """Who fills the role for the item on the day, deputies included; None where the matter passes to a higher level."""
    scalar = recipient_by_role(f"'{role}'", frozenset({role}), leaves=True)
    found = session.execute(
        text(f"SELECT {scalar} FROM work_item i WHERE i.id = :item"), {"item": item.id, "on": on}
    ).scalar_one()
    if found is None or VIA[found % 4] is Via.NEXT_LEVEL:
        return None
    return session.get_one(Person, found // 4)


def holders(roles: Sequence[Role]) -> str:
    """The columns that say who fills each role for item `i` on day `:on`: see `filled`."""
    return ", ".join(recipient_by_role(f"'{role}'", frozenset({role}), leaves=True) for role in roles)


def filled(roles: Sequence[Role], answers: Sequence[int | None]) -> dict[Role, int]:
    """The people of `holders`, by id, as `holder_of` tells; a role that nobody fills is left out."""
    return {
        role: answer // 4
        for role, answer in zip(roles, answers, strict=True)
        if answer is not None and VIA[answer % 4] is not Via.NEXT_LEVEL
    }


def reached_by(session: Session, item: WorkItem, role: Role, on: dt.date) -> Person | None:
    """Whom a notice to the role reaches on the day, however far up: None where nobody is in office."""
    scalar = recipient_by_role(f"'{role}'", frozenset({role}), leaves=True)
    query = text(f"SELECT {scalar} FROM work_item i WHERE i.id = :item")
    found = session.execute(query, {"item": item.id, "on": on}).scalar_one()
    return session.get_one(Person, found // 4) if found is not None else None


def handlers_of(session: Session, items: Sequence[int], on: dt.date) -> dict[int, Person]:
    """Who is told of each of these items as its handler on the day: deputies and whoever is next above included."""
    scalar = recipient_by_role(f"'{Role.HANDLER}'", frozenset({Role.HANDLER}), leaves=True)
    rows = session.execute(
        text(f"SELECT i.id, {scalar} AS found FROM work_item i WHERE i.id IN :items").bindparams(
            bindparam("items", expanding=True)
        ),
        {"items": list(items), "on": on},
    ).all()
    told = {row.id: row.found // 4 for row in rows if row.found is not None}
    people = {row.id: row for row in session.exec(select(Person).where(col(Person.id).in_(set(told.values()))))}
    return {item: people[person] for item, person in told.items()}


def handler_of(session: Session, item: WorkItem, on: dt.date) -> Person | None:
    """Who does the item: its handler, else the head of its department."""
    return holder_of(session, item, Role.HANDLER, on) or holder_of(session, item, Role.DEPARTMENT_HEAD, on)


def contact_of(session: Session, organ: Organ, by: Actor) -> Person | None:
    """Whom a unit may ask: the organ's supervisor, else the person who acts."""
    supervisor = find_role(session, organ, Role.SUPERVISOR, by.on)
    return supervisor or (session.get_one(Person, by.person_id) if by.person_id is not None else None)
