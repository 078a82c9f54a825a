"""Requests that are done once however often they are sent: the key is taken first, the answer kept with the act.

Both are written by the act's own transaction, so that a crash loses both or neither.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Table, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.people.keyed_request import KeyedRequest

_REQUEST: Table = KeyedRequest.__table__  # type: ignore[attr-defined]

KEPT = dt.timedelta(days=7)
"""For so long an answer is given again."""


@dataclass(frozen=True)
class Taken:
    """A key as it was found: ours (`answered` is None), or answered before, for the same request or another."""

    id: int
    answered: KeyedRequest | None = None
    same: bool = True


def take_key(session: Session, person_id: int, key: str, *, fingerprint: str, now: dt.datetime) -> Taken:
    """Take the key for this request. Of two at once the second waits until the first is committed or undone.

    What was answered more than KEPT ago is forgotten.
    """
    old = delete(KeyedRequest).where(col(KeyedRequest.person_id) == person_id, col(KeyedRequest.made_at) < now - KEPT)
    session.execute(old)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "person_id": person_id, "key": key, "fingerprint": fingerprint, "status": 0, "body": "", "made_at": now,
    }  # fmt: skip
    made = session.execute(insert(_REQUEST).values(values).on_conflict_do_nothing().returning(_REQUEST.c.id)).scalar()
    if made is not None:
        return Taken(made)
    kept = session.exec(_taken(person_id, key)).one()
    return Taken(kept.id or 0, kept, kept.fingerprint == fingerprint)


def find_key(session: Session, person_id: int, key: str) -> KeyedRequest | None:
    """The request that took the key, if one did."""
    return session.exec(_taken(person_id, key)).first()


def keep_answer(session: Session, taken: Taken, *, status: int, body: str) -> None:
    """Keep what is answered, to be given again."""
    session.execute(update(KeyedRequest).where(col(KeyedRequest.id) == taken.id).values(status=status, body=body))


def _taken(person_id: int, key: str) -> SelectOfScalar[KeyedRequest]:
    return select(KeyedRequest).where(KeyedRequest.person_id == person_id, KeyedRequest.key == key)
