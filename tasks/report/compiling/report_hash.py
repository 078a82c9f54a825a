"""The hash of all that a version of a report says: what a signature under it stands for."""

import hashlib
import json
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from models.report.report import Report, ReportBlock, ReportFigure
from tasks.report.compiling.find_report import sections_of

_SECTION = ("ordinal", "kind", "heading")
_BLOCK = (
    "ordinal", "key", "heading", "text", "sources", "origins", "unsupported", "proposal", "withdrawn", "internal",
)  # fmt: skip
_FIGURE = (
    "name", "value", "unit", "approximate", "rows", "parts", "row_hash", "code", "definition", "first_on", "last_on",
    "internal",
)  # fmt: skip
"""The columns that are content, named one by one: a column added later leaves the hashes of old versions alone."""


def content_hash(session: Session, report: Report) -> str:
    """SHA-256 in hex over the version as the database has it: title, paper, parts, blocks, figures with their rows.

    The same content gives the same hash on every database, whatever the numbers of its rows are. Four statements.
    """
    session.flush()
    sections = sections_of(session, report)
    ids = [section.id for section in sections]
    blocks = session.exec(
        select(ReportBlock)
        .where(col(ReportBlock.section_id).in_(ids))
        .order_by(col(ReportBlock.section_id), col(ReportBlock.ordinal))
        .execution_options(populate_existing=True)
    ).all()
    figures = session.exec(
        select(ReportFigure)
        .join(ReportBlock, col(ReportBlock.id) == ReportFigure.block_id)
        .where(col(ReportBlock.section_id).in_(ids))
        .order_by(col(ReportFigure.id))
        .execution_options(populate_existing=True)
    ).all()
    said = {
        "title": report.title,
        "year": report.year,
        "paper": report.paper,
        "sections": [
            _told(section, _SECTION)
            | {
                "blocks": [
                    _told(block, _BLOCK)
                    | {"figures": [_told(figure, _FIGURE) for figure in figures if figure.block_id == block.id]}
                    for block in blocks
                    if block.section_id == section.id
                ]
            }
            for section in sections
        ],
    }
    written = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def short_hash(written: str | None) -> str:
    """The beginning of a hash, as people compare it."""
    return (written or "")[:12]


def _told(row: SQLModel, columns: tuple[str, ...]) -> dict[str, Any]:
    return row.model_dump(mode="json", include=set(columns))
