"""Claiming messages before they are sent, and recording how each try ended: in groups, each its own short transaction.

A message is claimed by a conditional update and committed before the network is spoken to. A claim that was never
settled is taken to be a crash once it is older than CLAIM, and tried again with the same reference.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col

from models.among import among
from models.database import unit_of_work
from models.ladder.message import DeliveryAttempt, Message, MessageKind, SendState
from models.ladder.notice import Notice, NoticeState
from models.people.organ import Organ
from models.people.person import Person
from tasks.notices.channel import MessageChannel
from tasks.notices.channel_health import allowance, draw, note_down, note_passed
from tasks.notices.reach import address_on

BATCH = 500
"""Messages claimed at a time: what a crash leaves waiting for its claim to run out is at most this many."""
CLAIM = dt.timedelta(minutes=10)
"""A claim older than this is taken to be a crash, and tried again."""
MESSAGE, ATTEMPT, NOTICE = (
    SQLModel.metadata.tables[str(table.__tablename__)] for table in (Message, DeliveryAttempt, Notice)
)


@dataclass(frozen=True)
class Claim:
    """A message this run holds, and whom it is for. `attempts` counts this try too."""

    id: int
    reference: str
    kind: MessageKind
    on: dt.date
    channels: Sequence[str]
    attempts: int
    sent_before: bool
    """Whether it left by another channel already, and nobody opened it."""
    name: str
    address: str | None
    organ_id: int
    organ: str


def claim(engine: Engine, channel: MessageChannel, *, now: dt.datetime, urgent_only: bool = False) -> Sequence[Claim]:
    """Take the next messages of the channel that nobody else holds, as many as it may send, and note the attempt.

    What cannot wait goes first, what was tried before and failed goes last.
    """
    with unit_of_work(engine) as session:
        most = allowance(session, channel, BATCH, now=now)
        if not most:
            return []
        waits = (
            sa.select(MESSAGE.c.id)
            .where(MESSAGE.c.state.in_([SendState.WAITING, SendState.SENDING]), MESSAGE.c.next_try_at <= now)
            .where(MESSAGE.c.channel == channel.name)
            .order_by(MESSAGE.c.attempts > 0, MESSAGE.c.kind != MessageKind.URGENT, MESSAGE.c.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        if urgent_only:
            waits = waits.where(MESSAGE.c.kind == MessageKind.URGENT)
        # Named apart it is asked once: inside the condition PostgreSQL may ask anew for each row, past the limit.
        free = waits.cte("free")
        taken = (
            sa.update(MESSAGE)
            .where(MESSAGE.c.id.in_(sa.select(free.c.id)), MESSAGE.c.next_try_at <= now)
            .values(state=SendState.SENDING, next_try_at=now + CLAIM, attempts=MESSAGE.c.attempts + 1)
            .returning(MESSAGE.c.id)
        )
        ids = session.execute(taken).scalars().all()
        if not ids:
            return []
        draw(session, channel, len(ids), now=now)
        attempts = [{"message_id": one, "channel": channel.name, "started_at": now} for one in ids]
        session.connection().execute(sa.insert(ATTEMPT), attempts)
        rows = session.execute(
            sa.select(
                MESSAGE.c.id, MESSAGE.c.reference, MESSAGE.c.kind, MESSAGE.c.on, MESSAGE.c.channels, MESSAGE.c.attempts,
                MESSAGE.c.sent_at.is_not(None), col(Person.name), address_on(channel), col(Organ.id), col(Organ.name),
            )
            .join(Person, col(Person.id) == MESSAGE.c.recipient_id)
            .join(Organ, col(Organ.id) == col(Person.organ_id))
            .where(among(MESSAGE.c.id, ids))
            .order_by(MESSAGE.c.attempts > 1, MESSAGE.c.kind != MessageKind.URGENT, MESSAGE.c.id)
        )  # fmt: skip
        return [Claim(*row) for row in rows]


@dataclass(frozen=True)
class TryOutcome:
    """How a try ended. `goes_on` names the channel by which the message is tried next, where this one is done with."""

    message_id: int
    state: SendState
    answer: str
    retry_at: dt.datetime | None = None
    goes_on: str | None = None
    delivered: bool = False
    taken: bool = True
    """Whether the provider took it; false for one that stays sent by the channel before."""
    counted: bool = True
    """Whether this try is one of those after which a message is given up."""

    @property
    def left(self) -> bool:
        """Whether it left by this try."""
        return self.state is SendState.SENT and self.taken


def settle(engine: Engine, channel: MessageChannel, outcomes: Sequence[TryOutcome], *, now: dt.datetime) -> None:
    """Record how tries ended, on each message, its attempt and the notices in it, in one transaction.

    What ended alike is recorded together: a quick mail server says the same of every mail.
    """
    alike: dict[TryOutcome, list[int]] = defaultdict(list)
    for outcome in outcomes:
        alike[replace(outcome, message_id=0)].append(outcome.message_id)
    with unit_of_work(engine) as session:
        for outcome, ids in alike.items():
            _end(session, outcome, ids, now)
        if any(outcome.left for outcome in alike):
            note_passed(session, channel.name, now=now)


def _end(session: Session, outcome: TryOutcome, ids: Sequence[int], now: dt.datetime) -> None:
    became: dict[str, Any] = {"state": outcome.state, "next_try_at": outcome.retry_at or now}
    if not outcome.counted:
        became["attempts"] = MESSAGE.c.attempts - 1
    if outcome.left:
        became["sent_at"] = now
    if outcome.delivered:
        became["delivered_at"] = now
    if outcome.goes_on is not None:
        became |= {"channel": outcome.goes_on, "attempts": 0}
    held = among(MESSAGE.c.id, ids) & (MESSAGE.c.state == SendState.SENDING)
    session.execute(sa.update(MESSAGE).where(held).values(became))
    _end_attempts(session, ids, now, delivered=outcome.left, answer=outcome.answer)
    told: dict[str, Any] | None = None
    if outcome.left:
        told = {"state": NoticeState.SENT, "reason": None}
    elif outcome.state is SendState.PARKED:
        told = {"state": NoticeState.PARKED, "reason": outcome.answer[:300]}
    if told is not None:
        inside = among(NOTICE.c.message_id, ids) & (NOTICE.c.state == NoticeState.PENDING)
        session.execute(sa.update(NOTICE).where(inside).values(told))


def _end_attempts(
    session: Session, ids: Sequence[int], now: dt.datetime, *, delivered: bool | None, answer: str
) -> None:
    running = among(ATTEMPT.c.message_id, ids) & ATTEMPT.c.ended_at.is_(None)
    session.execute(sa.update(ATTEMPT).where(running).values(ended_at=now, delivered=delivered, answer=answer[:500]))


def give_back(
    engine: Engine, channel: MessageChannel, tried: Sequence[Claim], untried: Sequence[Claim], *, now: dt.datetime,
    reason: str | None, pause: dt.timedelta | None = None,
) -> None:  # fmt: skip
    """Let claims go as if they had never been made; with a `reason`, note that the channel is down.

    Of those that met the failure the attempt stays on record, uncounted.
    """
    with unit_of_work(engine) as session:
        if reason is not None:
            note_down(session, channel.name, reason, now=now, pause=pause)
        _release(session, [one.id for one in (*tried, *untried)], now)
        if tried:
            _end_attempts(session, [one.id for one in tried], now, delivered=None, answer=reason or "")
        if untried:
            ids = [one.id for one in untried]
            session.execute(sa.delete(ATTEMPT).where(among(ATTEMPT.c.message_id, ids), ATTEMPT.c.ended_at.is_(None)))


def _release(session: Session, ids: Sequence[int], now: dt.datetime) -> None:
    session.execute(
        sa.update(MESSAGE)
        .where(among(MESSAGE.c.id, ids), MESSAGE.c.state == SendState.SENDING)
        .values(state=SendState.WAITING, next_try_at=now, attempts=MESSAGE.c.attempts - 1)
    )
