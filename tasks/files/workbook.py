"""Sheets that people fill in or read: one house style, text that stays text, files that appear whole or not at all."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from models.errors import BadInputError
from models.later import later
from models.typed_text import writable
from tasks.files.sheet_rows import Look, SheetRows, Value, look_of

if TYPE_CHECKING:
    import openpyxl
    from openpyxl import cell as cells
    from openpyxl import comments, styles, utils
    from openpyxl.worksheet import header_footer, properties, worksheet
else:
    openpyxl = later("openpyxl")
    cells = later("openpyxl.cell")
    comments = later("openpyxl.comments")
    styles = later("openpyxl.styles")
    utils = later("openpyxl.utils")
    header_footer = later("openpyxl.worksheet.header_footer")
    properties = later("openpyxl.worksheet.properties")
    worksheet = later("openpyxl.worksheet.worksheet")

TITLE, HEADER, BODY, CENTRED, TO_FILL, EXAMPLE = "表题", "表头", "正文格", "居中格", "待填格", "示例格"
"""The styles of the house, by the name that also the spreadsheet program shows."""

HEADER_ROW = 2
"""The title stands above it, the rows below."""

_A3, _A4 = 8, 9
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_QUICK = 3
"""How hard a package is pressed: twice as quick as usual, and a tenth larger."""


@dataclass(frozen=True)
class Column:
    """One column: its heading, its width in characters of Latin text, whether it is centred, its note, and the number
    format of what is no text in it."""

    heading: str
    width: float
    centred: bool = False
    note: str = ""
    form: str = "General"


class Book:
    """A workbook in the making; to be closed, saved or not."""

    def __init__(self) -> None:
        self.frame = openpyxl.Workbook()
        """All but the rows, as openpyxl lays it out."""
        self.frame.remove(self.frame.worksheets[0])
        for style in _styles():
            self.frame.add_named_style(style)
        self._rows: list[SheetRows] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for rows in self._rows:
            rows.close()

    def rows_of(self, sheet: worksheet.Worksheet) -> SheetRows:
        """What takes the rows of a sheet of the frame."""
        self._rows.append(SheetRows(sheet))
        return self._rows[-1]

    def page(self, title: str, sheet_name: str, columns: Sequence[Column]) -> Page:
        """One more sheet: title, header with notes, frozen, ready to be printed across."""
        sheet = self.frame.create_sheet(sheet_name)
        assert isinstance(sheet, worksheet.Worksheet)  # noqa: S101 - a workbook that is not write-only makes no other
        _lay_out(sheet, title, columns)
        return Page(self.rows_of(sheet), columns)

    def save(self, path: Path) -> None:
        """Write the file whole or not at all; the same sheets give the same bytes. Raises BadInputError."""
        partial = path.with_name(f".{path.name}.part")
        try:
            with partial.open("wb") as file:
                self.write(file)
            partial.replace(path)
        except OSError as error:
            raise BadInputError(f"文件“{path}”无法写入：{error.strerror}。") from error
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)

    def write(self, stream: IO[bytes]) -> None:
        """Write the file to where somebody else keeps it."""
        frame = io.BytesIO()
        self.frame.save(frame)
        rows = {one.sheet.path.lstrip("/"): one for one in self._rows}
        with (
            zipfile.ZipFile(frame) as source,
            zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICK) as package,
        ):
            for name in source.namelist():
                content = source.read(name)
                if name in rows:
                    rows[name].write_into(package, name, content)
                    continue
                # A fixed day stands in place of the moment of writing.
                with package.open(name, "w") as entry:
                    entry.write(_MODIFIED.sub(rb"\g<1>1980-01-01T00:00:00Z", content))


class Page:
    """A sheet in the style of the house."""

    def __init__(self, rows: SheetRows, columns: Sequence[Column]) -> None:
        self._rows, self._columns = rows, columns
        self._widths = [int(column.width / 2.1) for column in columns]
        self._looks: dict[str | None, Sequence[Look]] = {}

    @property
    def sheet(self) -> worksheet.Worksheet:
        """What openpyxl lays out of it."""
        return self._rows.sheet

    @property
    def last(self) -> int:
        """The place of its last row, counted from 1."""
        return self._rows.last

    def add(self, values: Sequence[Value], *, style: str | None = None, to_fill: Collection[str] = ()) -> None:
        """Write the next row in the style of its columns, or all of it in `style`, high enough for what it holds;
        `to_fill` are the headings of the cells that want filling in."""
        lines = 1
        for value, width in zip(values, self._widths, strict=True):
            if isinstance(value, str) and (len(value) > width or "\n" in value):
                lines = max(lines, _lines(value, width))
        looks = self._in_style(style)
        if to_fill:
            wanted = zip(self._columns, looks, self._in_style(TO_FILL), strict=True)
            looks = [filled if column.heading in to_fill else look for column, look, filled in wanted]
        self._rows.add(values, looks, height=min(8 + 15 * lines, 400))

    def _in_style(self, style: str | None) -> Sequence[Look]:
        if style not in self._looks:
            self._looks[style] = [
                look_of(self.sheet, style or (CENTRED if column.centred else BODY), column.form)
                for column in self._columns
            ]
        return self._looks[style]


def _lay_out(sheet: worksheet.Worksheet, title: str, columns: Sequence[Column]) -> None:
    last = utils.get_column_letter(len(columns))
    _head(sheet, 1, 1, title, TITLE)
    sheet.merge_cells(f"A1:{last}1")
    sheet.row_dimensions[1].height = 36
    sheet.row_dimensions[HEADER_ROW].height = 24
    for place, column in enumerate(columns, 1):
        cell = _head(sheet, HEADER_ROW, place, column.heading, HEADER)
        sheet.column_dimensions[utils.get_column_letter(place)].width = column.width
        if column.note:
            cell.comment = comments.Comment(column.note, "duban", width=320, height=24 + 20 * _lines(column.note, 24))
    sheet.freeze_panes = f"C{HEADER_ROW + 1}"
    _set_up_printing(sheet, wide=sum(column.width for column in columns) > 160)


def _head(sheet: worksheet.Worksheet, row: int, column: int, text: str, style: str) -> cells.Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, cells.Cell)  # noqa: S101 - only the hidden part of a merged block is none
    cell.style = style
    cell.value, cell.data_type, cell.number_format = writable(text), "s", "@"
    return cell


def _lines(text: str, width: int) -> int:
    """How many lines the text takes where `width` Chinese characters fit into one."""
    return sum(max(1, -(-len(line) // max(width, 1))) for line in text.split("\n"))


def _set_up_printing(sheet: worksheet.Worksheet, *, wide: bool) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A3 if wide else _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = properties.PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"1:{HEADER_ROW}"
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top = sheet.page_margins.bottom = 0.7
    sheet.page_margins.footer = 0.3
    footer = header_footer.HeaderFooterItem()
    footer.center.text = "第 &P 页，共 &N 页"
    sheet.HeaderFooter.oddFooter = footer


def _styles() -> list[styles.NamedStyle]:
    line = styles.Side(style="thin", color="BFBFBF")
    border = styles.Border(left=line, right=line, top=line, bottom=line)
    font = styles.Font(name="宋体", size=11)
    left = styles.Alignment(vertical="center", wrap_text=True)
    centre = styles.Alignment(horizontal="center", vertical="center", wrap_text=True)
    return [
        styles.NamedStyle(TITLE, font=styles.Font(name="黑体", size=16), alignment=centre),
        styles.NamedStyle(
            HEADER, font=styles.Font(name="黑体", size=11, color="FFFFFF"), alignment=centre, border=border,
            fill=styles.PatternFill("solid", fgColor="2F5C8F"),
        ),
        styles.NamedStyle(BODY, font=font, alignment=left, border=border),
        styles.NamedStyle(CENTRED, font=font, alignment=centre, border=border),
        styles.NamedStyle(
            TO_FILL, font=font, alignment=left, border=border, fill=styles.PatternFill("solid", fgColor="FFF2CC")
        ),
        styles.NamedStyle(
            EXAMPLE, font=styles.Font(name="宋体", size=11, italic=True, color="7F7F7F"), alignment=left, border=border
        ),
    ]  # fmt: skip
