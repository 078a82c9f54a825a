"""Rows that may be pruned, by kind: which they are, how many, and a batch of them deleted."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from models.engine.job import Job, JobState
from models.engine.webhook import MessageState, WebhookMessage
from models.ladder.message import DeliveryAttempt, Message, SendState
from models.ladder.notice import Notice
from models.ladder.returned_mail import ReturnedMail
from models.people.account import OneTimeCode, RecoveryCode
from models.people.keyed_request import KeyedRequest
from models.people.web_session import WebSession

BATCH = 5_000
"""Rows deleted at a time: between two batches others can write."""

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class OldRows:
    """Rows of one table that are kept for the days of `term` (a field of KeepDays)."""

    term: str
    label: str
    model: type[SQLModel]
    older: Callable[[dt.datetime], Condition]
    """Which rows are old at an instant before which they have served their purpose."""

    @property
    def table(self) -> sa.Table:
        return SQLModel.metadata.tables[str(self.model.__tablename__)]


def _sessions(before: dt.datetime) -> Condition:
    last = sa.select(sa.func.max(col(WebSession.id))).group_by(col(WebSession.person_id))
    ended = sa.or_(col(WebSession.ended_at) < before, col(WebSession.expires_at) < before)
    return sa.and_(ended, col(WebSession.id).not_in(last))


def _codes(before: dt.datetime) -> Condition:
    return sa.or_(col(OneTimeCode.used_at) < before, col(OneTimeCode.expires_at) < before)


def _recovery_codes(before: dt.datetime) -> Condition:
    return col(RecoveryCode.used_at) < before


def _requests(before: dt.datetime) -> Condition:
    return col(KeyedRequest.made_at) < before


def _jobs(before: dt.datetime) -> Condition:
    return sa.and_(col(Job.state).in_([JobState.DONE, JobState.FAILED]), col(Job.ended_at) < before)


def _webhooks(before: dt.datetime) -> Condition:
    ended = col(WebhookMessage.state).in_([MessageState.SENT, MessageState.PARKED])
    return sa.and_(ended, col(WebhookMessage.made_at) < before)


_CARRIED = sa.select(col(Notice.id)).where(col(Notice.message_id) == Message.id).exists()
_MOVING = col(Message.state).in_([SendState.WAITING, SendState.SENDING])


def _attempts(before: dt.datetime) -> Condition:
    """How a notice was delivered is evidence; that an earlier try failed is none, once the message is at rest."""
    idle = sa.select(col(Message.id)).where(~_MOVING, col(Message.id) == DeliveryAttempt.message_id)
    undelivered = sa.and_(col(DeliveryAttempt.delivered).is_not(True), idle.exists())
    return sa.and_(col(DeliveryAttempt.started_at) < before, sa.or_(undelivered, idle.where(~_CARRIED).exists()))


def _messages(before: dt.datetime) -> Condition:
    tried = sa.select(col(DeliveryAttempt.id)).where(col(DeliveryAttempt.message_id) == Message.id).exists()
    returned = sa.select(col(ReturnedMail.id)).where(col(ReturnedMail.message_id) == Message.id).exists()
    return sa.and_(col(Message.made_at) < before, ~_MOVING, ~_CARRIED, ~tried, ~returned)


OLD_ROWS = (
    OldRows("sessions", "已结束的登录", WebSession, _sessions),
    OldRows("codes", "用过和过期的一次性地址", OneTimeCode, _codes),
    OldRows("codes", "用过的恢复码", RecoveryCode, _recovery_codes),
    OldRows("requests", "防止重复提交的凭据", KeyedRequest, _requests),
    OldRows("jobs", "已结束的后台工作", Job, _jobs),
    OldRows("webhooks", "已结束的接口推送", WebhookMessage, _webhooks),
    OldRows("attempts", "没有送达的发送尝试", DeliveryAttempt, _attempts),
    OldRows("messages", "不载通知的消息", Message, _messages),
)
"""In the order in which they are pruned: a message goes after the tries at it."""


def weigh_rows(session: Session, kind: OldRows, before: dt.datetime) -> tuple[int, int]:
    """How many rows are old, and about how many bytes their values take. Reads them."""
    values = [sa.func.coalesce(sa.func.length(sa.cast(column, sa.Text)), 0) for column in kind.table.columns]
    size: Any = sa.func.coalesce(sa.func.sum(sum(values[1:], values[0])), 0)
    count, size = session.execute(
        sa.select(sa.func.count(), size).select_from(kind.table).where(kind.older(before))
    ).one()
    return count, int(size)


def prune_rows(session: Session, kind: OldRows, before: dt.datetime) -> int:
    """Delete at most BATCH old rows, the oldest first; how many. The caller commits, and asks again while there are."""
    number = kind.table.c.id
    some = sa.select(number).where(kind.older(before)).order_by(number).limit(BATCH)
    return len(session.execute(sa.delete(kind.table).where(number.in_(some)).returning(number)).all())
