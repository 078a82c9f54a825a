"""What one person did with one thing again and again on a day: the first time stands in the trail at once, how often it
was in all once the day is over.
"""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.row import Row


class DayCount(Row, table=True):
    """How often; a row lives until the day's end has been told."""

    __tablename__ = "day_count"
    __table_args__ = (UniqueConstraint("on", "who", "action", "thing"),)

    id: int | None = Field(default=None, primary_key=True)
    on: dt.date
    who: str = Field(max_length=120)
    """The actor's name behind the number of the person, so that namesakes stay two."""
    action: str = Field(max_length=50)
    thing: str = Field(max_length=300)
    organ_id: int | None = Field(default=None, foreign_key="organ.id")
    times: int = 1
