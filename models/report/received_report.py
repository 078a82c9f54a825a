"""Year-end reports that came from the organs below as signed packages, and the keys by which they are known."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, text

from models.coded import Coded, coded
from models.report.filing import FilingAct, FilingState
from models.row import Row


class PackageKind(Coded):
    """What a package is: a report that was reviewed and signed, or one to look at beforehand."""

    FILED = "filed", "上报包"
    DRAFT = "draft", "草稿包"


class ReceivedReport(Row, table=True):
    """One package as it was received; nothing of it ever changes. Of a sender's year the highest filed version counts,
    of that the internal edition, of that the one received last; the others are kept. A draft is kept and counts as
    nothing."""

    __tablename__ = "received_report"
    __table_args__ = (
        UniqueConstraint("sender_id", "year", "content_hash", name="uq_received_report_content"),
        Index("ix_received_report_organ_id_year", "organ_id", "year"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    """Who received it."""
    sender_id: int = Field(foreign_key="organ.id")
    """Whose report it is: an organ directly below."""
    year: int
    version: int
    """The sender's own number of the version."""
    kind: PackageKind = Field(sa_type=coded(PackageKind))
    state: FilingState = Field(sa_type=coded(FilingState))
    """Where the report stood at the sender's when it was packed."""
    signatures: list[dict[str, Any]] = Field(sa_type=JSON)
    """Who reviewed and signed it: act, name, whom that person stood in for, day."""
    title: str = Field(max_length=300)
    dated_on: dt.date
    public: bool
    """Whether the sender packed the edition for the public, which leaves internal matters out."""
    bound_hash: str | None = Field(default=None, max_length=64)
    """The hash of the content the sender sent on for review; None: a draft that was not."""
    content_hash: str = Field(max_length=64)
    """Of the signed list of everything in the package: the same content, the same hash."""
    package_sha256: str = Field(foreign_key="stored_file.sha256", max_length=64)
    fingerprint: str = Field(max_length=64)
    """Of the key that signed it."""
    received_on: dt.date
    received_at: dt.datetime
    received_by_id: int | None = Field(default=None, foreign_key="person.id")
    figures: list[dict[str, Any]] = Field(sa_type=JSON)
    sections: list[dict[str, Any]] = Field(sa_type=JSON)
    evidence: list[dict[str, Any]] = Field(sa_type=JSON)
    """Name, category, hash and size of each piece; the pieces themselves stay with the sender."""

    @property
    def edition(self) -> str:
        """Which edition it holds, in words."""
        return "公开版" if self.public else "内部版"

    @property
    def signed_by(self) -> list[str]:
        """Who reviewed and signed it, in words."""
        return [
            f"{FilingAct(one['act']).label}：{one['name']}"
            + (f"（代{one['stood_in_for']}）" if one["stood_in_for"] else "")
            + f"，{one['on']}"
            for one in self.signatures
        ]


class TrustedKey(Row, table=True):
    """The key of an organ below, after a person compared its fingerprint with that organ. One holds at a time."""

    __tablename__ = "trusted_key"
    __table_args__ = (
        Index(
            "uq_trusted_key_sender_id_in_force", "sender_id", unique=True,
            sqlite_where=text("replaced_on IS NULL"), postgresql_where=text("replaced_on IS NULL"),
        ),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    """Who trusts it."""
    sender_id: int = Field(foreign_key="organ.id")
    fingerprint: str = Field(max_length=64)
    """The RFC 7638 thumbprint of the public key, SHA-256 in hex: it names the key, which every package carries."""
    confirmed_on: dt.date
    confirmed_by_id: int | None = Field(default=None, foreign_key="person.id")
    replaced_on: dt.date | None = None
    """The day on which another key took its place."""
    reason: str | None = Field(default=None, max_length=500)
    """Why the organ has another key than before."""
