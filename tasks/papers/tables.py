"""Tables in an official document: the width of the text block, thin lines, the head repeated on each page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.later import later
from tasks.papers import paper, styles
from tasks.papers.wordprocessing import add_paragraph, add_text, element, fill, styled

if TYPE_CHECKING:
    from docx import shared as units
    from docx.document import Document
    from docx.enum import table as table_choices
    from docx.enum import text as choices
    from docx.oxml import ns
    from docx.oxml.table import CT_Row
    from docx.table import Table as WordTable
else:
    units = later("docx.shared")
    table_choices = later("docx.enum.table")
    choices = later("docx.enum.text")
    ns = later("docx.oxml.ns")

# In full-width characters: columns are as wide as their text within these bounds.
_NARROWEST, _WIDEST = 3.0, 16.0
_SHORT = 10.0


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


def add_table(word: Document, block: Table) -> None:
    """Caption, table and the blank line after it (without it Word would join two tables)."""
    widths, short = column_shares(block)
    if block.caption:
        add_text(add_paragraph(word, styles.CAPTION), block.caption)
    dense = block.dense
    table = ruled(word, styles.DENSE_TABLE if dense else styles.TABLE, widths)
    head, model = table.add_row(), table.add_row()
    # The head always takes the room it needs. A row of one line takes one line of the grid.
    head.height = units.Twips(row_height(1) if dense else paper.LINE_PITCH)
    model.height = units.Twips(row_height(block.lines or 1) if dense else paper.LINE_PITCH)
    head.height_rule = table_choices.WD_ROW_HEIGHT_RULE.AT_LEAST
    model.height_rule = (
        table_choices.WD_ROW_HEIGHT_RULE.EXACTLY if block.lines else table_choices.WD_ROW_HEIGHT_RULE.AT_LEAST
    )
    for row, style in (
        (head, styles.DENSE_HEADER if dense else styles.TABLE_HEADER),
        (model, styles.DENSE_TEXT if dense else styles.TABLE_TEXT),
    ):
        # No row breaks over two pages.
        row._tr.get_or_add_trPr().insert(0, element("cantSplit"))
        for cell in row.cells:
            cell.vertical_alignment = table_choices.WD_ALIGN_VERTICAL.CENTER
            add_text(styled(cell.paragraphs[0], style), "")
    head._tr.trPr.append(element("tblHeader"))
    for cell, centred in zip(model.cells, short, strict=True):
        cell.paragraphs[0].alignment = choices.WD_ALIGN_PARAGRAPH.CENTER if centred else choices.WD_ALIGN_PARAGRAPH.LEFT
    _fill(head._tr, block.header)
    for texts in block.rows:
        # A list may have thousands of rows: a copy takes a fraction of the time of a row made anew.
        row = deepcopy(model._tr)
        _fill(row, [_fitting(text, width, block.lines) for text, width in zip(texts, widths, strict=True)])
        model._tr.addprevious(row)
    table._tbl.remove(model._tr)
    add_paragraph(word, styles.GAP if dense else styles.NORMAL)


def ruled(word: Document, style: str, widths: Sequence[int]) -> WordTable:
    """A table as wide as the text block, in the style of that id, its columns of these twips; without a row as yet."""
    table: WordTable = word.add_table(0, len(widths))
    table._tbl.tblStyle_val = style
    table.alignment, table.autofit = table_choices.WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = units.Twips(width)
    return table


def column_shares(block: Table) -> tuple[list[int], list[bool]]:
    """How wide each column is (twips), and whether its texts are short enough to be centred."""
    longest = [max(map(paper.width, column)) for column in zip(block.header, *block.rows, strict=True)]
    widths = shared(block.widths) if block.widths else _column_widths(longest)
    return widths, [length <= _SHORT for length in longest]


def row_height(lines: int) -> int:
    """The height of a row of a dense table, in twips."""
    return lines * paper.DENSE_LINE + 2 * styles.DENSE_ROOM


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
    room = (width - 2 * styles.DENSE_SIDE) / (paper.DENSE_POINTS * 20)
    # Each further line may lose a character to punctuation that must not begin it.
    return paper.shortened(text, room * lines - (lines - 1))


def _fill(row: CT_Row, texts: Iterable[str]) -> None:
    for words, text in zip(list(row.iter(ns.qn("w:t"))), texts, strict=True):
        fill(words, text)
