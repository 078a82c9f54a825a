"""Tables in an official document: the width of the text block, thin lines, the head repeated on each page."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.wording import paper, styles
from tasks.wording.wordprocessing import paragraph, run

# In full-width characters: columns are as wide as their text within these bounds.
_NARROWEST, _WIDEST = 3.0, 16.0
_SHORT = 10.0


@dataclass(frozen=True)
class Table:
    """A table of text; every row has as many cells as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str | None = None

    def __post_init__(self) -> None:
        if not self.header or any(len(row) != len(self.header) for row in self.rows):
            raise ValueError("every row of a table has as many cells as its header, at least one")


def table(block: Table) -> str:
    """Caption, table and the blank line after it (without it Word would join two tables)."""
    longest = [max(map(paper.width, column)) for column in zip(block.header, *block.rows, strict=True)]
    widths = _column_widths(longest)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    centred = '<w:jc w:val="center"/>'
    header = _row(
        [paragraph(styles.TABLE_HEADER, run(text)) for text in block.header],
        widths,
        properties="<w:tblHeader/>",
    )
    alignments = [centred if length <= _SHORT else '<w:jc w:val="left"/>' for length in longest]
    rows = "".join(
        _row(
            [
                paragraph(styles.TABLE_TEXT, run(text), properties=aligned)
                for text, aligned in zip(row, alignments, strict=True)
            ],
            widths,
        )
        for row in block.rows
    )
    caption = paragraph(styles.CAPTION, run(block.caption)) if block.caption else ""
    return (
        f'{caption}<w:tbl><w:tblPr><w:tblStyle w:val="{styles.TABLE}"/>'
        f'<w:tblW w:w="{paper.TEXT_WIDTH}" w:type="dxa"/>{centred}<w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{header}{rows}</w:tbl>{paragraph(styles.NORMAL)}"
    )


def _column_widths(longest: Sequence[float]) -> list[int]:
    """The text block shared out by the longest text of each column; what rounding leaves goes to the last."""
    shares = [min(max(length, _NARROWEST), _WIDEST) + 1 for length in longest]
    widths = [int(paper.TEXT_WIDTH * share / sum(shares)) for share in shares]
    return [*widths[:-1], paper.TEXT_WIDTH - sum(widths[:-1])]


def _row(cells: Sequence[str], widths: Sequence[int], *, properties: str = "") -> str:
    content = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{cell}</w:tc>'
        for cell, width in zip(cells, widths, strict=True)
    )
    # A row of one line takes one line of the grid; a row never breaks over two pages.
    height = f'<w:trHeight w:val="{paper.LINE_PITCH}" w:hRule="atLeast"/>'
    return f"<w:tr><w:trPr><w:cantSplit/>{height}{properties}</w:trPr>{content}</w:tr>"
