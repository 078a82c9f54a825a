"""Evidence (佐证材料): files by their content, their revisions, and what was made of them."""

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, text

from models.coded import Coded, coded
from models.row import Row


class Category(Coded):
    """What a piece of evidence shows."""

    REGULATION = "regulation", "制度建设"
    ROUTINE = "routine", "日常工作"
    MEETING = "meeting", "会议信息"
    RESULT = "result", "成果展示"
    LESSON = "lesson", "经验提炼"


class EvidenceState(Coded):
    """What became of a piece: taken up when the closure that rests on it is accepted."""

    SUBMITTED = "submitted", "已提交"
    ACCEPTED = "accepted", "已采信"
    REJECTED = "rejected", "未采信"
    REPLACED = "replaced", "已有新版"


class StoredFile(Row, table=True):
    """One content, stored once under its hash. `size` in bytes."""

    __tablename__ = "stored_file"

    sha256: str = Field(primary_key=True, max_length=64)
    size: int = Field(sa_type=BigInteger)
    media_type: str = Field(max_length=150)
    stored_at: dt.datetime


class Evidence(Row, table=True):
    """One revision of a piece of evidence, of an item or of a leader's act."""

    __table_args__ = (
        CheckConstraint("(item_id IS NULL) <> (act_id IS NULL)", name="belongs_to_one"),
        UniqueConstraint("replaces_id"),
        Index(
            "uq_evidence_same_file",
            "item_id",
            "sha256",
            unique=True,
            sqlite_where=text("item_id IS NOT NULL AND state <> 'replaced'"),
            postgresql_where=text("item_id IS NOT NULL AND state <> 'replaced'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    item_id: int | None = Field(default=None, foreign_key="work_item.id", index=True)
    act_id: int | None = Field(default=None, foreign_key="leadership_act.id", index=True)
    name: str = Field(max_length=200)
    sha256: str = Field(foreign_key="stored_file.sha256", max_length=64)
    category: Category = Field(sa_type=coded(Category))
    public: bool = False
    """May be named in the published report; else internal."""
    expires_on: dt.date | None = None
    """The last day on which it counts, as of a certificate."""
    revision: int = 1
    replaces_id: int | None = Field(default=None, foreign_key="evidence.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    on: dt.date
    recorded_at: dt.datetime
    note: str | None = Field(default=None, max_length=500)
    vouched: str | None = Field(default=None, max_length=500)
    """What of the file could not be searched for a secrecy marking, and the person answers for: 不涉密,本人负责."""
    state: EvidenceState = Field(default=EvidenceState.SUBMITTED, sa_type=coded(EvidenceState))
