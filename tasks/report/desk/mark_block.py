"""Marks on blocks and figures: withdrawn, internal, and which of two texts stands where the sources changed."""

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key as row_id
from models.errors import BadInputError, NotFoundError
from models.report.report import Report, ReportBlock, ReportSection
from models.report.report_desk import EditKind
from models.typed_text import words, words_or_none
from tasks.report.compiling.find_report import figures_of
from tasks.report.desk.at_desk import Desk, at_desk

LONGEST_REASON = 300


def withdraw_block(
    session: Session, report: Report, key: str, *, by: Actor, reason: str | None = None, seen: str | None = None
) -> ReportBlock:
    """Take the block out of the text. It is kept, and `restore_block` puts it back."""
    why = words_or_none(reason, "原因", longest=LONGEST_REASON)
    with at_desk(session, report, by=by, seen={key: seen} if seen else {}, reason=why) as desk:
        block = desk.block(key)
        if block.withdrawn:
            raise BadInputError("这一段已经撤下。")
        block.withdrawn = True
        desk.note(EditKind.WITHDRAW, block, before=block.text, reason=why)
    return block


def restore_block(session: Session, report: Report, key: str, *, by: Actor, seen: str | None = None) -> ReportBlock:
    """Put a withdrawn block back where it stood."""
    with at_desk(session, report, by=by, seen={key: seen} if seen else {}) as desk:
        block = desk.block(key)
        if not block.withdrawn:
            raise BadInputError("这一段没有撤下，不用恢复。")
        block.withdrawn = False
        desk.note(EditKind.RESTORE, block, after=block.text)
    return block


def mark_internal(
    session: Session, report: Report, key: str, *, by: Actor, reason: str, seen: str | None = None
) -> ReportBlock:
    """Keep the block out of the public edition; `reason` stands in the list of what was left out."""
    why = words(reason, "不公开的原因", longest=LONGEST_REASON)
    with at_desk(session, report, by=by, seen={key: seen} if seen else {}, reason=why) as desk:
        block = desk.block(key)
        if block.internal == why:
            raise BadInputError("这一段已按这个原因标为内部。")
        block.internal = why
        desk.note(EditKind.INTERNAL, block, reason=why)
    return block


def mark_public(session: Session, report: Report, key: str, *, by: Actor, seen: str | None = None) -> ReportBlock:
    """Let the block into the public edition again."""
    with at_desk(session, report, by=by, seen={key: seen} if seen else {}) as desk:
        block = desk.block(key)
        if block.internal is None:
            raise BadInputError("这一段本来就是公开的。")
        was, block.internal = block.internal, None
        desk.note(EditKind.PUBLIC, block, reason=was)
    return block


def mark_figure(session: Session, report: Report, key: str, name: str, *, by: Actor, reason: str | None) -> ReportBlock:
    """Keep a figure of a block (by code or name) out of the public edition; without a reason, let it in again.

    The sentences that quote it are left out with it. Raises NotFoundError naming the block's figures.
    """
    why = words_or_none(reason, "不公开的原因", longest=LONGEST_REASON)
    with at_desk(session, report, by=by, reason=why) as desk:
        block = desk.block(key)
        listed = figures_of(session, block)
        meant = [figure for figure in listed if name in (figure.code, figure.name)]
        if not meant:
            there = "、".join(dict.fromkeys(figure.name for figure in listed)) or "无"
            raise NotFoundError(f"这一段没有名为“{name}”的数字；现有：{there}。")
        if all(figure.internal == why for figure in meant):
            raise BadInputError("这个数字已是如此。")
        for figure in meant:
            figure.internal = why
        kind = EditKind.INTERNAL if why else EditKind.PUBLIC
        desk.note(kind, block, after=meant[0].name, reason=why)
    return block


def adopt_compiled(session: Session, report: Report, key: str, *, by: Actor, seen: str | None = None) -> ReportBlock:
    """Take what the compiler writes now instead of a person's words; other pieces of a split block are withdrawn."""
    with at_desk(session, report, by=by, seen={key: seen} if seen else {}) as desk:
        block = desk.block(key)
        if not block.compiled:
            raise BadInputError("这一段没有可以采用的新文：它的来源已经没有，可以保留或者撤下。")
        desk.note(EditKind.ADOPT, block, before=block.text, after=block.compiled)
        block.text = block.compiled
        block.compiled = block.was_compiled = block.author_id = None
        for piece in _pieces(desk, block):
            piece.withdrawn = True
            for figure in figures_of(session, piece):
                figure.block_id = row_id(block.id)
            desk.note(EditKind.WITHDRAW, piece, before=piece.text, reason="所在的一段已采用新文")
    return block


def keep_own(session: Session, report: Report, key: str, *, by: Actor, seen: str | None = None) -> ReportBlock:
    """Keep a person's words although their sources changed: the change was looked at."""
    with at_desk(session, report, by=by, seen={key: seen} if seen else {}) as desk:
        block = desk.block(key)
        if block.was_compiled is None:
            raise BadInputError("这一段的来源没有变化，不用选择。")
        block.was_compiled = None
        desk.note(EditKind.KEEP, block, after=block.text)
    return block


def _pieces(desk: Desk, block: ReportBlock) -> list[ReportBlock]:
    """Further blocks that come from the very same compiled one: what it was split into."""
    of_report = select(ReportBlock).join(ReportSection, col(ReportSection.id) == ReportBlock.section_id)
    listed = desk.session.exec(of_report.where(ReportSection.report_id == desk.report.id)).all()
    return [one for one in listed if one is not block and not one.withdrawn and set(one.origins) & set(block.origins)]
