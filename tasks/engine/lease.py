"""Leases: at most one owner of a name at a time, decided by the database alone, by its own clock.

A lease has to be renewed before it runs out; an owner that died loses it by doing nothing. The clocks of the machines
that share a database have no say; SQLite's time is that of the machine its file lies on.
"""

import datetime as dt
from uuid import uuid4

from sqlalchemy import Table, delete, func, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, select

from models.engine.rhythm import Lease

CLOCK = "clock"
"""The lease of the process that runs the embedded clock."""

TERM = dt.timedelta(minutes=1)
"""For so long the clock is taken at a time."""

_LEASE: Table = Lease.__table__  # type: ignore[attr-defined]


def database_now(session: Session) -> dt.datetime:
    """The instant at the database, whatever the clock of this machine says."""
    if session.get_bind().dialect.name == "postgresql":
        at: dt.datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        return at
    told: str = session.execute(select(func.strftime("%Y-%m-%d %H:%M:%f+00:00", "now"))).scalar_one()
    return dt.datetime.fromisoformat(told)


def take_lease(session: Session, name: str, owner: str, now: dt.datetime, ttl: dt.timedelta) -> bool:
    """Take or renew the lease `name` until `now + ttl`, `now` being `database_now`; whether `owner` holds it now.

    A conditional update, so that of two that try at once exactly one holds it. One that runs out later than a living
    owner can have put it was taken while the database's clock was wrong, and is free. The caller commits.
    """
    columns = _LEASE.c
    # A term to spare: another may have asked the time after us and written before us.
    free = (columns.expires_at <= now) | (columns.expires_at > now + 2 * ttl)
    renewed = session.execute(
        update(_LEASE)
        .where(columns.name == name, (columns.owner == owner) | free)
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


def drop_lease(session: Session, name: str, owner: str) -> None:
    """Forget the lease of a name that nobody asks for again, if `owner` holds it. The caller commits."""
    session.execute(delete(_LEASE).where(_LEASE.c.name == name, _LEASE.c.owner == owner))


def take_once(session: Session, name: str, ttl: dt.timedelta) -> bool:
    """Whether nobody asked for the name before, as far as `ttl` back; of two that ask at once one did. The caller
    commits.
    """
    now = database_now(session)
    kind = name.partition(":")[0]
    session.execute(delete(_LEASE).where(_LEASE.c.name.startswith(f"{kind}:"), _LEASE.c.expires_at <= now))
    return take_lease(session, name, uuid4().hex, now, ttl)
