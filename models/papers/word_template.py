"""The organ's own Word template (Word 模板) for its report: a file of its own layout with placeholders."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.row import Row


class WordTemplate(Row, table=True):
    """One revision of an organ's Word template; the newest counts, unless it was stopped."""

    __tablename__ = "report_word_template"
    __table_args__ = (UniqueConstraint("organ_id", "revision"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    revision: int
    name: str = Field(max_length=200)
    sha256: str = Field(foreign_key="stored_file.sha256", max_length=64)
    set_by_id: int | None = Field(default=None, foreign_key="person.id")
    set_at: dt.datetime
    stopped_on: dt.date | None = None
    """From this day the office's standard layout is used again."""
