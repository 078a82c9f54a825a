"""Leases: at most one owner of a name at a time, decided by the database alone.

A lease has to be renewed before it runs out; an owner that died loses it by doing nothing. Clocks of machines
that share a database must agree to well within the lease's length.
"""

import datetime as dt

from sqlalchemy import Table, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from models.engine.rhythm import Lease

_LEASE: Table = Lease.__table__  # type: ignore[attr-defined]


def take_lease(session: Session, name: str, owner: str, now: dt.datetime, ttl: dt.timedelta) -> bool:
    """Take or renew the lease `name` until `now + ttl`; whether `owner` holds it now.

    A conditional update, so that of two that try at once exactly one holds it. The caller commits.
    """
    columns = _LEASE.c
    renewed = session.execute(
        update(_LEASE)
        .where(columns.name == name, (columns.owner == owner) | (columns.expires_at <= now))
        .values(owner=owner, expires_at=now + ttl)
        .returning(columns.name)
    )
    if renewed.first() is not None:
        return True
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    created = session.execute(
        insert(_LEASE)
        .values(name=name, owner=owner, expires_at=now + ttl)
        .on_conflict_do_nothing()
        .returning(columns.name)
    )
    return created.first() is not None


def release_lease(session: Session, name: str, owner: str, now: dt.datetime) -> None:
    """Give the lease up before it runs out, if `owner` holds it: the next to ask gets it. The caller commits."""
    columns = _LEASE.c
    session.execute(update(_LEASE).where(columns.name == name, columns.owner == owner).values(expires_at=now))
