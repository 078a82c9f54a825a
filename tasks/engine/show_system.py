"""How the office's machinery fares, in numbers: when each rhythm last ran to its end, how late reminders are, what
waits and for how long, what the database weighs. Nothing on people.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, SQLModel, col, func, select
from sqlmodel import func as sql

from models.clock import day_of, opening_of
from models.database import reading
from models.engine.job import Job, JobState
from models.engine.problem import OrganProblem
from models.engine.rhythm import LastRun, Lease
from models.engine.webhook import MessageState, WebhookMessage
from models.items.plan import AnnualPlan
from models.ladder.message import DeliveryAttempt, Message, SendState
from models.ladder.notice import Notice, NoticeState
from models.migrate import revisions
from models.people.person import Person
from models.people.web_session import WebSession
from tasks.access.hold_session import IDLE
from tasks.engine.lease import CLOCK


@dataclass(frozen=True)
class Measures:
    """Counts by state, ages in seconds, instants."""

    last_runs: Mapping[str, dt.datetime]
    """When each rhythm ran to its end."""
    notices_pending: int
    oldest_unsent_seconds: float
    """Since the opening of the first day on which the oldest pending notice might have left; 0 where none waits."""
    messages: Mapping[str, int]
    webhook_messages: Mapping[str, int]
    oldest_webhook_seconds: float
    jobs: Mapping[str, int]
    sessions: int
    """Signed-in browsers that have not been idle too long."""


def measure(session: Session, *, now: dt.datetime) -> Measures:
    """The measures at `now`. Seven queries."""
    oldest: dt.date | None
    pending, oldest = session.execute(
        select(func.count(col(Notice.id)), func.min(col(Notice.send_on)))
        .where(Notice.state == NoticeState.PENDING, col(Notice.send_on) <= day_of(now))
    ).one()  # fmt: skip
    waits = col(WebhookMessage.state).in_([MessageState.WAITING, MessageState.SENDING])
    unsent: dt.datetime | None = session.exec(select(func.min(col(WebhookMessage.made_at))).where(waits)).one()
    open_ones = select(func.count(col(WebSession.id))).where(
        col(WebSession.ended_at).is_(None), WebSession.expires_at > now, WebSession.seen_at > now - IDLE
    )
    return Measures(
        last_runs=dict(session.exec(select(LastRun.slug, LastRun.ended_at)).all()),
        notices_pending=pending,
        oldest_unsent_seconds=max(0.0, (now - opening_of(oldest)).total_seconds()) if oldest is not None else 0.0,
        messages=_by_state(session, Message, SendState),
        webhook_messages=_by_state(session, WebhookMessage, MessageState),
        oldest_webhook_seconds=max(0.0, (now - unsent).total_seconds()) if unsent is not None else 0.0,
        jobs=_by_state(session, Job, JobState),
        sessions=session.exec(open_ones).one(),
    )


def lag(planned: dt.datetime | None, ran: dt.datetime | None, *, now: dt.datetime) -> float:
    """Seconds by which a rhythm followed its last planned instant; while it has not, seconds since that instant."""
    if planned is None:
        return 0.0
    followed = ran if ran is not None and ran >= planned else now
    return max(0.0, (followed - planned).total_seconds())


def _by_state(
    session: Session, table: type[SQLModel], states: type[SendState] | type[MessageState] | type[JobState]
) -> dict[str, int]:
    """How many rows are in each state, those with none named too."""
    state = getattr(table, "state")  # noqa: B009 - a column of each of these tables
    found = dict(session.exec(select(state, func.count()).group_by(state)).all())
    return {member.value: found.get(member, 0) for member in states}


def last_runs(session: Session, rhythms: Collection[str]) -> dict[str, LastRun]:
    """The last run of each of these rhythms; one that never ran has none."""
    return {run.slug: run for run in session.exec(select(LastRun).where(col(LastRun.slug).in_(rhythms)))}


def record_run(
    session: Session, rhythm: str, *, on: dt.date, now: dt.datetime, problems: Sequence[OrganProblem] = ()
) -> None:
    """Write down that `rhythm` ended at `now`, having worked for day `on`, and for whom not.

    The day never goes back.
    """
    told = [problem.as_dict() for problem in problems]
    last = session.get(LastRun, rhythm)
    if last is None:
        session.add(LastRun(slug=rhythm, on=on, ended_at=now, problems=told))
    else:
        last.on, last.ended_at, last.problems = max(last.on, on), now, told
    session.flush()


@dataclass(frozen=True)
class Queue:
    """What is to be sent to the people of some organs; `oldest_on` is the first day on which any of it might have."""

    pending: int
    held: int
    """Of those pending, the ones that may not leave before a later day."""
    parked: int
    messages: dict[str, int]
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
    messages = (
        select(Message.state, sql.count()).where(col(Message.recipient_id).in_(ours)).group_by(col(Message.state))
    )
    failed = (
        select(sql.count())
        .select_from(DeliveryAttempt)
        .join(Message, col(Message.id) == DeliveryAttempt.message_id)
        .where(
            col(Message.recipient_id).in_(ours),
            col(DeliveryAttempt.delivered).is_(False),
            col(DeliveryAttempt.started_at) > now - dt.timedelta(days=7),
        )
    )
    return Queue(
        pending=pending, held=held, parked=parked, oldest_on=oldest_on,
        messages=dict(session.exec(messages).all()), failures=session.exec(failed).one(),
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
    return session.get(Lease, CLOCK)


def count_planned_organs(session: Session) -> int:
    """How many organs have a plan that runs."""
    running = select(func.count(func.distinct(AnnualPlan.organ_id))).where(col(AnnualPlan.policy_id).is_not(None))
    return session.exec(running).one()
