"""Webhooks: addresses that are told of what happened, and the queue of what they are to be told.

The signing secret of a webhook is derived from the data folder's own key and never stored.
"""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, text

from models.coded import Coded, coded
from models.row import Row


class Webhook(Row, table=True):
    """One address of one organ. Events up to the cursors have been queued; `salt` makes its secret its own."""

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id", index=True)
    url: str = Field(max_length=500)
    events: list[str] = Field(sa_type=JSON)
    salt: str = Field(max_length=64)
    after_entry_id: int = 0
    after_notice_id: int = 0
    made_by_id: int | None = Field(default=None, foreign_key="person.id")
    made_at: dt.datetime
    stopped_at: dt.datetime | None = None


class MessageState(Coded):
    """What became of a message."""

    WAITING = "waiting", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    PARKED = "parked", "多次失败，已停发"


class WebhookMessage(Row, table=True):
    """One event for one address, once. `message_id` is fixed from the start: a repeat can be recognised."""

    __tablename__ = "webhook_message"
    __table_args__ = (
        UniqueConstraint("webhook_id", "source"),
        Index(
            "ix_webhook_message_waiting",
            "next_try_at",
            sqlite_where=text("state IN ('waiting', 'sending')"),
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    webhook_id: int = Field(foreign_key="webhook.id")
    source: str = Field(max_length=60)
    """Which row it tells of, as `audit_entry:12` or `notice:7`."""
    event: str = Field(max_length=60)
    message_id: str = Field(max_length=64)
    payload: dict[str, Any] = Field(sa_type=JSON)
    made_at: dt.datetime
    state: MessageState = Field(default=MessageState.WAITING, sa_type=coded(MessageState))
    attempts: int = 0
    next_try_at: dt.datetime
    sent_at: dt.datetime | None = None
    answer: str | None = Field(default=None, max_length=500)
