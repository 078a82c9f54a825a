"""The brief (一页简报): what the first responsible person has to know today, on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tasks.papers import paper
from tasks.papers.forms import Cell, CellRole, Form, FormRow, form_height, label
from tasks.papers.official_document import Block, Heading, OfficialDocument, Table
from tasks.papers.tables import row_height
from tasks.papers.widened import widened
from tasks.wording.days import long_day, short_day
from tasks.wording.numerals import chinese_numeral

_TITLE = "督办工作简报"
# The organ's name leaves the title on one line, the person's name theirs.
_ORGAN_ROOM, _PERSON_ROOM = 13, 17

# Programs set tables a little differently: so much of the page stays free, in twips.
_SPARE = 2 * paper.TABLE_LINE
_WIDTHS = (4.9, 6.6, 4.9, 6.6, 4.9, 8.9)


@dataclass(frozen=True)
class RedRow:
    """One item on red: who answers for it (unit and leader), and how its due day stands (逾期7个工作日)."""

    number: str
    title: str
    answerable: str
    due_words: str


@dataclass(frozen=True)
class WaitingRow:
    """One decision that waits for the reader: what (延期审批, 销号审核), on which item, asked by whom, since when."""

    what: str
    item: str
    asked_by: str
    since: date


@dataclass(frozen=True)
class InstructionRow:
    """One instruction of the reader: when and what, how it stands, and what came of it."""

    on: date
    text: str
    item: str
    due_on: date | None
    state: str
    outcome: str


@dataclass(frozen=True)
class NextRow:
    """One item due next."""

    due_on: date
    number: str
    title: str
    answerable: str


@dataclass(frozen=True)
class Brief:
    """What a brief says, as of the day `on`.

    `red`, `waiting` and `unanswered` (instructions without a reply) are the counts, whatever number of rows is
    given; rows come with the most pressing first.
    """

    organ: str
    person: str
    on: date
    red: int
    waiting: int
    unanswered: int
    red_rows: tuple[RedRow, ...] = ()
    waiting_rows: tuple[WaitingRow, ...] = ()
    instruction_rows: tuple[InstructionRow, ...] = ()
    next_rows: tuple[NextRow, ...] = ()


@dataclass(frozen=True)
class _Part:
    """One list: `count` items in all, rows of so many `lines`."""

    heading: str
    count: int
    columns: tuple[tuple[str, float], ...]
    rows: tuple[tuple[str, ...], ...]
    lines: int = 1


def lay_out_brief(brief: Brief) -> OfficialDocument:
    """The brief, on one page of A4 always.

    Each list shows as many rows as the page has room for, in turn, and says how many it leaves out; long texts
    are cut off with "…".
    """
    brief = widened(brief)
    head = _head(brief)
    parts = _parts(brief)
    headings = sum(paper.LINE_PITCH + (row_height(1) + paper.GAP if part.rows else 0) for part in parts)
    room = paper.LINES_PER_PAGE * paper.LINE_PITCH - 2 * paper.LINE_PITCH - form_height(head) - headings - _SPARE
    shown = share_out([len(part.rows) for part in parts], [row_height(part.lines) for part in parts], room)
    body: list[Block] = [head]
    for place, (part, count) in enumerate(zip(parts, shown, strict=True), start=1):
        body += _laid(part, f"{chinese_numeral(place)}、", count)
    return OfficialDocument(
        title=f"{paper.shortened(brief.organ, _ORGAN_ROOM)}{_TITLE}",
        addressee=None,
        body=tuple(body),
        signature=None,
        dated_on=None,
    )


def share_out(wanted: Sequence[int], heights: Sequence[int], room: int) -> list[int]:
    """How many rows each list shows where all have to do with `room`: one row after another, in turn."""
    shown = [0] * len(wanted)
    given = True
    while given:
        given = False
        for place, (most, height) in enumerate(zip(wanted, heights, strict=True)):
            if shown[place] < most and height <= room:
                shown[place] += 1
                room -= height
                given = True
    return shown


def _head(brief: Brief) -> Form:
    counts = (("红灯事项", brief.red), ("待您处理", brief.waiting), ("批示待复", brief.unanswered))
    return Form(
        widths=_WIDTHS,
        rows=(
            FormRow(
                (
                    label("呈报"),
                    Cell(paper.shortened(brief.person, _PERSON_ROOM), span=3),
                    label("日期"),
                    Cell(long_day(brief.on)),
                )
            ),
            FormRow(
                tuple(
                    cell for name, count in counts for cell in (label(name), Cell(f"{count}项", role=CellRole.FIGURE))
                )
            ),
        ),
    )


def _parts(brief: Brief) -> tuple[_Part, ...]:
    return (
        _Part(
            "红灯事项",
            max(brief.red, len(brief.red_rows)),
            (("编号", 5.2), ("事项", 18), ("牵头单位、领导", 10.3), ("时限情况", 8.5)),
            tuple((row.number, row.title, row.answerable, row.due_words) for row in brief.red_rows),
        ),
        _Part(
            "待您处理",
            max(brief.waiting, len(brief.waiting_rows)),
            (("类别", 6), ("事项", 20.5), ("提请人", 9.5), ("提请日期", 6)),
            tuple(
                (row.what, row.item, row.asked_by, short_day(row.since, beside=brief.on)) for row in brief.waiting_rows
            ),
        ),
        _Part(
            "批示办理",
            len(brief.instruction_rows),
            (("日期", 5.4), ("批示内容", 11.6), ("事项", 8), ("时限", 5.4), ("状态", 4.1), ("办理结果", 7.5)),
            tuple(
                (
                    short_day(row.on, beside=brief.on),
                    row.text,
                    row.item,
                    short_day(row.due_on, beside=brief.on),
                    row.state,
                    row.outcome,
                )
                for row in brief.instruction_rows
            ),
            lines=2,
        ),
        _Part(
            "近期到期",
            len(brief.next_rows),
            (("时限", 6), ("编号", 5.2), ("事项", 20.5), ("牵头单位、领导", 10.3)),
            tuple(
                (short_day(row.due_on, beside=brief.on), row.number, row.title, row.answerable)
                for row in brief.next_rows
            ),
        ),
    )


def _laid(part: _Part, number: str, shown: int) -> list[Block]:
    if not part.count:
        return [Heading(1, number, f"{part.heading}：", run_in="无。")]
    left_out = part.count - shown
    words = f"{part.heading}（{part.count}项{f'，另有{left_out}项未列' if left_out and shown else ''}）"
    if not shown:
        return [Heading(1, number, words)]
    table = Table(
        header=tuple(heading for heading, _ in part.columns),
        rows=part.rows[:shown],
        widths=tuple(width for _, width in part.columns),
        dense=True,
        lines=part.lines,
    )
    return [Heading(1, number, words), table]
