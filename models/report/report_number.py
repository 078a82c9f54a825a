"""文号: the number of an office's paper that a year's report bears, given once for all its versions."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.row import Row


class ReportNumber(Row, table=True):
    """What stands at the head of a year's report: the code of the office, the year on the paper, the running number."""

    __tablename__ = "report_number"
    __table_args__ = (
        UniqueConstraint("organ_id", "year"),
        UniqueConstraint("organ_id", "code", "paper_year", "number"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    year: int
    """Of the report."""
    code: str = Field(max_length=20)
    """机关代字."""
    paper_year: int
    """Of the paper's day: a report of 2025 is a paper of 2026."""
    number: int
    given_on: dt.date
    given_by_id: int | None = Field(default=None, foreign_key="person.id")

    @property
    def written(self) -> str:
        """As paper bears it: 青水〔2026〕12号."""
        return f"{self.code}〔{self.paper_year}〕{self.number}号"
