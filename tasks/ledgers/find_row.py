"""Who may read the ledgers of an organ, and one row of them."""

from typing import Any

from sqlmodel import Session, select

from models.actor import Actor
from models.database import LARGEST_ID, key
from models.errors import NotFoundError
from models.ledgers.kind import Kind
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.authorize import authorize_organ, organs_within
from tasks.ledgers.ledger_reach import reads


def may_read_ledgers(session: Session, by: Actor, organ_id: int) -> bool:
    """Ledgers tell of the whole organ: whoever sees all of it reads them, and whoever keeps them."""
    return organ_id in organs_within(session, by, Action.VIEW) | organs_within(session, by, Action.RECORD)


def authorize_ledgers(session: Session, by: Actor, organ_id: int) -> None:
    """Raises ForbiddenError that names who may where `by` may not read them."""
    if not may_read_ledgers(session, by, organ_id):
        authorize_organ(session, by, Action.VIEW, organ_id)


def find_row(session: Session, organ: Organ, kind: Kind, number: int) -> Any:
    """The row of the organ's ledger, a withdrawn one too. Raises NotFoundError."""
    table: Any = kind.table
    found = None
    if 0 < number <= LARGEST_ID:
        found = session.exec(select(table).where(table.id == number, table.organ_id == organ.id)).first()
    if found is None:
        raise _unknown(organ, kind, number)
    return found


def seen_row(session: Session, organ: Organ, kind: Kind, number: int, *, by: Actor) -> Any:
    """The same for whoever may see it. Raises NotFoundError, alike for what is not there and not for them."""
    found = find_row(session, organ, kind, number)
    if not reads(session, by, key(organ.id), kind).holds(session, found):
        raise _unknown(organ, kind, number)
    return found


def _unknown(organ: Organ, kind: Kind, number: int) -> NotFoundError:
    return NotFoundError(f"{organ.name}的{kind.title}中没有编号为 {number} 的记录，或者它不在您的查看范围内。")


def trail_name(row: Any) -> str:
    """What the audit trail calls the row (`enforcement_case:12`)."""
    return f"{row.__tablename__}:{key(row.id)}"
