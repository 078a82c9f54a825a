"""Rest and working days that an office sets beside the official calendar."""

import datetime as dt

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Session, col, or_, select, text

from models.row import Row
from models.workdays import DayRule, WorkCalendar


class DayOverride(Row, table=True):
    """One day that rests or works by arrangement (本单位放假安排); without an organ it holds for all.

    A day has at most one row per organ and one for all; the organ's own row wins.
    """

    __tablename__ = "day_override"
    __table_args__ = (
        UniqueConstraint("organ_id", "on"),
        # Nulls differ from each other in a unique constraint, so the rows for all need their own.
        Index(
            "uq_day_override_for_all",
            "on",
            unique=True,
            sqlite_where=text("organ_id IS NULL"),
            postgresql_where=text("organ_id IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int | None = Field(default=None, foreign_key="organ.id")
    on: dt.date
    working: bool
    name: str = Field(max_length=200)
    source: str = Field(max_length=500)
    """The file or notice the day came from."""
    imported_at: dt.datetime


def office_calendar(session: Session, *, organ_id: int | None = None) -> WorkCalendar:
    """The official calendar with the days set for all organs and, over them, those of the organ named."""
    mine = or_(col(DayOverride.organ_id).is_(None), DayOverride.organ_id == organ_id)
    rows = session.exec(select(DayOverride).where(mine).order_by(col(DayOverride.organ_id).is_not(None)))
    return WorkCalendar(DayRule(row.on, row.working, row.name) for row in rows)
