"""Giving ledgers to departments: their clerks and heads record and see the rows of their own department."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.ledgers.kind import Kind
from models.ledgers.ledger_grant import LedgerGrant
from models.people.organ import Department, Organ
from models.people.permission import Action
from tasks.acting.perform import performing_for


def grants_of(session: Session, organ_id: int, kind: Kind) -> list[Department]:
    """The departments that keep the ledger themselves, in the order in which the office keeps them."""
    query = select(Department).join(LedgerGrant, col(LedgerGrant.department_id) == Department.id)
    query = query.where(LedgerGrant.organ_id == organ_id, LedgerGrant.kind == kind.code)
    return list(session.exec(query.order_by(col(Department.id))))


def grant_ledger(
    session: Session, organ: Organ, kind: Kind, departments: Collection[Department], *, by: Actor
) -> list[Department]:
    """Let just these departments keep the ledger: who is no longer named may not from now on. Raises ForbiddenError."""
    with performing_for(session, by, Action.GRANT_LEDGER, organ.id) as record:
        query = select(LedgerGrant).where(LedgerGrant.organ_id == organ.id, LedgerGrant.kind == kind.code)
        there = {one.department_id: one for one in session.exec(query.with_for_update())}
        wanted = {key(one.id) for one in departments if one.organ_id == organ.id}
        for department_id, grant in there.items():
            if department_id not in wanted:
                session.delete(grant)
        for department_id in sorted(wanted - there.keys()):
            session.add(
                LedgerGrant(
                    organ_id=key(organ.id), kind=kind.code, department_id=department_id, granted_on=by.on,
                    granted_by_id=by.person_id,
                )
            )  # fmt: skip
        session.flush()
        record.after |= {"ledger": kind.title}
        return grants_of(session, key(organ.id), kind)
