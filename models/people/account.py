"""Accounts: how a person gets in, by a password or by single sign-on, and what was tried at the door.

No secret is kept: of passwords Argon2id hashes, of one-time codes SHA-256 hashes.
"""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field

from models.row import Row


class Account(Row, table=True):
    """One person's way in. Without a password hash only single sign-on or a one-time code leads in.

    `login` is kept folded (`tasks.access.sign_in`); `subject` is the provider's own name for the person, issuer first.
    """

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", unique=True)
    login: str = Field(max_length=64, unique=True)
    password_hash: str | None = Field(default=None, max_length=200)
    password_set_at: dt.datetime | None = None
    subject: str | None = Field(default=None, max_length=500, unique=True)
    closed_at: dt.datetime | None = None
    """From then on nobody gets in by it; the row stays, since its sign-ins are on record."""
    made_at: dt.datetime


class OneTimeCode(Row, table=True):
    """A code that lets its account set a password once: an invitation, or help after a forgotten password."""

    __tablename__ = "one_time_code"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    code_hash: str = Field(max_length=64, unique=True)
    made_at: dt.datetime
    expires_at: dt.datetime
    used_at: dt.datetime | None = None


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
