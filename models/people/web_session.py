"""Sessions of the pages: who is signed in, by a random token of which only the hash is kept."""

import datetime as dt

from sqlmodel import Field

from models.coded import Coded, coded
from models.row import Row


class SessionStage(Coded):
    """How far a sign-in has come. Only an open session opens pages."""

    CODE = "code", "待输动态码"
    ENROL = "enrol", "待设第二因素"
    OPEN = "open", "已登录"


class WebSession(Row, table=True):
    """One signed-in browser. A sign-in always makes a new one; an ended one never comes back."""

    __tablename__ = "web_session"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    address: str = Field(max_length=64)
    agent: str = Field(max_length=200)
    stage: SessionStage = Field(default=SessionStage.OPEN, sa_type=coded(SessionStage))
    started_at: dt.datetime
    proved_at: dt.datetime
    """When its person last proved in it to be the one: by the password, or by signing in."""
    seen_at: dt.datetime
    """Kept up to a few minutes, so that reading a page seldom writes."""
    expires_at: dt.datetime
    ended_at: dt.datetime | None = None
