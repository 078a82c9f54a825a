"""A person's own words in a report: a block's text and heading changed, a block written by hand, one vouched for."""

from decimal import Decimal

from sqlmodel import Session

from models.actor import Actor
from models.database import key as row_id
from models.errors import BadInputError
from models.report.report import Report, ReportBlock, ReportSection, SectionKind
from models.report.report_desk import EditKind
from models.typed_text import words, words_or_none
from tasks.reading.figures import figures_in
from tasks.report.compiling.draft import WORD
from tasks.report.compiling.find_report import section_of
from tasks.report.desk.at_desk import Desk, at_desk, in_section, unmarked

LONGEST = 20_000
LONGEST_HEADING = 100
LONGEST_BASIS = 200


def edit_block(
    session: Session,
    report: Report,
    key: str,
    *,
    by: Actor,
    text: str | None = None,
    heading: str | None = None,
    basis: str | None = None,
    seen: str | None = None,
) -> ReportBlock:
    """Change a block's text, its heading (an empty one takes it away), or both; what is None stays.

    `basis` is what the new words rest on, in words. Words equal to the compiler's are the compiler's again.
    Raises BadInputError, ForbiddenError, ConflictError where the block is not as it was `seen`.
    """
    text = words(text, "文字", longest=LONGEST) if text is not None else None
    title = words_or_none(heading, "小标题", longest=LONGEST_HEADING)
    with at_desk(session, report, by=by, seen={key: seen} if seen else {}) as desk:
        block = desk.block(key)
        changed = False
        if text is not None and text != block.text:
            _rewrite(desk, block, unmarked(text))
            changed = True
        if heading is not None and title != block.heading:
            desk.note(EditKind.HEADING, block, before=block.heading, after=title)
            block.heading, block.titled = unmarked(title) if title else None, True
            changed = True
        if basis:
            _vouch(desk, block, basis)
            changed = True
        if not changed:
            raise BadInputError("没有改动：文字和小标题与现在的相同。")
    return block


def _rewrite(desk: Desk, block: ReportBlock, text: str) -> None:
    desk.note(EditKind.TEXT, block, before=block.text, after=text)
    if _numbers(text) - _numbers(block.text):
        # Somebody's word was given for other numbers.
        block.sources = [source for source in block.sources if not source.startswith(WORD)]
        block.unsupported = not block.sources
    if block.origins and block.compiled is None:
        block.compiled = block.text
    block.text, block.author_id = text, desk.by.person_id
    # A person wrote it: it is no proposal any more.
    block.proposal = False
    if block.origins and text == block.compiled:
        block.compiled = block.was_compiled = block.author_id = None


def _numbers(text: str) -> set[tuple[Decimal, str]]:
    return {(one.value, one.unit) for one in figures_in(text)}


def confirm_block(
    session: Session, report: Report, key: str, *, by: Actor, basis: str, seen: str | None = None
) -> ReportBlock:
    """Vouch for a block that is marked: `basis` says what it and its numbers rest on, and stands among its sources."""
    with at_desk(session, report, by=by, seen={key: seen} if seen else {}) as desk:
        block = desk.block(key)
        _vouch(desk, block, basis)
    return block


def _vouch(desk: Desk, block: ReportBlock, basis: str) -> None:
    said = words(basis, "依据", longest=LONGEST_BASIS)
    desk.note(EditKind.CONFIRM, block, reason=said)
    if block.origins and block.compiled is None:
        # Vouched for as it stands: when the compiler writes something else, that is to be seen.
        block.compiled = block.text
    block.sources = list(dict.fromkeys([*block.sources, f"{WORD}{said}"]))
    block.unsupported = block.proposal = False
    block.author_id = desk.by.person_id


def add_block(
    session: Session,
    report: Report,
    *,
    by: Actor,
    section: SectionKind,
    text: str,
    heading: str | None = None,
    basis: str | None = None,
    after: str | None = None,
) -> ReportBlock:
    """Write a block by hand, behind the block `after` or at the end of the part, which is opened where it is missing.

    Without a heading it stands under that of its neighbour. Raises BadInputError, NotFoundError, ForbiddenError.
    """
    text = unmarked(words(text, "文字", longest=LONGEST))
    title = words_or_none(heading, "小标题", longest=LONGEST_HEADING)
    with at_desk(session, report, by=by) as desk:
        part = section_of(desk.session, desk.report, section)
        blocks = in_section(session, row_id(part.id))
        neighbour = desk.block(after) if after else blocks[-1] if blocks else None
        if after and neighbour is not None and neighbour.section_id != part.id:
            raise BadInputError(f"“{after}”不在“{part.heading}”这一部分。")
        block = _written(desk, part, text, title or (neighbour.heading if neighbour else None), blocks)
        if basis:
            said = words(basis, "依据", longest=LONGEST_BASIS)
            block.sources, block.unsupported = [f"{WORD}{said}"], False
        place = blocks.index(neighbour) + 1 if neighbour else 0
        desk.put_in_order((row_id(part.id), [*blocks[:place], block, *blocks[place:]]))
    return block


def _written(desk: Desk, part: ReportSection, text: str, heading: str | None, blocks: list[ReportBlock]) -> ReportBlock:
    block = ReportBlock(
        section_id=row_id(part.id), ordinal=max((one.ordinal for one in blocks), default=0) + 1, key="hand",
        heading=heading, text=text, sources=[], unsupported=True, origins=[], author_id=desk.by.person_id,
    )  # fmt: skip
    edit = desk.note(EditKind.ADD, block, after=text)
    block.key = edit.block_key = f"hand:{edit.id}"
    desk.session.add(block)
    desk.session.flush()
    return block
