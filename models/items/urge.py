"""Urgings (催办): the supervisor asks after items, each only so often, on one numbered slip."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field

from models.row import Row


class Urge(Row, table=True):
    """One item on one slip (`document_id`)."""

    __table_args__ = (Index("ix_urge_item_id_on", "item_id", "on"),)

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="work_item.id")
    document_id: int = Field(foreign_key="document.id")
    person_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    on: dt.date
    reply_by: dt.date
    recorded_at: dt.datetime
