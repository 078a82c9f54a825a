"""Tables in an official document: the width of the text block, thin lines, the head repeated on each page."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.papers import paper, styles
from tasks.papers.wordprocessing import paragraph, run

# In full-width characters: columns are as wide as their text within these bounds.
_NARROWEST, _WIDEST = 3.0, 16.0
_SHORT = 10.0

# Twips: what a dense list keeps free at either side of a cell, and above and below its text.
_DENSE_SIDE, _DENSE_ROOM = 60, 20


@dataclass(frozen=True)
class Table:
    """A table of text; every row has as many cells as the header.

    widths: the columns' shares of the text block, in characters or any other unit; without them the longest
    text of each column decides.
    dense: a list of many columns: 5 号 characters, lower rows, no blank line after it.
    lines: every row is exactly so many lines high, and what does not fit in a cell is cut off with "…"; 0: as
    high as its text.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str | None = None
    widths: tuple[float, ...] = ()
    dense: bool = False
    lines: int = 0

    def __post_init__(self) -> None:
        if not self.header or any(len(row) != len(self.header) for row in self.rows):
            raise ValueError("every row of a table has as many cells as its header, at least one")
        if self.widths and (len(self.widths) != len(self.header) or min(self.widths) <= 0):
            raise ValueError("a table has a width greater than nothing for every column, or none at all")
        if self.lines and not self.dense:
            raise ValueError("only a dense table has rows of a fixed height")


def table(block: Table) -> str:
    """Caption, table and the blank line after it (without it Word would join two tables)."""
    widths, short = column_shares(block)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    centred = '<w:jc w:val="center"/>'
    text, header_text = (styles.TABLE_TEXT, styles.TABLE_HEADER)
    height, rule, margins, after = paper.LINE_PITCH, "atLeast", "", paragraph(styles.NORMAL)
    if block.dense:
        text, header_text = (styles.DENSE_TEXT, styles.DENSE_HEADER)
        height, rule = row_height(block.lines or 1), "exact" if block.lines else "atLeast"
        margins = (
            f'<w:tblCellMar><w:top w:w="{_DENSE_ROOM}" w:type="dxa"/><w:left w:w="{_DENSE_SIDE}" w:type="dxa"/>'
            f'<w:bottom w:w="{_DENSE_ROOM}" w:type="dxa"/><w:right w:w="{_DENSE_SIDE}" w:type="dxa"/></w:tblCellMar>'
        )
        after = paragraph(styles.GAP)
    header = _row(
        [paragraph(header_text, run(name)) for name in block.header],
        widths,
        # The head always takes the room it needs.
        height=row_height(1) if block.dense else height,
        properties="<w:tblHeader/>",
    )
    alignments = [centred if one else '<w:jc w:val="left"/>' for one in short]
    rows = "".join(
        _row(
            [
                paragraph(text, run(_fitting(cell, width, block.lines)), properties=aligned)
                for cell, width, aligned in zip(row, widths, alignments, strict=True)
            ],
            widths,
            height=height,
            rule=rule,
        )
        for row in block.rows
    )
    caption = paragraph(styles.CAPTION, run(block.caption)) if block.caption else ""
    return (
        f'{caption}<w:tbl><w:tblPr><w:tblStyle w:val="{styles.TABLE}"/>'
        f'<w:tblW w:w="{paper.TEXT_WIDTH}" w:type="dxa"/>{centred}<w:tblLayout w:type="fixed"/>{margins}'
        f'<w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{header}{rows}</w:tbl>{after}"
    )


def column_shares(block: Table) -> tuple[list[int], list[bool]]:
    """How wide each column is (twips), and whether its texts are short enough to be centred."""
    longest = [max(map(paper.width, column)) for column in zip(block.header, *block.rows, strict=True)]
    widths = shared(block.widths) if block.widths else _column_widths(longest)
    return widths, [length <= _SHORT for length in longest]


def row_height(lines: int) -> int:
    """The height of a row of a dense table, in twips."""
    return lines * paper.DENSE_LINE + 2 * _DENSE_ROOM


def shared(shares: Sequence[float]) -> list[int]:
    """The text block shared out, in twips; what rounding leaves goes to the last column."""
    widths = [int(paper.TEXT_WIDTH * share / sum(shares)) for share in shares]
    return [*widths[:-1], paper.TEXT_WIDTH - sum(widths[:-1])]


def _column_widths(longest: Sequence[float]) -> list[int]:
    """The text block shared out by the longest text of each column."""
    return shared([min(max(length, _NARROWEST), _WIDEST) + 1 for length in longest])


def _fitting(text: str, width: int, lines: int) -> str:
    if not lines:
        return text
    room = (width - 2 * _DENSE_SIDE) / (paper.DENSE_POINTS * 20)
    # Each further line may lose a character to punctuation that must not begin it.
    return paper.shortened(text, room * lines - (lines - 1))


def _row(
    cells: Sequence[str], widths: Sequence[int], *, height: int, rule: str = "atLeast", properties: str = ""
) -> str:
    content = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{cell}</w:tc>'
        for cell, width in zip(cells, widths, strict=True)
    )
    # A row of one line takes one line of the grid; a row never breaks over two pages.
    high = f'<w:trHeight w:val="{height}" w:hRule="{rule}"/>'
    return f"<w:tr><w:trPr><w:cantSplit/>{high}{properties}</w:trPr>{content}</w:tr>"
