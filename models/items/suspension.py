"""Suspensions (中止): a ledger of the spans in which an item's clock stood still."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, text

from models.coded import coded
from models.dates.unit import Unit
from models.row import Row


class Suspension(Row, table=True):
    """One span, from `from_on` up to the day before `resumed_on`; `days` by which due days moved, in `unit`."""

    __table_args__ = (
        CheckConstraint("resumed_on IS NULL OR resumed_on >= from_on", name="ends_after_start"),
        Index("ix_suspension_item_id_from_on", "item_id", "from_on"),
        Index(
            "uq_suspension_open",
            "item_id",
            unique=True,
            sqlite_where=text("resumed_on IS NULL"),
            postgresql_where=text("resumed_on IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="work_item.id")
    from_on: dt.date
    reason: str = Field(max_length=1000)
    person_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: dt.datetime
    resumed_on: dt.date | None = None
    resumed_by_id: int | None = Field(default=None, foreign_key="person.id")
    resumed_at: dt.datetime | None = None
    unit: Unit = Field(sa_type=coded(Unit))
    days: int | None = None
