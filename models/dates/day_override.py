"""Rest and working days that an office sets beside the official calendar."""

import datetime as dt

from sqlalchemy import Index, Integer, UniqueConstraint, bindparam
from sqlalchemy import select as sa_select
from sqlmodel import Field, Session, SQLModel, or_, text

from models.database import known_once
from models.dates.workdays import DayRule, WorkCalendar
from models.row import Row


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
    return known_once(session, ("calendar", organ_id), lambda: _office_calendar(session, organ_id))


def _office_calendar(session: Session, organ_id: int | None) -> WorkCalendar:
    session.flush()
    return WorkCalendar(DayRule(*row) for row in session.execute(_RULES, {"organ": organ_id}))


_DAYS = SQLModel.metadata.tables[str(DayOverride.__tablename__)].c
_RULES = (
    sa_select(_DAYS.on, _DAYS.working, _DAYS.name)
    .where(or_(_DAYS.organ_id.is_(None), _DAYS.organ_id == bindparam("organ", type_=Integer)))
    .order_by(_DAYS.organ_id.is_not(None))
)
"""Put together once: every page asks it."""
