"""The year-end report as blocks: each with its text, its sources and its figures, each figure with its rows."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from models.coded import Coded, coded
from models.exact import Exact
from models.row import Row


class SectionKind(Coded):
    """The parts a report has (督察工作规定, the five contents), and business themes of its own."""

    ACHIEVEMENTS = "achievements", "主要举措和成效"
    DEFICIENCIES = "deficiencies", "存在的不足和原因"
    FIRST_RESPONSIBLE = "first_responsible", "第一责任人职责"
    NEXT_YEAR = "next_year", "下一年度主要安排"
    OTHER = "other", "其他需要报告的情况"
    THEMATIC = "thematic", "专题"


HEADINGS = {
    SectionKind.ACHIEVEMENTS: "{年}年推进法治政府建设的主要举措和成效",
    SectionKind.DEFICIENCIES: "推进法治政府建设存在的不足和原因",
    SectionKind.FIRST_RESPONSIBLE: "主要负责人履行推进法治建设第一责任人职责情况",
    SectionKind.NEXT_YEAR: "{下一年}年推进法治政府建设的主要安排",
    SectionKind.OTHER: "其他需要报告的情况",
}
"""What each part of a report is called where an office names it no other way, in the usual order."""


class Report(Row, table=True):
    """One compiled version. `snapshot` is the hash of all it was compiled from: the same snapshot, the same bytes."""

    __table_args__ = (UniqueConstraint("organ_id", "year", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    year: int
    version: int
    title: str = Field(max_length=300)
    snapshot: str = Field(max_length=64)
    compiled_at: dt.datetime
    paper: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """What stands on paper beside the parts: day, addressee, signature, opening, template. None in versions compiled
    before it was kept."""
    based_on_id: int | None = Field(default=None, foreign_key="report.id")
    """The version whose hand edits this one took over."""
    compiled_by_id: int | None = Field(default=None, foreign_key="person.id")
    """Who had it compiled; nobody where the administrator at the machine or a rhythm did."""
    compiled_for_id: int | None = Field(default=None, foreign_key="person.id")
    """The person stood in for."""
    content_hash: str | None = Field(default=None, max_length=64)
    """Set once the version is bound (sent on for review): the hash of its whole content; nothing of it changes any
    more."""


class ReportSection(Row, table=True):
    """One part of a report, in its place."""

    __tablename__ = "report_section"
    __table_args__ = (UniqueConstraint("report_id", "ordinal"),)

    id: int | None = Field(default=None, primary_key=True)
    report_id: int = Field(foreign_key="report.id")
    ordinal: int
    kind: SectionKind = Field(sa_type=coded(SectionKind))
    heading: str = Field(max_length=300)


class ReportBlock(Row, table=True):
    """A piece of text with the rows it rests on; without any it is `unsupported` and marked 待核."""

    __tablename__ = "report_block"
    __table_args__ = (UniqueConstraint("section_id", "ordinal"),)

    id: int | None = Field(default=None, primary_key=True)
    section_id: int = Field(foreign_key="report_section.id")
    ordinal: int
    heading: str | None = Field(default=None, max_length=300)
    text: str
    sources: list[str] = Field(sa_type=JSON)
    unsupported: bool = False
    proposal: bool = False
    """It has sources, but a person has to say whether it is so."""
    key: str = Field(default="", max_length=200)
    """What the block is called in every version: what the compiler calls it (`progress:12`), or `hand:3`, `split:4` for
    one that a person made."""
    origins: list[str] = Field(default_factory=list, sa_type=JSON)
    """Keys of the compiled blocks it came from, stable over versions (`ledger:case`, `progress:12`); none: a person
    wrote it."""
    compiled: str | None = None
    """What the compiler wrote where a person changed it since; None where the text is the compiler's own."""
    was_compiled: str | None = None
    """What the compiler had written when the person changed it, where it now writes something else: the sources
    changed."""
    author_id: int | None = Field(default=None, foreign_key="person.id")
    """Who changed it last; nobody: the compiler's own words."""
    withdrawn: bool = False
    """Taken out of the text by a person; kept to be seen, and to be put back."""
    offered: bool = False
    """The compiler only offers it: withdrawn from the start, until a person takes it in."""
    placed: bool = False
    """A person put it where it stands; the compiler's order no longer moves it."""
    titled: bool = False
    """A person gave it its heading; the compiler no longer changes it."""
    internal: str | None = Field(default=None, max_length=300)
    """Why it stays out of the public edition; None: it is public."""

    @property
    def unverified(self) -> bool:
        """Whether the block is marked 待核 on paper."""
        return self.unsupported or self.proposal


class ReportFigure(Row, table=True):
    """A named number in a block, with the rows it was counted from. An approximate one is never summed as exact."""

    __tablename__ = "report_figure"

    id: int | None = Field(default=None, primary_key=True)
    block_id: int = Field(foreign_key="report_block.id", index=True)
    name: str = Field(max_length=100)
    value: Decimal = Field(sa_type=Exact)
    unit: str = Field(max_length=20)
    approximate: bool = False
    rows: list[str] = Field(sa_type=JSON)
    row_hash: str = Field(max_length=64)
    parts: list[str] = Field(default_factory=list, sa_type=JSON)
    """What each row contributes where that is not one, in the order of the rows."""
    code: str | None = Field(default=None, max_length=100)
    """Stable over years and organs (`case.simple`); None for a number quoted from a sentence."""
    definition: str | None = Field(default=None, max_length=300)
    """What is counted, in words."""
    first_on: dt.date | None = None
    last_on: dt.date | None = None
    """The period counted over, both days included."""
    internal: str | None = Field(default=None, max_length=300)
    """Why it stays out of the public edition; None: it is public."""


def describe_row(table: str, row_id: Any) -> str:
    """How a source is written wherever one is named: `case:12`."""
    return f"{table}:{row_id}"
