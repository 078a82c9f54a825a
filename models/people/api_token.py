"""Tokens by which a program acts for a person, and the secret address of a calendar."""

import datetime as dt

from sqlalchemy import JSON
from sqlmodel import Field

from models.coded import Coded
from models.row import Row


class TokenScope(Coded):
    """What a token may be used for; the person's own rights bound it as well."""

    READ = "read", "查看"
    WRITE = "write", "办理"


class ApiToken(Row, table=True):
    """One token of one person; only its hash is kept. `name` is what the person calls it."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    name: str = Field(max_length=60)
    token_hash: str = Field(max_length=64, unique=True)
    scopes: list[str] = Field(sa_type=JSON)
    made_at: dt.datetime
    expires_on: dt.date
    """The last day it may be used."""
    used_on: dt.date | None = None
    revoked_at: dt.datetime | None = None


class CalendarFeed(Row, table=True):
    """The secret address of one person's calendar; only its hash is kept, and a new one ends the one before."""

    __tablename__ = "calendar_feed"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    secret_hash: str = Field(max_length=64, unique=True)
    made_at: dt.datetime
    expires_on: dt.date
    """The last day it may be used."""
    revoked_at: dt.datetime | None = None
