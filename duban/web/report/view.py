"""A version of a report as its pages show it: parts, paragraphs, and the block that was chosen with all that is known
of it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from duban.web.visit import Visit
from models.ledgers.kinds import KINDS
from models.report.report import Report, ReportBlock, ReportFigure, SectionKind
from models.report.report_desk import ReportComment
from tasks.items.progress import items_of
from tasks.report.compiling.blocks import Block
from tasks.report.compiling.compiled import CompiledReport, CompiledSection
from tasks.report.compiling.find_report import blocks_of, figures_of, sections_of
from tasks.report.compiling.trace_figure import TracedRow, described
from tasks.report.desk.arrange_blocks import sentence_ends
from tasks.report.desk.at_desk import block_hash
from tasks.report.desk.comment_report import comments_of, on_block
from tasks.report.desk.compare_versions import Stretch, spans
from tasks.report.desk.show_edits import BlockHistory, edits_of_year, history_of
from tasks.report.output.lay_out_report import Passage, passages

SHOWN = 200
"""Rows behind a figure that are listed; more are counted."""


@dataclass(frozen=True)
class PartView:
    """One part of a report: its paragraphs, what was withdrawn from it, and how much of it is to be verified."""

    section: CompiledSection
    passages: list[Passage]
    withdrawn: list[ReportBlock]
    unverified: int


@dataclass(frozen=True)
class Shown:
    """A version with its rows by key: what the text says, and what is kept of each block."""

    parts: list[PartView]
    rows: Mapping[str, ReportBlock]
    comments: Mapping[str, int]
    """By key, how many comments are still open."""
    kinds: Mapping[int | None, SectionKind]
    """What part each section is, by its id."""
    elsewhere: list[ReportBlock]
    """What was withdrawn from parts of which nothing is left in the text."""


@dataclass(frozen=True)
class Chosen:
    """A block that was chosen: what it rests on, what was done to it, and what can be done."""

    block: ReportBlock
    section: SectionKind
    read: Block | None
    """As it is read; None for one that was withdrawn."""
    sources: Sequence[TracedRow]
    figures: list[tuple[ReportFigure, Sequence[TracedRow], int]]
    history: BlockHistory
    comments: list[ReportComment]
    change: Sequence[Stretch]
    """What the compiler writes now against what it wrote when the block was edited; nothing where that is the same."""
    gone: bool
    """Whether nothing is compiled for it any more."""
    seen: str
    ends: list[tuple[int, str]]
    """Where it can be split, each with how the second part would begin."""
    before: ReportBlock | None
    after: ReportBlock | None
    """Its neighbours in the text."""


def shown(session: Session, report: Report, read: CompiledReport) -> Shown:
    """The version as its page shows it: three statements, however long it is."""
    sections = sections_of(session, report)
    listed = blocks_of(session, sections)
    rows = {row.key or f"old:{row.id}": row for row in listed}
    kinds = {section.id: section.kind for section in sections}
    out: dict[SectionKind, list[ReportBlock]] = defaultdict(list)
    for row in listed:
        if row.withdrawn:
            out[kinds[row.section_id]].append(row)
    open_ones = [one for one in comments_of(session, report) if one.resolved_at is None]
    parts = [
        PartView(
            section,
            passages(section.kind, section.blocks, read.template),
            out[section.kind],
            sum(block.unverified for block in section.blocks),
        )
        for section in read.sections
    ]
    counted = {name: len(on_block(row, open_ones)) for name, row in rows.items()} if open_ones else {}
    there = {part.section.kind for part in parts}
    elsewhere = [row for kind, several in out.items() if kind not in there for row in several]
    return Shown(parts, rows, counted, kinds, elsewhere)


def chosen(session: Session, report: Report, view: Shown, row: ReportBlock) -> Chosen:
    """All that is known of a block; its rows in words by one statement a table."""
    listed = figures_of(session, row)
    wanted = dict.fromkeys([*row.sources[:SHOWN], *(one for figure in listed for one in figure.rows[:SHOWN])])
    words = {one.row: one for one in described(session, wanted)}
    in_text = [block for part in view.parts for passage in part.passages for block in passage.blocks]
    read = next((block for block in in_text if block.key == row.key), None)
    neighbours = [one for one in view.rows.values() if one.section_id == row.section_id and not one.withdrawn]
    neighbours.sort(key=lambda one: one.ordinal)
    place = neighbours.index(row) if row in neighbours else -1
    ends = sentence_ends(row.text)
    return Chosen(
        block=row,
        section=view.kinds[row.section_id],
        read=read,
        sources=[words[one] for one in row.sources[:SHOWN]],
        figures=[
            (figure, [words[one] for one in figure.rows[:SHOWN]], max(0, len(figure.rows) - SHOWN)) for figure in listed
        ],
        history=history_of(row, edits_of_year(session, report)),
        comments=on_block(row, comments_of(session, report)),
        change=spans(row.was_compiled, row.compiled or "") if row.was_compiled is not None else (),
        gone=row.compiled == "",
        seen=block_hash(row),
        ends=[(end, row.text[end:].strip()[:12]) for end in ends],
        before=neighbours[place - 1] if place > 0 else None,
        after=neighbours[place + 1] if 0 <= place < len(neighbours) - 1 else None,
    )


def pieces(block: Block) -> list[tuple[str, bool]]:
    """The block's words, sentences with a number that nothing bears out apart from the rest."""
    found: list[tuple[str, bool]] = []
    rest = block.text
    for sentence in block.unfounded:
        before, _, rest = rest.partition(sentence)
        found += [(before, False)] * bool(before)
        found.append((sentence, True))
    return [*found, (rest, False)] if rest or not found else found


def address_of(session: Session, visit: Visit, rows: Sequence[str]) -> Callable[[str], str | None]:
    """Where a row is found; nothing for what has no page. Progress is found with its item."""
    listed = [row.partition(":") for row in rows]
    entries = [int(number) for table, _, number in listed if table == "progress" and number.isdecimal()]
    items = items_of(session, entries[:SHOWN])

    def of(row: str) -> str | None:
        table, _, number = row.partition(":")
        if not number.isdecimal():
            return None
        if table == "item":
            return visit.link(f"/items/{number}")
        if table == "progress":
            return visit.link(f"/items/{items[int(number)]}") if int(number) in items else None
        return visit.link(f"/ledgers/{table}/{number}") if table in KINDS else None

    return of
