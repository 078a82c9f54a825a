"""How the engine stands: what waits to be sent, what the database weighs, when each rhythm last ended."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select
from sqlmodel import func as sql

from models.database import reading
from models.migrate import revisions
from models.notice import DeliveryAttempt, Digest, Notice, NoticeState
from models.person import Person
from models.rhythm import Lease


@dataclass(frozen=True)
class Queue:
    """What is to be sent to the people of some organs; `oldest_on` is the first day on which any of it might have."""

    pending: int
    held: int
    """Of those pending, the ones that may not leave before a later day."""
    parked: int
    digests: dict[str, int]
    oldest_on: dt.date | None
    failures: int
    """Tries that ended without delivery in the last seven days."""


@dataclass(frozen=True)
class DatabaseFacts:
    """The database in numbers; `bytes` is what it takes on disk."""

    system: str
    version: str
    schema: str
    bytes: int


def show_queue(session: Session, organs: Collection[int], *, on: dt.date, now: dt.datetime) -> Queue:
    """The queue of the people of these organs on the day."""
    ours = select(col(Person.id)).where(col(Person.organ_id).in_(organs))
    notices = select(
        sql.count().filter(col(Notice.state) == NoticeState.PENDING),
        sql.count().filter(col(Notice.state) == NoticeState.PENDING, col(Notice.send_on) > on),
        sql.count().filter(col(Notice.state) == NoticeState.PARKED),
        sql.min(col(Notice.send_on)).filter(col(Notice.state) == NoticeState.PENDING),
    ).where(col(Notice.recipient_id).in_(ours), col(Notice.state).in_([NoticeState.PENDING, NoticeState.PARKED]))
    pending, held, parked, oldest_on = session.execute(notices).one()
    digests = select(Digest.state, sql.count()).where(col(Digest.recipient_id).in_(ours)).group_by(col(Digest.state))
    failed = (
        select(sql.count())
        .select_from(DeliveryAttempt)
        .join(Digest, col(Digest.id) == DeliveryAttempt.digest_id)
        .where(
            col(Digest.recipient_id).in_(ours),
            col(DeliveryAttempt.delivered).is_(False),
            col(DeliveryAttempt.started_at) > now - dt.timedelta(days=7),
        )
    )
    return Queue(
        pending=pending, held=held, parked=parked, oldest_on=oldest_on,
        digests=dict(session.exec(digests).all()), failures=session.exec(failed).one(),
    )  # fmt: skip


def is_reachable(database: Engine) -> bool:
    """Whether the database answers at all."""
    try:
        with reading(database) as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def show_database(session: Session) -> DatabaseFacts:
    """Which system holds the office's rows, its version, the version of our tables, and its size in bytes."""
    system = session.get_bind().dialect.name
    if system == "sqlite":
        size = session.execute(
            text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        ).scalar_one()
        version = session.execute(text("SELECT sqlite_version()")).scalar_one()
    else:
        size = session.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        version = session.execute(text("SHOW server_version")).scalar_one()
    return DatabaseFacts(
        {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(system, system), version, revisions()[-1], size
    )


def clock_lease(session: Session) -> Lease | None:
    """Which process runs the clock, and until when; None where none ever did."""
    return session.exec(select(Lease)).first()
