"""The people and the unit behind an item, on a day, as documents and lists name them."""

import datetime as dt

from sqlalchemy import text
from sqlmodel import Session

from models.actor import Actor
from models.item import WorkItem
from models.notice import Via
from models.organ import Department, Organ
from models.person import Person, Role
from tasks.address import VIA, recipient_by_role
from tasks.find import find_role

UNASSIGNED = "未明确"


def unit_of(session: Session, item: WorkItem) -> str:
    """The leading unit: the department, else the text of the list."""
    department = session.get(Department, item.department_id) if item.department_id else None
    return department.name if department else item.lead_text or UNASSIGNED


def holder_of(session: Session, item: WorkItem, role: Role, on: dt.date) -> Person | None:
    """Who fills the role for the item on the day, deputies included; None where the matter passes to a higher level."""
    scalar = recipient_by_role(f"'{role}'", frozenset({role}), leaves=True)
    found = session.execute(
        text(f"SELECT {scalar} FROM work_item i WHERE i.id = :item"), {"item": item.id, "on": on}
    ).scalar_one()
    if found is None or VIA[found % 4] is Via.NEXT_LEVEL:
        return None
    return session.get_one(Person, found // 4)


def handler_of(session: Session, item: WorkItem, on: dt.date) -> Person | None:
    """Who does the item: its handler, else the head of its department."""
    return holder_of(session, item, Role.HANDLER, on) or holder_of(session, item, Role.DEPARTMENT_HEAD, on)


def contact_of(session: Session, organ: Organ, by: Actor) -> Person | None:
    """Whom a unit may ask: the organ's supervisor, else the person who acts."""
    supervisor = find_role(session, organ, Role.SUPERVISOR, by.on)
    return supervisor or (session.get_one(Person, by.person_id) if by.person_id is not None else None)
