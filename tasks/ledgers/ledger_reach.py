"""How far somebody reaches into a ledger: all its rows, or those of the own department that was granted it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, true
from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import ForbiddenError
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.ledgers.ledger_grant import LedgerGrant
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.people.person import Post, Role
from tasks.acting.audit import Record, recorded
from tasks.acting.authorize import authorize_department, authorize_organ, department_standings, organs_within, seats
from tasks.acting.perform import performing_for


@dataclass(frozen=True)
class LedgerReach:
    """Rows of one ledger: all of them, or those of the departments that were granted it; false where there are none.

    Whoever a row was given to (`posts`) has that row, granted or not.
    """

    whole: bool
    departments: frozenset[int] = frozenset()
    posts: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.whole or bool(self.departments)

    def rows(self, table: Any) -> ColumnElement[bool]:
        """The condition on the ledger's table."""
        if self.whole:
            return true()
        granted = select(Post.id).where(col(Post.department_id).in_(self.departments))
        return or_(table.post_id.in_(granted), table.post_id.in_(self.posts))

    def holds(self, session: Session, row: Any) -> bool:
        """Whether the row is among them."""
        return self.whole or row.post_id in self.posts or _department(session, row) in self.departments


WHOLE = LedgerReach(whole=True)
_DOING = (Role.HANDLER, Role.DEPARTMENT_HEAD)


def reads(session: Session, by: Actor, organ_id: int, kind: Kind) -> LedgerReach:
    """What `by` may see: whoever sees all of the organ and whoever keeps its ledgers sees every row."""
    if organ_id in organs_within(session, by, Action.VIEW) | organs_within(session, by, Action.RECORD):
        return WHOLE
    return _own(session, by, organ_id, kind)


def reads_of(session: Session, by: Actor, organ_id: int) -> Mapping[str, LedgerReach]:
    """`reads` for each ledger of which `by` may see anything, by its code."""
    reached = {code: reads(session, by, organ_id, kind) for code, kind in KINDS.items()}
    return {code: reach for code, reach in reached.items() if reach}


def writes(session: Session, by: Actor, organ_id: int, kind: Kind) -> LedgerReach:
    """What `by` may record and correct."""
    if organ_id in organs_within(session, by, Action.RECORD):
        return WHOLE
    return _own(session, by, organ_id, kind)


def authorize_writing(session: Session, by: Actor, organ_id: int, kind: Kind, row: Any = None) -> None:
    """Raises ForbiddenError that names who may where `by` may write no row of the ledger, or not this one."""
    reach = writes(session, by, organ_id, kind)
    if not (reach if row is None else reach.holds(session, row)):
        authorize_organ(session, by, Action.RECORD, organ_id)


@contextmanager
def recording(
    session: Session, organ: Organ, kind: Kind, row: Any = None, *, by: Actor, reason: str | None = None
) -> Iterator[Record]:
    """Write a new row down, or change `row`, as `by`, on record. Raises ForbiddenError."""
    reach = writes(session, by, key(organ.id), kind)
    if reach.whole or not (reach if row is None else reach.holds(session, row)):
        with performing_for(session, by, Action.RECORD, organ.id, reason=reason) as record:
            yield record
        return
    unit = min(reach.departments) if row is None else _department(session, row)
    standing = authorize_department(session, by, Action.RECORD_UNIT, session.get_one(Department, unit))
    with recorded(
        session, by, Action.RECORD_UNIT, organ_id=organ.id, for_id=standing.seat.for_id, reason=reason
    ) as record:
        yield record


def keep_within(session: Session, organ: Organ, kind: Kind, row: Any, *, by: Actor) -> None:
    """Raises ForbiddenError where a row was given to a department that `by` may not write for."""
    if not writes(session, by, key(organ.id), kind).holds(session, row):
        raise ForbiddenError(f"{kind.title}的经办人应为本科室的人员：交给别的科室，请由督办员登记或更正。")


def _own(session: Session, by: Actor, organ_id: int, kind: Kind) -> LedgerReach:
    mine = (one for one in seats(session, by) if one.organ_id == organ_id and one.department_id is not None)
    posts = frozenset(one.post_id for one in mine if one.role in _DOING and one.post_id is not None)
    granted = session.exec(
        select(Department)
        .join(LedgerGrant, col(LedgerGrant.department_id) == Department.id)
        .where(LedgerGrant.organ_id == organ_id, LedgerGrant.kind == kind.code)
    ).all()
    own = (one for one in granted if any(department_standings(session, by, Action.RECORD_UNIT, one)))
    return LedgerReach(False, frozenset(key(one.id) for one in own), posts)


def _department(session: Session, row: Any) -> int | None:
    return session.get_one(Post, row.post_id).department_id if row.post_id is not None else None
