"""Deficiencies (不足) with their causes, and what is to be done about them."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field

from models.row import Row


class Deficiency(Row, table=True):
    """A shortcoming a person recorded. Proposals drawn from overdue items are computed, never stored as facts."""

    __table_args__ = (Index("ix_deficiency_organ_id_on", "organ_id", "on"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    item_id: int | None = Field(default=None, foreign_key="work_item.id")
    on: dt.date
    text: str = Field(max_length=1000)
    cause: str | None = Field(default=None, max_length=1000)
    remedy: str | None = Field(default=None, max_length=1000)
    recorded_at: dt.datetime
