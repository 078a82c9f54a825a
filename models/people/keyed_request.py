"""Requests that carry a key of their own: done once, answered as often as they are sent."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.row import Row


class KeyedRequest(Row, table=True):
    """A request with a key and the answer it got: asked again, it is answered again, not done again."""

    __tablename__ = "keyed_request"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    key: str = Field(max_length=140)
    """Of a form as its page made it; of a program what it sent, after the number of its token and a blank."""
    fingerprint: str = Field(max_length=64)
    """A hash of method, address and content: the same key for something else is refused."""
    status: int
    """Zero until it is answered."""
    body: str
    made_at: dt.datetime
