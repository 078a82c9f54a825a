"""Forms: bordered pairs of label and content, as a supervision sheet (督办单) is made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from tasks.papers import paper, styles
from tasks.papers.tables import shared
from tasks.papers.wordprocessing import paragraph, run

# Twips: what a cell keeps free above and below its text, and at either side.
_ROOM, _SIDE = 60, 85

_INSIDE = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in ("insideH", "insideV"))


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


def form(block: Form) -> str:
    """The table, its border in the colour of its band, and a small gap after it."""
    widths = shared(block.widths)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(_row(row, widths) for row in block.rows)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{styles.TABLE}"/><w:tblW w:w="{paper.TEXT_WIDTH}" w:type="dxa"/>'
        f'<w:jc w:val="center"/>{_borders(block.band)}<w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:top w:w="{_ROOM}" w:type="dxa"/><w:left w:w="{_SIDE}" w:type="dxa"/>'
        f'<w:bottom w:w="{_ROOM}" w:type="dxa"/><w:right w:w="{_SIDE}" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:val="0000"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{_band(block)}{rows}</w:tbl>'
        f"{paragraph(styles.GAP)}"
    )


def form_height(block: Form) -> int:
    """How high the form comes out, gap included, in twips; an estimate where text runs over several lines."""
    widths = shared(block.widths)
    band = paper.BAND_LINE + 2 * _ROOM if block.band else 0
    return band + sum(_row_height(row, widths) for row in block.rows) + paper.GAP


def _row_height(row: FormRow, widths: Sequence[int]) -> int:
    heights = [row.lines * paper.TABLE_LINE]
    for cell, width in _placed(row, widths):
        size, line = (paper.TABLE_POINTS, paper.TABLE_LINE)
        if cell.role is CellRole.FIGURE:
            size, line = (paper.FIGURE_POINTS, paper.FIGURE_LINE)
        room = (width - 2 * _SIDE) / (size * 20)
        heights.append(line * sum(paper.lines(text, room) for text in (cell.text, cell.foot) if text))
    return max(heights) + 2 * _ROOM


def _placed(row: FormRow, widths: Sequence[int]) -> Iterator[tuple[Cell, int]]:
    """Each cell with its width."""
    begin = 0
    for cell in row.cells:
        yield cell, sum(widths[begin : begin + cell.span])
        begin += cell.span


def _borders(band: Band | None) -> str:
    if not band:
        return ""
    outside = "".join(
        f'<w:{side} w:val="single" w:sz="12" w:space="0" w:color="{band.colour}"/>'
        for side in ("top", "left", "bottom", "right")
    )
    return f"<w:tblBorders>{outside}{_INSIDE}</w:tblBorders>"


def _band(block: Form) -> str:
    if not block.band:
        return ""
    return (
        f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{paper.TEXT_WIDTH}" w:type="dxa"/>'
        f'<w:gridSpan w:val="{len(block.widths)}"/><w:shd w:val="clear" w:color="auto" w:fill="{block.band.colour}"/>'
        f'<w:vAlign w:val="center"/></w:tcPr>{paragraph(styles.FORM_BAND, run(block.band.text))}</w:tc></w:tr>'
    )


def _row(row: FormRow, widths: Sequence[int]) -> str:
    """A row may break over two pages where its text is longer than one."""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:gridSpan w:val="{cell.span}"/>'
        f'<w:vAlign w:val="{"bottom" if cell.foot else "center"}"/></w:tcPr>{_content(cell)}</w:tc>'
        for cell, width in _placed(row, widths)
    )
    height = row.lines * paper.TABLE_LINE + 2 * _ROOM
    return f'<w:tr><w:trPr><w:trHeight w:val="{height}" w:hRule="atLeast"/></w:trPr>{cells}</w:tr>'


def _content(cell: Cell) -> str:
    text = paragraph(cell.role.value, run(cell.text)) if cell.text or not cell.foot else ""
    foot = paragraph(styles.FORM_TEXT, run(cell.foot), properties='<w:jc w:val="right"/>') if cell.foot else ""
    return text + foot
