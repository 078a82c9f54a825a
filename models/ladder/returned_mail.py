"""What came back by mail: that a message was not delivered, is delayed, or that its reader is away."""

import datetime as dt

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from models.coded import Coded, coded
from models.row import Row


class ReturnKind(Coded):
    """What a mail that came back says."""

    FAILED = "failed", "退信"
    DELAYED = "delayed", "投递延迟"
    AWAY = "away", "自动回复"


class ReturnedMail(Row, table=True):
    """What one mail said of one message, once: the mail is known again by its `fingerprint`, wherever it lies."""

    __tablename__ = "returned_mail"
    __table_args__ = (UniqueConstraint("message_id", "fingerprint"),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id")
    fingerprint: str = Field(max_length=64)
    kind: ReturnKind = Field(sa_type=coded(ReturnKind))
    words: str = Field(max_length=300)
    read_at: dt.datetime


class MailboxPlace(Row, table=True):
    """How far a mailbox was read: up to the mail `uid`, as long as its numbers mean the same (`validity`, RFC 9051)."""

    __tablename__ = "mailbox_place"

    mailbox: str = Field(primary_key=True, max_length=500)
    validity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    """Both have 32 bits and no sign."""
