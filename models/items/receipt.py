"""Receipts (签收): which unit took an item on, who signed, and for whom."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field, text

from models.row import Row


class Receipt(Row, table=True):
    """One unit's receipt of one assignment of an item; written open at issue, signed once.

    `unit_id` is the cooperating unit, none for the lead. `for_id` is the person stood in for.
    """

    __table_args__ = (
        Index(
            "uq_receipt_lead",
            "item_id",
            "assignment",
            unique=True,
            sqlite_where=text("unit_id IS NULL"),
            postgresql_where=text("unit_id IS NULL"),
        ),
        Index(
            "uq_receipt_unit",
            "item_id",
            "assignment",
            "unit_id",
            unique=True,
            sqlite_where=text("unit_id IS NOT NULL"),
            postgresql_where=text("unit_id IS NOT NULL"),
        ),
        Index(
            "ix_receipt_open",
            "issued_on",
            sqlite_where=text("signed_at IS NULL AND unit_id IS NOT NULL"),
            postgresql_where=text("signed_at IS NULL AND unit_id IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="work_item.id")
    assignment: int
    unit_id: int | None = Field(default=None, foreign_key="item_unit.id")
    department_id: int | None = Field(default=None, foreign_key="department.id")
    """The department the unit is; a unit that is no department of the organ signs on paper."""
    issued_on: dt.date
    person_id: int | None = Field(default=None, foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    signed_on: dt.date | None = None
    signed_at: dt.datetime | None = None
