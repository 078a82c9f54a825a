"""The days that were set beside the official calendar."""

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, col, or_, select

from models.dates.day_override import DayOverride


def list_days(session: Session, organ_id: int | None, year: int) -> Sequence[DayOverride]:
    """The days of the year that were set for all organs and for this one, in order; for all before its own."""
    return session.exec(
        select(DayOverride)
        .where(
            or_(col(DayOverride.organ_id).is_(None), DayOverride.organ_id == organ_id),
            DayOverride.on >= dt.date(year, 1, 1),
            DayOverride.on <= dt.date(year, 12, 31),
        )
        .order_by(col(DayOverride.on), col(DayOverride.organ_id))
    ).all()
