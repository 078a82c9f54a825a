"""What a row of a ledger rests on: items of plans and pieces of evidence."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Index, exists, or_, select
from sqlmodel import Field, col, text

from models.items.evidence import Evidence, EvidenceState
from models.row import Row

_ITEM, _EVIDENCE = "item_id IS NOT NULL AND removed_on IS NULL", "evidence_id IS NOT NULL AND removed_on IS NULL"


class LedgerLink(Row, table=True):
    """One link of a row, by ledger and number, to one thing. It is never deleted: `removed_on` ends it."""

    __tablename__ = "ledger_link"
    __table_args__ = (
        CheckConstraint("(item_id IS NULL) <> (evidence_id IS NULL)", name="leads_to_one"),
        Index(
            "uq_ledger_link_item", "kind", "row_id", "item_id", unique=True,
            sqlite_where=text(_ITEM), postgresql_where=text(_ITEM),
        ),
        Index(
            "uq_ledger_link_evidence", "kind", "row_id", "evidence_id", unique=True,
            sqlite_where=text(_EVIDENCE), postgresql_where=text(_EVIDENCE),
        ),
        Index("ix_ledger_link_organ_id_kind", "organ_id", "kind"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    kind: str = Field(max_length=32)
    """The code of the ledger."""
    row_id: int
    item_id: int | None = Field(default=None, foreign_key="work_item.id", index=True)
    evidence_id: int | None = Field(default=None, foreign_key="evidence.id", index=True)
    note: str | None = Field(default=None, max_length=500)
    linked_on: dt.date
    linked_by_id: int | None = Field(default=None, foreign_key="person.id")
    removed_on: dt.date | None = None


def is_linked(kind: str, table: Any, *, items: Any = None) -> ColumnElement[bool]:
    """In a condition on the rows of a ledger: a link stands, to one of `items` where they are given (a select of
    numbers), else to any item or to evidence that was not rejected."""
    link = LedgerLink
    if items is not None:
        leads: ColumnElement[bool] = col(link.item_id).in_(items)
    else:
        counting = select(Evidence.id).where(Evidence.state != EvidenceState.REJECTED)  # type: ignore[call-overload]
        leads = or_(col(link.item_id).is_not(None), col(link.evidence_id).in_(counting))
    return (
        exists()
        .where(col(link.kind) == kind, col(link.row_id) == table.id, col(link.removed_on).is_(None), leads)
        .correlate(table)
    )
