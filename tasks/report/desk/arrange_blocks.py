"""Blocks put together, taken apart and put elsewhere; what they say stays what it was."""

from sqlmodel import Session

from models.actor import Actor
from models.database import key as row_id
from models.errors import BadInputError
from models.report.report import Report, ReportBlock, SectionKind
from models.report.report_desk import EditKind
from tasks.reading.folding import sentences
from tasks.report.compiling.draft import WORD
from tasks.report.compiling.find_report import figures_of, section_of
from tasks.report.desk.at_desk import Desk, at_desk, in_section
from tasks.report.figures.gather_figures import figure_of


def merge_blocks(
    session: Session,
    report: Report,
    key: str,
    *,
    by: Actor,
    with_: str | None = None,
    seen: str | None = None,
) -> ReportBlock:
    """Put the next block of the part (or the neighbour `with_`) into this one: texts, sources and figures of both.

    The other stays among those withdrawn, as it was. Raises BadInputError without a neighbour, ConflictError where the
    block is not as it was `seen`.
    """
    with at_desk(session, report, by=by, seen={key: seen} if seen else {}) as desk:
        block = desk.block(key)
        first, second = _neighbours(desk, block, with_)
        text, was = first.text + second.text, first.text
        desk.note(EditKind.MERGE, first, before=was, after=text, other=second)
        own = _by_hand(first) or _by_hand(second)
        if own and (first.origins or second.origins):
            changed = any(one.was_compiled is not None for one in (first, second))
            first.was_compiled, first.compiled = (
                _compiled(first, was=True) + _compiled(second, was=True) if changed else None,
                _compiled(first) + _compiled(second),
            )
        first.text = text
        first.origins = [*first.origins, *(key for key in second.origins if key not in first.origins)]
        first.sources = _sources(first, second)
        first.unsupported = not first.sources
        first.proposal = first.proposal or second.proposal
        first.internal = first.internal or second.internal
        first.author_id = by.person_id
        for figure in figures_of(session, second):
            figure.block_id = row_id(first.id)
        second.origins, second.sources, second.withdrawn, second.unsupported = [], [], True, True
        second.compiled = second.was_compiled = None
        second.proposal = False
    return first


def _neighbours(desk: Desk, block: ReportBlock, with_: str | None) -> tuple[ReportBlock, ReportBlock]:
    """The two in their order."""
    shown = [one for one in desk.section(block) if not one.withdrawn]
    if block not in shown:
        raise BadInputError("这一段已撤下：请先恢复，再合并。")
    place = shown.index(block)
    if with_ is None:
        if place + 1 == len(shown):
            raise BadInputError("这是本部分的最后一段，没有可以合并的下一段。")
        return block, shown[place + 1]
    other = desk.block(with_)
    if other not in shown or abs(shown.index(other) - place) != 1:
        raise BadInputError("只能与同一部分中相邻的一段合并：可先移动到相邻的位置。")
    return (block, other) if shown.index(other) > place else (other, block)


def _by_hand(block: ReportBlock) -> bool:
    return block.compiled is not None or not block.origins


def _sources(*blocks: ReportBlock) -> list[str]:
    """The sources of all; somebody's word only where it was given for every text of a person's own."""
    vouched = all(any(source.startswith(WORD) for source in one.sources) for one in blocks if _by_hand(one))
    listed = (source for one in blocks for source in one.sources if vouched or not source.startswith(WORD))
    return list(dict.fromkeys(listed))


def _compiled(block: ReportBlock, *, was: bool = False) -> str:
    """What the compiler writes for the block; with `was`, what it wrote when the block was changed."""
    if not block.origins:
        return ""
    if was and block.was_compiled is not None:
        return block.was_compiled
    return block.text if block.compiled is None else block.compiled


def sentence_ends(text: str) -> list[int]:
    """Where the text can be split: behind each sentence but the last."""
    ends, place = [], 0
    for sentence in sentences(text):
        place = text.index(sentence, place) + len(sentence)
        ends.append(place)
    return ends[:-1]


def split_block(
    session: Session, report: Report, key: str, *, by: Actor, at: int, seen: str | None = None
) -> tuple[ReportBlock, ReportBlock]:
    """Take the block apart behind its first `at` characters; both parts keep its sources.

    A figure goes where it is mentioned. Raises BadInputError where one part would be empty.
    """
    with at_desk(session, report, by=by, seen={key: seen} if seen else {}) as desk:
        block = desk.block(key)
        first, second = block.text[: max(at, 0)].strip(), block.text[max(at, 0) :].strip()
        if not first or not second:
            raise BadInputError(f"拆分的位置应在文字之中：1 至 {len(block.text) - 1}，现为 {at}。")
        if block.withdrawn:
            raise BadInputError("这一段已撤下：请先恢复，再拆分。")
        blocks = desk.section(block)
        if block.origins and block.compiled is None:
            block.compiled = block.text
        other = ReportBlock(
            **block.model_dump(exclude={"id", "text", "ordinal", "key"}),
            text=second, ordinal=blocks[-1].ordinal + 1, key="split",
        )  # fmt: skip
        edit = desk.note(EditKind.SPLIT, block, before=block.text, after=first, other=other)
        other.key = edit.other_key = f"split:{edit.id}"
        block.text = first
        block.author_id = other.author_id = by.person_id
        session.add(other)
        session.flush()
        for figure in figures_of(session, block):
            written = figure_of(figure).written
            if written in second and written not in first:
                figure.block_id = row_id(other.id)
        place = blocks.index(block) + 1
        desk.put_in_order((block.section_id, [*blocks[:place], other, *blocks[place:]]))
    return block, other


def move_block(
    session: Session,
    report: Report,
    key: str,
    *,
    by: Actor,
    after: str | None = None,
    before: str | None = None,
    section: SectionKind | None = None,
    seen: str | None = None,
) -> ReportBlock:
    """Put the block behind `after`, in front of `before`, or at the end of a part; under its new neighbour's heading.

    Just one of the three is given. Raises BadInputError, NotFoundError, ConflictError, ForbiddenError.
    """
    if sum(given is not None for given in (after, before, section)) != 1:
        raise BadInputError("移到哪里，请写明一处：某段之后、某段之前，或者某部分的末尾。")
    with at_desk(session, report, by=by, seen={key: seen} if seen else {}) as desk:
        block = desk.block(key)
        source = desk.section(block)
        neighbour = desk.block(after or before or "") if section is None else None
        if neighbour is block:
            raise BadInputError("不能移到它自己的前后。")
        to = (
            neighbour.section_id
            if neighbour
            else row_id(section_of(desk.session, desk.report, section or SectionKind.OTHER).id)
        )
        was, home = block.section_id, [one for one in source if one is not block]
        target = home if to == was else in_section(session, to)
        if neighbour is None:
            neighbour = target[-1] if target else None
            place = len(target)
        else:
            place = target.index(neighbour) + (1 if after else 0)
        if to == was and [*target[:place], block, *target[place:]] == source:
            raise BadInputError("它已经在这个位置。")
        desk.note(EditKind.MOVE, block, other=neighbour)
        if neighbour is not None and neighbour.heading != block.heading:
            block.heading, block.titled = neighbour.heading, True
        block.placed = True
        arranged = (to, [*target[:place], block, *target[place:]])
        desk.put_in_order(*([arranged] if to == was else [(was, home), arranged]))
    return block
