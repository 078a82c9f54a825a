"""Messages: what notices are put into before they leave, and every try at sending one."""

import datetime as dt

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from models.coded import Coded, coded
from models.row import Row


class SendState(Coded):
    """A message is claimed before it is sent, so that two senders never send it twice."""

    WAITING = "waiting", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    EMPTY = "empty", "内容已全部取消"
    MERGED = "merged", "已并入后一封"
    PARKED = "parked", "多次失败，已停发"


class MessageKind(Coded):
    """Why a message exists: the day's digest, something that cannot wait for it, the signed end of the trail."""

    DIGEST = "digest", "每日汇总"
    URGENT = "urgent", "即时通知"
    HEAD = "head", "操作记录链尾"


class Message(Row, table=True):
    """One message to one person: one digest a day, one signed end, any number of urgent ones.

    `reference` is fixed from the start, whatever is tried, so that a repeat can be recognised, and cannot be guessed: a
    mail that comes back is believed by it. `channels` are the ways in the order in which they are tried, and `channel`
    is the one it is on; `attempts` counts the tries by this one. What became of it has its times: made (planned), sent
    (a provider took it), delivered (it says so), read (opened).
    """

    __table_args__ = (
        UniqueConstraint("recipient_id", "on", "kind", "ordinal"),
        Index("ix_message_state", "state", "sent_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    recipient_id: int = Field(foreign_key="person.id")
    on: dt.date
    kind: MessageKind = Field(default=MessageKind.DIGEST, sa_type=coded(MessageKind))
    ordinal: int = 0
    """Of the urgent messages of the day, the how manieth; else 0."""
    reference: str = Field(max_length=100, unique=True)
    channels: list[str] = Field(sa_type=JSON)
    channel: str = Field(max_length=20)
    state: SendState = Field(default=SendState.WAITING, sa_type=coded(SendState))
    attempts: int = 0
    next_try_at: dt.datetime
    made_at: dt.datetime
    sent_at: dt.datetime | None = None
    delivered_at: dt.datetime | None = None
    read_at: dt.datetime | None = None


class DeliveryAttempt(Row, table=True):
    """One try at sending a message, written before the network is spoken to, completed with its answer."""

    __tablename__ = "delivery_attempt"

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    channel: str = Field(max_length=20)
    started_at: dt.datetime
    ended_at: dt.datetime | None = None
    delivered: bool | None = None
    """Whether the provider took it; none: no answer was heard, or the whole channel was down and it was not tried."""
    answer: str | None = Field(default=None, max_length=500)
