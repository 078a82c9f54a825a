"""Sheets that people fill in or read: one house style, text that stays text, files that appear whole or not at all."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from models.errors import BadInputError

TITLE, HEADER, BODY, CENTRED, TO_FILL, EXAMPLE = "表题", "表头", "正文格", "居中格", "待填格", "示例格"
"""The styles of the house, by the name that also the spreadsheet program shows."""

HEADER_ROW = 2
"""The title stands above it, the rows below."""

_A3, _A4 = 8, 9
Value = str | int | float | Decimal | None

_FORMULA_SIGNS = ("=", "+", "-", "@")
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


@dataclass(frozen=True)
class Column:
    """One column: its heading, its width in characters of Latin text, whether it is centred, and its note."""

    heading: str
    width: float
    centred: bool = False
    note: str = ""


def new_sheet(title: str, sheet_name: str, columns: Sequence[Column]) -> tuple[Workbook, Worksheet]:
    """A workbook with one sheet: title, header with notes, frozen, ready to be printed across."""
    workbook = Workbook()
    for style in _styles():
        workbook.add_named_style(style)
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one sheet; the stubs do not say so
    _lay_out(sheet, title, sheet_name, columns)
    return workbook, sheet


def further_sheet(workbook: Workbook, title: str, sheet_name: str, columns: Sequence[Column]) -> Worksheet:
    """One more sheet behind those that `new_sheet` began with, in the same style."""
    sheet = workbook.create_sheet()
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a workbook that is not write-only makes no other
    _lay_out(sheet, title, sheet_name, columns)
    return sheet


def _lay_out(sheet: Worksheet, title: str, sheet_name: str, columns: Sequence[Column]) -> None:
    sheet.title = sheet_name
    last = get_column_letter(len(columns))
    _put(sheet, 1, 1, title, TITLE)
    sheet.merge_cells(f"A1:{last}1")
    sheet.row_dimensions[1].height = 36
    sheet.row_dimensions[HEADER_ROW].height = 24
    for place, column in enumerate(columns, 1):
        cell = _put(sheet, HEADER_ROW, place, column.heading, HEADER)
        sheet.column_dimensions[get_column_letter(place)].width = column.width
        if column.note:
            cell.comment = Comment(column.note, "duban", width=320, height=24 + 20 * _lines(column.note, 24))
    sheet.freeze_panes = f"C{HEADER_ROW + 1}"
    _set_up_printing(sheet, wide=sum(column.width for column in columns) > 160)


def add_row(
    sheet: Worksheet, place: int, values: Iterable[Value], columns: Sequence[Column], *, style: str | None = None
) -> None:
    """Write one row in the style of its columns, or all of it in `style`; high enough for what it holds."""
    lines = 1
    for at, (value, column) in enumerate(zip(values, columns, strict=True), 1):
        _put(sheet, place, at, value, style or (CENTRED if column.centred else BODY))
        lines = max(lines, _lines(str(value or ""), int(column.width / 2.1)))
    sheet.row_dimensions[place].height = min(8 + 15 * lines, 400)


def save(workbook: Workbook, path: Path) -> None:
    """Write the file whole or not at all; the same sheet gives the same bytes. Raises BadInputError."""
    buffer = io.BytesIO()
    workbook.save(buffer)
    partial = path.with_name(f".{path.name}.part")
    try:
        partial.write_bytes(_timeless(buffer))
        partial.replace(path)
    except OSError as error:
        raise BadInputError(f"文件“{path}”无法写入：{error.strerror}。") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _timeless(file: io.BytesIO) -> bytes:
    """The same package with a fixed day in place of the moment of writing."""
    written = io.BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            target.writestr(entry, content)
    return written.getvalue()


def _put(sheet: Worksheet, row: int, column: int, value: Value, style: str) -> Cell:
    """Text is written as text: whatever it begins with, no program may take it for a formula."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # noqa: S101 - only the hidden part of a merged block is none
    cell.style = style
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = value.startswith(_FORMULA_SIGNS)
    else:
        cell.value = value
    return cell


def _lines(text: str, width: int) -> int:
    """How many lines the text takes where `width` Chinese characters fit into one."""
    return sum(max(1, -(-len(line) // max(width, 1))) for line in text.split("\n"))


def _set_up_printing(sheet: Worksheet, *, wide: bool) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A3 if wide else _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"1:{HEADER_ROW}"
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top = sheet.page_margins.bottom = 0.7
    sheet.page_margins.footer = 0.3
    footer = HeaderFooterItem()
    footer.center.text = "第 &P 页，共 &N 页"
    sheet.HeaderFooter.oddFooter = footer


def _styles() -> list[NamedStyle]:
    line = Side(style="thin", color="BFBFBF")
    border = Border(left=line, right=line, top=line, bottom=line)
    font = Font(name="宋体", size=11)
    left = Alignment(vertical="center", wrap_text=True)
    centre = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return [
        NamedStyle(TITLE, font=Font(name="黑体", size=16), alignment=centre),
        NamedStyle(
            HEADER, font=Font(name="黑体", size=11, color="FFFFFF"), alignment=centre, border=border,
            fill=PatternFill("solid", fgColor="2F5C8F"),
        ),
        NamedStyle(BODY, font=font, alignment=left, border=border),
        NamedStyle(CENTRED, font=font, alignment=centre, border=border),
        NamedStyle(TO_FILL, font=font, alignment=left, border=border, fill=PatternFill("solid", fgColor="FFF2CC")),
        NamedStyle(
            EXAMPLE, font=Font(name="宋体", size=11, italic=True, color="7F7F7F"), alignment=left, border=border
        ),
    ]  # fmt: skip
