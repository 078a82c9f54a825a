"""How the office's machinery fares, in numbers: how late reminders are, what waits and for how long. Nothing on people.

Everything is counted by an index or in a table that stays small; a monitor may ask every few seconds.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, SQLModel, col, func, select

from models.clock import day_of, opening_of
from models.job import Job, JobState
from models.notice import Digest, DigestState, Notice, NoticeState
from models.rhythm import LastRun
from models.web_session import WebSession
from models.webhook import MessageState, WebhookMessage
from tasks.hold_session import IDLE


@dataclass(frozen=True)
class Measures:
    """Counts by state, ages in seconds, instants."""

    last_runs: Mapping[str, dt.datetime]
    """When each rhythm ran to its end."""
    notices_pending: int
    oldest_unsent_seconds: float
    """Since the opening of the first day on which the oldest pending notice might have left; 0 where none waits."""
    digests: Mapping[str, int]
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
        digests=_by_state(session, Digest, DigestState),
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
    session: Session, table: type[SQLModel], states: type[DigestState] | type[MessageState] | type[JobState]
) -> dict[str, int]:
    """How many rows are in each state, those with none named too."""
    state = getattr(table, "state")  # noqa: B009 - a column of each of these tables
    found = dict(session.exec(select(state, func.count()).group_by(state)).all())
    return {member.value: found.get(member, 0) for member in states}
