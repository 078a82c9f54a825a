"""The desk at which people work on a report: what each did to it, and what they say about it."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field

from models.coded import Coded, coded
from models.row import Row


class EditKind(Coded):
    """What a person did to a block."""

    TEXT = "text", "改文字"
    HEADING = "heading", "改小标题"
    MERGE = "merge", "合并"
    SPLIT = "split", "拆分"
    MOVE = "move", "移动"
    WITHDRAW = "withdraw", "撤下"
    RESTORE = "restore", "恢复"
    ADD = "add", "增写"
    INTERNAL = "internal", "标为内部"
    PUBLIC = "public", "改为公开"
    CONFIRM = "confirm", "核定"
    ADOPT = "adopt", "采用新文"
    KEEP = "keep", "保留原改"


class ReportEdit(Row, table=True):
    """One thing done to one block, in the order in which things were done; never changed."""

    __tablename__ = "report_edit"
    __table_args__ = (Index("ix_report_edit_organ_id_year", "organ_id", "year"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    year: int
    """Of the report: an edit counts in every later version of it."""
    report_id: int = Field(foreign_key="report.id")
    block_key: str = Field(max_length=200)
    kind: EditKind = Field(sa_type=coded(EditKind))
    other_key: str | None = Field(default=None, max_length=200)
    """The block that was merged into it, or split off from it."""
    person_id: int | None = Field(default=None, foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    """The person stood in for."""
    actor: str = Field(max_length=100)
    """Whoever did it by name: at the machine that may be nobody on the staff list."""
    at: dt.datetime
    before: str | None = None
    """What the block said, where the edit changed it."""
    after: str | None = None
    reason: str | None = Field(default=None, max_length=300)


class ReportComment(Row, table=True):
    """What somebody says about a block. It belongs to the year and the block's key, so it outlives versions."""

    __tablename__ = "report_comment"
    __table_args__ = (Index("ix_report_comment_organ_id_year", "organ_id", "year"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    year: int
    block_key: str = Field(max_length=200)
    quoted: str = Field(max_length=200)
    """How the block began when the comment was made."""
    text: str = Field(max_length=1000)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    actor: str = Field(max_length=100)
    at: dt.datetime
    answer: str | None = Field(default=None, max_length=1000)
    resolved_at: dt.datetime | None = None
    resolved_by_id: int | None = Field(default=None, foreign_key="person.id")
