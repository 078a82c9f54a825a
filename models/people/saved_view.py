"""Views of a list that people keep: the filters, the order and the columns under a name."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.row import Row


class SavedView(Row, table=True):
    """One person's view; a shared one is offered to everybody of the organ. `query` is the list's own address part."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    organ_id: int = Field(foreign_key="organ.id", index=True)
    name: str = Field(max_length=40)
    query: str = Field(max_length=2000)
    shared: bool = False
    made_at: dt.datetime
