"""Progress entries (进展填报): what was done, and the sentence the report may take from it."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from models.row import Row


class ProgressEntry(Row, table=True):
    """One entry. `percent` stands beside `planned`, the points that even progress would have reached.

    `department_id` is the cooperating unit that reports, none for the lead. `achievement` is a finished sentence
    for the report, taken once `accepted_at` is set. `next_report_on` makes the entry a promise: the ladder is
    quiet up to and including that day.
    """

    __tablename__ = "progress_entry"
    __table_args__ = (
        CheckConstraint("percent IS NULL OR percent BETWEEN 0 AND 100", name="percent_in_range"),
        Index("ix_progress_entry_item_id_on", "item_id", "on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="work_item.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    department_id: int | None = Field(default=None, foreign_key="department.id")
    on: dt.date
    text: str = Field(max_length=4000)
    problems: str | None = Field(default=None, max_length=2000)
    next_step: str | None = Field(default=None, max_length=2000)
    percent: int | None = None
    planned: int | None = None
    achievement: str | None = Field(default=None, max_length=2000)
    next_report_on: dt.date | None = None
    recorded_at: dt.datetime
    accepted_at: dt.datetime | None = None
    corrected_at: dt.datetime | None = None
    """When it was last put right; what stood there before is in the trail."""
