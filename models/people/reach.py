"""How a person is reached: addresses by channel, and what the person prefers, above what the office insists on."""

import datetime as dt

from sqlalchemy import JSON
from sqlmodel import Field

from models.row import Row


class PersonAddress(Row, table=True):
    """What one channel calls a person (an account of 企业微信, a URL); mail and mobile stand with the person."""

    __tablename__ = "person_address"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    channel: str = Field(max_length=20, primary_key=True)
    address: str = Field(max_length=500)


class MessagePreference(Row, table=True):
    """What a person chose. Channels not named follow in the office's order."""

    __tablename__ = "message_preference"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    channels: list[str] = Field(default_factory=list, sa_type=JSON)
    digest_at: dt.time | None = None
    """The hour from which the day's digest leaves, office time; none: the office's."""
    inside_only: list[str] = Field(default_factory=list, sa_type=JSON)
    """Kinds of notices (`NoticeKind`) read in the system alone; never one of those the office insists on."""
