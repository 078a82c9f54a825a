"""Documents the office issues (督办单, 催办单, 通报, 简报): numbered per year and kind without gaps.

A document is kept as its facts, not as a file: the same facts give the same Word file, to the byte, at any time.
"""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, text

from models.coded import Coded, coded
from models.row import Row


class DocumentKind(Coded):
    """What a document is, with the series it is numbered in."""

    SHEET = "sheet", "督办单"
    URGING = "urging", "催办单"
    CIRCULAR = "circular", "督办通报"
    BRIEF = "brief", "督办简报"


SERIES = {
    DocumentKind.SHEET: "督办",
    DocumentKind.URGING: "催办",
    DocumentKind.CIRCULAR: "督通",
    DocumentKind.BRIEF: "督简",
}
"""What stands before 〔2026〕3号 for each kind."""


class NumberSeries(Row, table=True):
    """The last number given in a series; raised in the transaction that uses it, so none is lost or given twice."""

    __tablename__ = "number_series"

    organ_id: int = Field(foreign_key="organ.id", primary_key=True)
    year: int = Field(primary_key=True)
    kind: DocumentKind = Field(primary_key=True, sa_type=coded(DocumentKind))
    last: int


class Document(Row, table=True):
    """One issued document. `about` names what it was drawn up for, once while it stands: a notice's rung, a period."""

    __table_args__ = (
        UniqueConstraint("organ_id", "year", "kind", "number"),
        Index(
            "uq_document_about",
            "organ_id",
            "kind",
            "about",
            unique=True,
            sqlite_where=text("about IS NOT NULL AND void_on IS NULL"),
            postgresql_where=text("about IS NOT NULL AND void_on IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    year: int
    kind: DocumentKind = Field(sa_type=coded(DocumentKind))
    number: int
    title: str = Field(max_length=300)
    item_id: int | None = Field(default=None, foreign_key="work_item.id", index=True)
    about: str | None = Field(default=None, max_length=100)
    issued_on: dt.date
    person_id: int | None = Field(default=None, foreign_key="person.id")
    """Who had it drawn up; none: the daily rhythm."""
    facts: dict[str, Any] = Field(sa_type=JSON)
    recorded_at: dt.datetime
    void_on: dt.date | None = None
    """The day on which it was declared void; it stays, and its number is never given again."""

    @property
    def shown_title(self) -> str:
        """The title in a list; of a void one with that before it."""
        return f"【作废】{self.title}" if self.void_on else self.title

    @property
    def written_number(self) -> str:
        """The number as a document carries it: 督办〔2026〕3号."""
        return f"{SERIES[self.kind]}〔{self.year}〕{self.number}号"
