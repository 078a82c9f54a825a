"""Objections (转办异议): a unit says an item is not its own, and gets an answer."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.row import Row


class Objection(Row, table=True):
    """One objection to one assignment; `upheld` when the item was given to another unit."""

    __table_args__ = (UniqueConstraint("item_id", "assignment"),)

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="work_item.id")
    assignment: int
    person_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    """The person stood in for."""
    on: dt.date
    reason: str = Field(max_length=1000)
    suggested: str | None = Field(default=None, max_length=200)
    """The unit that should do it, in the objector's words."""
    recorded_at: dt.datetime
    upheld: bool | None = None
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_on: dt.date | None = None
    answer: str | None = Field(default=None, max_length=1000)
