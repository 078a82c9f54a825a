"""The blocks of a report version in the database: written down in a few statements, and read back as they were."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, col, select

from models.database import key
from models.report.figure import Figure
from models.report.report import Report, ReportBlock, ReportFigure, ReportSection
from tasks.report.compiling.draft import DraftBlock, DraftSection
from tasks.report.compiling.find_report import blocks_of, sections_of
from tasks.report.figures.gather_figures import figure_of

_OF_BLOCK = (
    "key", "heading", "text", "proposal", "compiled", "was_compiled", "author_id", "withdrawn", "offered", "placed",
    "titled", "internal",
)  # fmt: skip
"""What a row of a block and a block at the desk have alike."""
_OF_FIGURE = (
    "name", "value", "unit", "approximate", "row_hash", "code", "definition", "first_on", "last_on", "internal",
)  # fmt: skip


def write_draft(session: Session, report_id: int, sections: Sequence[DraftSection]) -> None:
    """Write the parts of a new version down."""
    section_ids = _insert(
        session,
        ReportSection,
        [
            {"report_id": report_id, "ordinal": place, "kind": section.kind, "heading": section.heading}
            for place, section in enumerate(sections, start=1)
        ],
        "ordinal",
    )
    placed = {
        (section_ids[section_place,], place): block
        for section_place, section in enumerate(sections, start=1)
        for place, block in enumerate(section.blocks, start=1)
    }
    block_ids = _insert(
        session,
        ReportBlock,
        [
            {
                "section_id": section_id,
                "ordinal": place,
                "sources": list(block.sources),
                "origins": list(block.origins),
                "unsupported": not block.sources,
                **{name: getattr(block, name) for name in _OF_BLOCK},
            }
            for (section_id, place), block in placed.items()
        ],
        "section_id",
        "ordinal",
    )
    _insert(
        session,
        ReportFigure,
        [
            {
                "block_id": block_ids[place],
                "rows": list(figure.rows),
                "parts": list(figure.parts),
                **{name: getattr(figure, name) for name in _OF_FIGURE},
            }
            for place, block in placed.items()
            for figure in block.figures
        ],
    )


def read_draft(session: Session, report: Report) -> list[DraftSection]:
    """The parts of a version with all their blocks, those withdrawn included: four statements."""
    sections = sections_of(session, report)
    ids = [section.id for section in sections]
    figures: dict[int, list[Figure]] = defaultdict(list)
    of_blocks = (
        select(ReportFigure)
        .join(ReportBlock, col(ReportBlock.id) == ReportFigure.block_id)
        .where(col(ReportBlock.section_id).in_(ids))
        .order_by(col(ReportFigure.id))
    )
    for figure in session.exec(of_blocks):
        figures[figure.block_id].append(figure_of(figure))
    kinds = {section.id: section.kind for section in sections}
    within: dict[int, list[DraftBlock]] = defaultdict(list)
    for block in blocks_of(session, sections):
        # A version from before blocks had keys is the compiler's own, of sources it no longer names.
        origins = tuple(block.origins) if block.key else (f"old:{block.id}",)
        same = {name: getattr(block, name) for name in _OF_BLOCK} | {"key": block.key or f"old:{block.id}"}
        within[block.section_id].append(
            DraftBlock(
                section=kinds[block.section_id],
                sources=tuple(block.sources),
                origins=origins,
                figures=tuple(figures[key(block.id)]),
                **same,
            )
        )
    return [DraftSection(section.kind, section.heading, tuple(within[key(section.id)])) for section in sections]


def _insert(
    session: Session, table: type[SQLModel], rows: list[dict[str, Any]], *by: str
) -> dict[tuple[Any, ...], int]:
    """Insert rows in one statement; their ids by the columns `by`."""
    if not rows:
        return {}
    columns = table.__table__.c  # type: ignore[attr-defined]
    returned = session.execute(insert(table).returning(columns.id, *(columns[name] for name in by)), rows)
    return {tuple(found): row_id for row_id, *found in returned}
