"""Accounts: how a person gets in, by a password or by single sign-on, and what was tried at the door.

No secret is kept in clear: of passwords Argon2id hashes, of one-time and recovery codes SHA-256 hashes, the secret of
the second factor sealed under the key of the data folder.
"""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field

from models.coded import Coded, coded
from models.row import Row


class CodeWay(Coded):
    """By which way a one-time code reaches its person."""

    MAIL = "mail", "发到本人邮箱"
    PAPER = "paper", "打印领取单，本人签字领取"
    MACHINE = "machine", "由本机管理员交给本人"


class TouchKind(Coded):
    """What somebody else does to an account by which its owner, or another in the owner's place, may come in."""

    INVITED = "invited", "开通"
    RESET = "reset", "重设密码"
    PRINTED = "printed", "打印领取单"
    BOUND = "bound", "代为绑定单点登录"
    CLEARED = "cleared", "解除第二因素"
    ADDRESS = "address", "变更邮箱"


class Account(Row, table=True):
    """One person's way in. Without a password hash only single sign-on or a one-time code leads in.

    `login` is kept folded (`tasks.access.sign_in`); `subject` is the provider's own name for the person, issuer first.
    """

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", unique=True)
    login: str = Field(max_length=64, unique=True)
    password_hash: str | None = Field(default=None, max_length=200)
    password_set_at: dt.datetime | None = None
    own_at: dt.datetime | None = None
    """When the person last set the password by a way that nobody else had a hand in."""
    subject: str | None = Field(default=None, max_length=500, unique=True)
    otp_secret: str | None = Field(default=None, max_length=200)
    """The secret of the second factor, sealed (`tasks.access.second_factor`); None: there is none."""
    otp_at: dt.datetime | None = None
    otp_step: int | None = None
    """The half minute whose code was used last: neither it nor an earlier one counts again."""
    closed_at: dt.datetime | None = None
    """From then on nobody gets in by it; the row stays, since its sign-ins are on record."""
    made_at: dt.datetime


class OneTimeCode(Row, table=True):
    """A code that lets its account set a password once: an invitation, or help after a forgotten password."""

    __tablename__ = "one_time_code"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    code_hash: str = Field(max_length=64, unique=True)
    handed: CodeWay = Field(sa_type=coded(CodeWay))
    made_at: dt.datetime
    expires_at: dt.datetime
    used_at: dt.datetime | None = None


class RecoveryCode(Row, table=True):
    """A code that stands once for the second factor of whoever lost it."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    code_hash: str = Field(max_length=64, unique=True)
    used_at: dt.datetime | None = None


class AccountTouch(Row, table=True):
    """One such act of one person upon the account of another."""

    __tablename__ = "account_touch"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    kind: TouchKind = Field(sa_type=coded(TouchKind))
    at: dt.datetime


class SignInAttempt(Row, table=True):
    """One try at the door, by the name as typed (folded) and the address it came from."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_login_at", "login", "at"),
        Index("ix_sign_in_attempt_address_at", "address", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: dt.datetime
    login: str = Field(max_length=64)
    address: str = Field(max_length=64)
    known: bool
    """From a place this account had signed in from before: a stranger's failures do not lock it out there."""
    succeeded: bool
