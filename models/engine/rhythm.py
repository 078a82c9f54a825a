"""What the rhythms remember: who owns the clock, and the last run of each."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from models.row import Row


class Lease(Row, table=True):
    """The right to run the embedded clock: taken and renewed by a conditional update, lost when it expires."""

    name: str = Field(primary_key=True, max_length=50)
    owner: str = Field(max_length=100)
    expires_at: dt.datetime


class LastRun(Row, table=True):
    """The last day and instant a rhythm ran to its end, and the organs it failed for then (`OrganProblem`)."""

    __tablename__ = "last_run"

    slug: str = Field(primary_key=True, max_length=50)
    on: dt.date
    ended_at: dt.datetime
    problems: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)

    @property
    def faulty(self) -> bool:
        """Whether it failed for an organ in a way nobody foresaw."""
        return any(problem["fault"] for problem in self.problems)
