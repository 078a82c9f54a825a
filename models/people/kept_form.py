"""Drafts (暂存): what somebody typed into a form and has not brought to an end."""

import datetime as dt

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from models.row import Row


class KeptForm(Row, table=True):
    """One person's draft of one form. `path` is where the form is sent to; `fields` are name and text, in order."""

    __tablename__ = "kept_form"
    __table_args__ = (UniqueConstraint("person_id", "path"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    path: str = Field(max_length=500)
    fields: list[list[str]] = Field(sa_type=JSON)
    kept_at: dt.datetime
    was_sent: bool = False
    """It was sent after the session had ended; one that is put by on purpose was not."""
