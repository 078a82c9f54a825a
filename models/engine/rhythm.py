"""What the rhythms remember: who owns the clock, and the last run of each."""

import datetime as dt

from sqlmodel import Field

from models.row import Row


class Lease(Row, table=True):
    """The right to run the embedded clock: taken and renewed by a conditional update, lost when it expires."""

    name: str = Field(primary_key=True, max_length=50)
    owner: str = Field(max_length=100)
    expires_at: dt.datetime


class LastRun(Row, table=True):
    """The last day and instant a rhythm ran to its end."""

    __tablename__ = "last_run"

    slug: str = Field(primary_key=True, max_length=50)
    on: dt.date
    ended_at: dt.datetime
