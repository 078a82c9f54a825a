"""Letters: what a person is told about the own account and post, by mail and at once, apart from the daily digest."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field, text

from models.coded import Coded, coded
from models.ladder.message import SendState
from models.row import Row


class LetterKind(Coded):
    """What a letter is about."""

    INVITATION = "invitation", "开通账户"
    RESET = "reset", "重设密码"
    ACCOUNT = "account", "账户变动"
    POST = "post", "任职"
    LEAVE = "leave", "请假"
    ADDRESS = "address", "邮箱变更"


class Letter(Row, table=True):
    """One message to one person about one act, sent once: the act names it in `subject`, which is unique.

    `account_id` asks for a one-time address to be put in as the letter leaves: the code is made in that moment and only
    its hash is kept (`tasks.notices.send_letters`), so that what waits here opens nothing.
    """

    __table_args__ = (
        Index(
            "ix_letter_waiting",
            "next_try_at",
            sqlite_where=text("state IN ('waiting', 'sending')"),
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(max_length=100, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    address: str = Field(max_length=254)
    """Where it goes: fixed when it is written, since a changed address is told to the one before."""
    kind: LetterKind = Field(sa_type=coded(LetterKind))
    text: str = Field(max_length=500)
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    made_at: dt.datetime
    state: SendState = Field(default=SendState.WAITING, sa_type=coded(SendState))
    attempts: int = 0
    next_try_at: dt.datetime
    sent_at: dt.datetime | None = None
    answer: str | None = Field(default=None, max_length=500)
    """What the mail server said last."""
