"""The history of a block: what was done to it and to what it came from, and so who wrote which sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.report.report import Report, ReportBlock
from models.report.report_desk import EditKind, ReportEdit
from tasks.report.compiling.authorship import TextChange, authorship

_JOINED = (EditKind.MERGE, EditKind.SPLIT)
_WRITTEN = (EditKind.TEXT, EditKind.ADD)


@dataclass(frozen=True)
class BlockHistory:
    """What was done, oldest first, and the sentences of the block, each with who wrote it."""

    edits: Sequence[ReportEdit]
    sentences: Sequence[tuple[str, str | None]]


def edits_of_year(session: Session, report: Report) -> Sequence[ReportEdit]:
    """Everything that was done to the year's report in any version up to this one, oldest first."""
    query = select(ReportEdit).join(Report, col(Report.id) == ReportEdit.report_id)
    query = query.where(ReportEdit.organ_id == report.organ_id, ReportEdit.year == report.year)
    return session.exec(query.where(Report.version <= report.version).order_by(col(ReportEdit.id))).all()


def history_of(block: ReportBlock, edits: Sequence[ReportEdit]) -> BlockHistory:
    """The part of `edits` that concerns the block, those before it was merged or split off included."""
    family = {block.key, *block.origins}
    while True:
        known = len(family)
        for edit in edits:
            if edit.kind in _JOINED and edit.other_key and not family.isdisjoint((edit.block_key, edit.other_key)):
                family |= {edit.block_key, edit.other_key}
        if len(family) == known:
            break
    mine = [edit for edit in edits if edit.block_key in family]
    steps = [
        TextChange(edit.actor if edit.kind in _WRITTEN else None, edit.before, edit.after)
        for edit in mine
        if edit.kind in _WRITTEN or edit.kind is EditKind.ADOPT
    ]
    by_hand = block.compiled is not None or not block.origins
    compiled = [words for words in (block.compiled, block.was_compiled, None if by_hand else block.text) if words]
    return BlockHistory(mine, authorship(block.text, compiled, steps))
