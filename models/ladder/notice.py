"""Notices: the ledger of what was to be said to whom, and what became of it."""

import datetime as dt

from sqlalchemy import Index
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
    RETURNED = "returned", "退回"
    TRANSFERRED = "transferred", "转办"
    CHANGED = "changed", "任务变更"
    COPIED = "copied", "抄送"
    COMMENT = "comment", "留言"


AT_ONCE = (
    NoticeKind.ESCALATION,
    NoticeKind.URGE,
    NoticeKind.INSTRUCTION,
    NoticeKind.RETURNED,
    NoticeKind.TRANSFERRED,
    NoticeKind.CHANGED,
)
"""What leaves at once, in a message of its own; the rest waits for the person's digest of the day."""


class NoticeState(Coded):
    """What became of a notice."""

    PENDING = "pending", "待发送"
    SENT = "sent", "已发送"
    COLLAPSED = "collapsed", "已并入更高一级"
    DROPPED = "dropped", "已取消"
    PARKED = "parked", "多次失败，已停发"


class Via(Coded):
    """How the recipient was found."""

    HOLDER = "holder", "本人"
    DEPUTY = "deputy", "代理人"
    NEXT_LEVEL = "next_level", "上一级"
    NOBODY = "nobody", "无人可送"
    NAMED = "named", "指名抄送"
    CALLED = "called", "留言提到或抄送"
    JOINED = "joined", "参与留言"


BY_PERSON = (Via.NAMED, Via.CALLED, Via.JOINED)
"""Of the person alone, whatever post that is: for no successor and nobody who stands in."""


class Notice(Row, table=True):
    """One rung, one deadline as it is due, one recipient, once: the fire day leads the key. Whoever answers for several
    cooperating units is told of each: its name stands as `text`.

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
            "due_on",
            "for_unit",
            unique=True,
            sqlite_where=text("taken_back_on IS NULL"),
            postgresql_where=text("taken_back_on IS NULL"),
        ),
        Index(
            "uq_notice_nobody",
            "fire_on",
            "deadline_id",
            "rung_id",
            "due_on",
            "for_unit",
            unique=True,
            sqlite_where=text("recipient_id IS NULL AND taken_back_on IS NULL"),
            postgresql_where=text("recipient_id IS NULL AND taken_back_on IS NULL"),
        ),
        Index(
            "ix_notice_pending",
            "send_on",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_notice_unread",
            "recipient_id",
            sqlite_where=text("state = 'sent' AND read_at IS NULL"),
            postgresql_where=text("state = 'sent' AND read_at IS NULL"),
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
        Index(
            "ix_notice_message_id",
            "message_id",
            sqlite_where=text("message_id IS NOT NULL"),
            postgresql_where=text("message_id IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    fire_on: dt.date
    deadline_id: int = Field(foreign_key="deadline.id")
    item_id: int = Field(foreign_key="work_item.id")
    rung_id: int | None = Field(default=None, foreign_key="rung.id")
    subject: str | None = Field(default=None, max_length=60)
    text: str | None = Field(default=None, max_length=300)
    """What happened, in a line, where no rung says it; of a rung that asks a cooperating unit, the unit's name."""
    for_unit: str = Field(default="", max_length=300, sa_column_kwargs={"server_default": ""})
    """That name again, for the key: whoever answers for two units is asked for each."""
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
    """Why a notice was dropped, collapsed or parked; of one that was sent, what came back."""
    read_at: dt.datetime | None = None
    """When its recipient opened it, by the link in a message or in the system."""
    message_id: int | None = Field(default=None, foreign_key="message.id")
    taken_back_on: dt.date | None = None
    """The day on which its sweep was taken back, or its deadline moved, before it had left; from then on its key is
    free for the right one."""
