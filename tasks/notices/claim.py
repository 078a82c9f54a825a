"""Claiming messages before they are sent, and recording how each try ended: in groups, each its own short transaction.

A message is claimed by a conditional update and committed before the network is spoken to. A claim that was never
settled is taken to be a crash once it is older than CLAIM, and tried again with the same reference.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col

from models.database import unit_of_work
from models.ladder.message import DeliveryAttempt, Message, MessageKind, SendState
from models.ladder.notice import Notice, NoticeState
from models.people.organ import Organ
from models.people.person import Person
from tasks.notices.channel import MessageChannel
from tasks.notices.channel_health import allowance, draw, note_down, note_passed
from tasks.notices.reach import address_on

BATCH = 200
"""Messages claimed at a time: what a crash leaves waiting for its claim to run out is at most this many."""
CLAIM = dt.timedelta(minutes=10)
"""A claim older than this is taken to be a crash, and tried again."""
MESSAGE, ATTEMPT, NOTICE = (
    SQLModel.metadata.tables[str(table.__tablename__)] for table in (Message, DeliveryAttempt, Notice)
)
_INSTANT = MESSAGE.c.sent_at.type


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
        free = (
            sa.select(MESSAGE.c.id)
            .where(MESSAGE.c.state.in_([SendState.WAITING, SendState.SENDING]), MESSAGE.c.next_try_at <= now)
            .where(MESSAGE.c.channel == channel.name)
            .order_by(MESSAGE.c.attempts > 0, MESSAGE.c.kind != MessageKind.URGENT, MESSAGE.c.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        if urgent_only:
            free = free.where(MESSAGE.c.kind == MessageKind.URGENT)
        taken = (
            sa.update(MESSAGE)
            .where(MESSAGE.c.id.in_(free), MESSAGE.c.next_try_at <= now)
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
            .where(MESSAGE.c.id.in_(ids))
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


_END_MESSAGE = (
    sa.update(MESSAGE)
    .where(MESSAGE.c.id == sa.bindparam("message"), MESSAGE.c.state == SendState.SENDING)
    .values(
        state=sa.bindparam("became"),
        next_try_at=sa.bindparam("try_at"),
        attempts=MESSAGE.c.attempts - sa.bindparam("uncounted", type_=sa.Integer),
        sent_at=sa.func.coalesce(sa.bindparam("left_at", type_=_INSTANT), MESSAGE.c.sent_at),
        delivered_at=sa.func.coalesce(sa.bindparam("arrived_at", type_=_INSTANT), MESSAGE.c.delivered_at),
    )
)
_GO_ON = (
    sa.update(MESSAGE).where(MESSAGE.c.id == sa.bindparam("message")).values(channel=sa.bindparam("next"), attempts=0)
)
_END_ATTEMPT = (
    sa.update(ATTEMPT)
    .where(ATTEMPT.c.message_id == sa.bindparam("message"), ATTEMPT.c.ended_at.is_(None))
    .values(ended_at=sa.bindparam("at"), delivered=sa.bindparam("taken"), answer=sa.bindparam("said"))
)
_END_NOTICES = (
    sa.update(NOTICE)
    .where(NOTICE.c.message_id == sa.bindparam("message"), NOTICE.c.state == NoticeState.PENDING)
    .values(state=sa.bindparam("became"), reason=sa.bindparam("because"))
)


def settle(engine: Engine, channel: MessageChannel, outcomes: Sequence[TryOutcome], *, now: dt.datetime) -> None:
    """Record how tries ended, on each message, its attempt and the notices in it, in one transaction."""
    messages, attempts, notices, moved = [], [], [], []
    for outcome in outcomes:
        message: dict[str, Any] = {"message": outcome.message_id}
        sent = outcome.state is SendState.SENT and outcome.taken
        times = {"left_at": now if sent else None, "arrived_at": now if outcome.delivered else None}
        messages.append(
            message | times
            | {"became": outcome.state, "try_at": outcome.retry_at or now, "uncounted": int(not outcome.counted)}
        )  # fmt: skip
        attempts.append(message | {"at": now, "taken": sent, "said": outcome.answer[:500]})
        if outcome.goes_on is not None:
            moved.append(message | {"next": outcome.goes_on})
        if sent:
            notices.append(message | {"became": NoticeState.SENT, "because": None})
        elif outcome.state is SendState.PARKED:
            notices.append(message | {"became": NoticeState.PARKED, "because": outcome.answer[:300]})
    with unit_of_work(engine) as session:
        connection = session.connection()
        for statement, rows in (
            (_END_MESSAGE, messages), (_GO_ON, moved), (_END_ATTEMPT, attempts), (_END_NOTICES, notices),
        ):  # fmt: skip
            if rows:
                connection.execute(statement, rows)
        if any(outcome.state is SendState.SENT and outcome.taken for outcome in outcomes):
            note_passed(session, channel.name, now=now)


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
            words = [{"message": one.id, "at": now, "taken": None, "said": (reason or "")[:500]} for one in tried]
            session.connection().execute(_END_ATTEMPT, words)
        if untried:
            ids = [one.id for one in untried]
            session.execute(sa.delete(ATTEMPT).where(ATTEMPT.c.message_id.in_(ids), ATTEMPT.c.ended_at.is_(None)))


def _release(session: Session, ids: Sequence[int], now: dt.datetime) -> None:
    session.execute(
        sa.update(MESSAGE)
        .where(MESSAGE.c.id.in_(ids), MESSAGE.c.state == SendState.SENDING)
        .values(state=SendState.WAITING, next_try_at=now, attempts=MESSAGE.c.attempts - 1)
    )
