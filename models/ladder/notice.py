"""Notices: the ledger of what was to be said to whom, and what became of it."""

import datetime as dt

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, text

from models.coded import Coded, coded
from models.people.person import Role
from models.row import Row


class NoticeKind(Coded):
    """Before the due day people are reminded; after it matters are escalated; the rest comes from people."""

    REMINDER = "reminder", "提醒"
    ESCALATION = "escalation", "升级督办"
    URGE = "urge", "催办"
    INSTRUCTION = "instruction", "批示交办"
    APPROVAL = "approval", "待审批"
    ANSWER = "answer", "办理结果"


class NoticeState(Coded):
    """What became of a notice."""

    PENDING = "pending", "待发送"
    SENT = "sent", "已发送"
    COLLAPSED = "collapsed", "已并入更高一级"
    DROPPED = "dropped", "已取消"
    PARKED = "parked", "多次失败,已搁置"


class Via(Coded):
    """How the recipient was found."""

    HOLDER = "holder", "本人"
    DEPUTY = "deputy", "代理人"
    NEXT_LEVEL = "next_level", "上一级"
    NOBODY = "nobody", "无人可送"


class Notice(Row, table=True):
    """One rung, one deadline, one recipient, once: the fire day leads the key.

    A notice that a person's act brings about has no rung; its `subject` names the act, and one act tells one
    recipient once.

    `fire_on` is the day the ladder sets, `raised_on` the day a sweep found it; where they differ because a
    sweep was missed the notice is `late`. `send_on` is the first day it may leave (a rest day holds it).
    """

    __table_args__ = (
        Index(
            "uq_notice_rung",
            "fire_on",
            "deadline_id",
            "rung_id",
            "recipient_id",
            unique=True,
            sqlite_where=text("taken_back_on IS NULL"),
            postgresql_where=text("taken_back_on IS NULL"),
        ),
        Index(
            "uq_notice_nobody",
            "fire_on",
            "deadline_id",
            "rung_id",
            unique=True,
            sqlite_where=text("recipient_id IS NULL AND taken_back_on IS NULL"),
            postgresql_where=text("recipient_id IS NULL AND taken_back_on IS NULL"),
        ),
        Index(
            "ix_notice_pending",
            "recipient_id",
            "send_on",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "uq_notice_subject",
            "subject",
            "recipient_id",
            unique=True,
            sqlite_where=text("subject IS NOT NULL"),
            postgresql_where=text("subject IS NOT NULL"),
        ),
        Index("ix_notice_raised_on", "raised_on"),
        Index("ix_notice_item_id", "item_id"),
        Index("ix_notice_digest_id", "digest_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    fire_on: dt.date
    deadline_id: int = Field(foreign_key="deadline.id")
    item_id: int = Field(foreign_key="work_item.id")
    rung_id: int | None = Field(default=None, foreign_key="rung.id")
    subject: str | None = Field(default=None, max_length=60)
    text: str | None = Field(default=None, max_length=300)
    """What happened, in a line, where no rung says it."""
    recipient_id: int | None = Field(default=None, foreign_key="person.id")
    role: Role = Field(sa_type=coded(Role))
    via: Via = Field(sa_type=coded(Via))
    kind: NoticeKind = Field(sa_type=coded(NoticeKind))
    due_on: dt.date
    raised_on: dt.date
    send_on: dt.date
    late: bool = False
    state: NoticeState = Field(sa_type=coded(NoticeState))
    reason: str | None = Field(default=None, max_length=300)
    """Why a notice was dropped, collapsed or parked."""
    digest_id: int | None = Field(default=None, foreign_key="digest.id")
    taken_back_on: dt.date | None = None
    """The day on which its sweep was taken back before it had left; from then on its key is free for the right one."""


class DigestState(Coded):
    """A digest is claimed before it is sent, so that two senders never send it twice."""

    WAITING = "waiting", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    EMPTY = "empty", "内容已全部取消"
    PARKED = "parked", "多次失败,已搁置"


class Digest(Row, table=True):
    """One message per person, day and channel. `message_id` is fixed from the start: a repeat can be recognised."""

    __table_args__ = (
        UniqueConstraint("recipient_id", "on", "channel"),
        Index(
            "ix_digest_waiting",
            "next_try_at",
            sqlite_where=text("state IN ('waiting', 'sending')"),
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    recipient_id: int = Field(foreign_key="person.id")
    on: dt.date
    channel: str = Field(max_length=20)
    message_id: str = Field(max_length=100)
    state: DigestState = Field(default=DigestState.WAITING, sa_type=coded(DigestState))
    attempts: int = 0
    next_try_at: dt.datetime
    sent_at: dt.datetime | None = None


class DeliveryAttempt(Row, table=True):
    """One try at sending a digest, written before the network is spoken to, completed with its answer."""

    __tablename__ = "delivery_attempt"

    id: int | None = Field(default=None, primary_key=True)
    digest_id: int = Field(foreign_key="digest.id", index=True)
    started_at: dt.datetime
    ended_at: dt.datetime | None = None
    delivered: bool | None = None
    answer: str | None = Field(default=None, max_length=500)
