"""Forms: bordered pairs of label and content, as a supervision sheet (督办单) is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from models.later import later
from tasks.papers import paper, styles
from tasks.papers.tables import ruled, shared
from tasks.papers.wordprocessing import add_paragraph, add_text, element, elements, styled

if TYPE_CHECKING:
    from docx import shared as units
    from docx.document import Document
    from docx.enum import table as table_choices
    from docx.enum import text as choices
    from docx.table import Table as WordTable
else:
    units = later("docx.shared")
    table_choices = later("docx.enum.table")
    choices = later("docx.enum.text")


class CellRole(Enum):
    """What a cell is for: the label of its neighbour, a content, or a figure to be seen from afar."""

    LABEL = styles.FORM_LABEL
    CONTENT = styles.FORM_TEXT
    FIGURE = styles.FORM_FIGURE


@dataclass(frozen=True)
class Cell:
    """One cell over `span` columns; `foot` stands at its lower right: where somebody signs, on which day."""

    text: str
    span: int = 1
    role: CellRole = CellRole.CONTENT
    foot: str = ""


def label(text: str) -> Cell:
    """The cell that names its neighbour."""
    return Cell(text, role=CellRole.LABEL)


@dataclass(frozen=True)
class FormRow:
    """Cells beside each other, at least so many lines of text high: room to write by hand."""

    cells: tuple[Cell, ...]
    lines: int = 1


@dataclass(frozen=True)
class Band:
    """A coloured head over the form, white on `colour` (RRGGBB); it never stands without its word."""

    text: str
    colour: str

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("a coloured band has a word: not everybody sees colours, and not every paper shows them")


@dataclass(frozen=True)
class Form:
    """Rows over common columns; `widths` are the columns' shares of the text block."""

    widths: tuple[float, ...]
    rows: tuple[FormRow, ...]
    band: Band | None = None

    def __post_init__(self) -> None:
        if not self.rows or any(sum(cell.span for cell in row.cells) != len(self.widths) for row in self.rows):
            raise ValueError("the cells of every row of a form span all its columns")


def add_form(word: Document, block: Form) -> None:
    """The table, its border in the colour of its band, and a small gap after it."""
    table = ruled(word, styles.FORM, shared(block.widths))
    if block.band:
        _add_band(table, block.band)
    for row in block.rows:
        _add_row(table, row)
    add_paragraph(word, styles.GAP)


def form_height(block: Form) -> int:
    """How high the form comes out, gap included, in twips; an estimate where text runs over several lines."""
    widths = shared(block.widths)
    band = paper.BAND_LINE + 2 * styles.FORM_ROOM if block.band else 0
    return band + sum(_row_height(row, widths) for row in block.rows) + paper.GAP


def _row_height(row: FormRow, widths: Sequence[int]) -> int:
    heights = [row.lines * paper.TABLE_LINE]
    for cell, width in _placed(row, widths):
        size, line = (paper.TABLE_POINTS, paper.TABLE_LINE)
        if cell.role is CellRole.FIGURE:
            size, line = (paper.FIGURE_POINTS, paper.FIGURE_LINE)
        room = (width - 2 * styles.SIDE) / (size * 20)
        heights.append(line * sum(paper.lines(text, room) for text in (cell.text, cell.foot) if text))
    return max(heights) + 2 * styles.FORM_ROOM


def _placed(row: FormRow, widths: Sequence[int]) -> Iterator[tuple[Cell, int]]:
    """Each cell with its width."""
    begin = 0
    for cell in row.cells:
        yield cell, sum(widths[begin : begin + cell.span])
        begin += cell.span


def _add_band(table: WordTable, band: Band) -> None:
    outside = f'w:sz="12" w:color="{band.colour}"'
    table._tbl.tblPr.insert_element_before(*elements(styles.borders(outside)), "w:tblLayout")
    row = table.add_row()
    row._tr.get_or_add_trPr().append(element("cantSplit"))
    cell = row.cells[0].merge(row.cells[-1])
    cell._tc.tcPr.append(element("shd", val="clear", color="auto", fill=band.colour))
    cell.vertical_alignment = table_choices.WD_ALIGN_VERTICAL.CENTER
    add_text(styled(cell.paragraphs[0], styles.FORM_BAND), band.text)


def _add_row(table: WordTable, row: FormRow) -> None:
    """A row may break over two pages where its text is longer than one."""
    made = table.add_row()
    made.height = units.Twips(row.lines * paper.TABLE_LINE + 2 * styles.FORM_ROOM)
    made.height_rule = table_choices.WD_ROW_HEIGHT_RULE.AT_LEAST
    places, begin = made.cells, 0
    for cell in row.cells:
        place = places[begin] if cell.span == 1 else places[begin].merge(places[begin + cell.span - 1])
        begin += cell.span
        place.vertical_alignment = (
            table_choices.WD_ALIGN_VERTICAL.BOTTOM if cell.foot else table_choices.WD_ALIGN_VERTICAL.CENTER
        )
        line = place.paragraphs[0]
        if cell.text or not cell.foot:
            add_text(styled(line, cell.role.value), cell.text)
        if cell.foot:
            line = place.add_paragraph() if cell.text else line
            add_text(styled(line, styles.FORM_TEXT), cell.foot).alignment = choices.WD_ALIGN_PARAGRAPH.RIGHT
