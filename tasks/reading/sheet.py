"""Opens a workbook, or the tables of a document, from somewhere else safely: rows the way a person sees them.

Everything that could hurt is refused before the parser sees it: encrypted files, macros, archives that
inflate far beyond their size, and sheets whose two cells lie so far apart that the grid between them would
not fit into memory.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from models.errors import UnreadableFileError
from models.later import later
from models.secrecy import MarkedError, marking
from models.typed_text import writable
from tasks.containers.blocks import Block, TableBlock, is_only_tables
from tasks.containers.formats import ACCEPTED, CSV, Format, Reader, recognise
from tasks.containers.office_helper import converted
from tasks.containers.old_sheets import Grid, look_through
from tasks.containers.pdf_pages import pdf_blocks
from tasks.containers.plain_text import decode
from tasks.containers.sheet_marks import BookMarks, Marks, read_marks
from tasks.containers.web_page import web_blocks

if TYPE_CHECKING:
    import python_calamine

    from tasks.reading import word
else:
    python_calamine = later("python_calamine")
    word = later("tasks.reading.word")

MOST_BYTES = 20 * 2**20
MOST_ROWS = 200_000
MOST_INFLATED = 200 * 10**6
_MOST_CELLS = 20_000_000
_LARGE_PART, _STEEPEST = 50 * 10**6, 200
"""A part larger than this that shrank by more than this factor holds no ledger."""

_MEGABYTE = 2**20
_SEARCHED_HERE = (Reader.OFFICE_TEXT, Reader.OFFICE_SHEET, Reader.PAGE)
"""Kinds of files whose words stand there in code, so that no search of the file itself finds a marking."""
_LOCAL_HEADER = struct.Struct("<26xHH")

Cell = str | float | int | bool | dt.date | dt.datetime | dt.time | dt.timedelta


class Merged(NamedTuple):
    """A merged block, both corners included, as indices into `Sheet.rows` and its rows (from 0)."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible sheet: `rows[0]` is the sheet's first row as a person counts it; all rows are equally wide.

    An empty cell is "", one in error or a formula without a stored value is `Broken`, a day of which the year and the
    month are shown is that month (2026年6月).

    `name` is None for a text table (csv), which has no sheets.
    """

    name: str | None
    rows: list[list[Cell]]
    merged: list[Merged] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)
    since_1904: bool = False
    """Its days are counted from 1904, so that a day number without a date format means another day."""


def open_workbook(path: Path) -> list[Sheet]:
    """The visible sheets of a workbook, the one table of a text, or the tables of a document, one a sheet.

    Raises UnreadableFileError with one Chinese line for whatever holds no table, is of a kind that is not read
    (`tasks.containers.formats`), encrypted or with macros, is empty, or is larger than 20 MB, 200 MB inflated, or
    200,000 rows; MarkedError for a secrecy marking in a kind of file that is searched nowhere else.
    """
    content, name = file_content(path), path.name
    kind = recognise(content, name)
    if kind.reader is Reader.PLAIN:
        sheets = [_text_table(decode(content, name), name)]
    elif kind.reader is Reader.SHEET:
        sheets = _workbook(content, name)
    elif kind.reader is Reader.OLD_SHEET:
        sheets = _parsed(content, name, look_through(content, name))
    elif kind.reader is Reader.OFFICE_SHEET:
        sheets = _workbook(converted(content, name, kind.what, "xlsx"), name)
    else:
        sheets = _tables(_blocks(content, name, kind), name, kind)
    for row in (row for sheet in sheets for row in sheet.rows):
        row[:] = [writable(cell) if isinstance(cell, str) else cell for cell in row]
    if kind.reader in _SEARCHED_HERE:
        _refuse_marked(sheets, name)
    if not any(cell != "" for sheet in sheets for row in sheet.rows for cell in row):
        raise UnreadableFileError(f"“{name}”里没有内容：至少要有一行表头和一行数据。")
    return sheets


def is_list(path: Path) -> bool:
    """Whether the file is a list, to be read by its columns: a workbook, or a document that is little but a table."""
    content, name = file_content(path), path.name
    kind = recognise(content, name)
    if kind.reader in (Reader.PAGE, Reader.PDF):
        return is_only_tables(_blocks(content, name, kind))
    return kind is CSV or kind.reader in (Reader.SHEET, Reader.OLD_SHEET, Reader.OFFICE_SHEET)


def file_content(path: Path) -> bytes:
    """The whole file. Raises UnreadableFileError for none, a folder, one that is empty or larger than 20 MB."""
    try:
        if path.is_dir():
            raise UnreadableFileError(f"“{path}”是文件夹，不是文件。")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise UnreadableFileError(
                f"“{path.name}”有 {size / _MEGABYTE:.0f} MB，上限是 {MOST_BYTES // _MEGABYTE} MB：请拆成几个文件。"
            )
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableFileError(f"找不到文件“{path}”。") from error
    except OSError as error:
        raise UnreadableFileError(f"文件“{path}”打不开：{error.strerror}。") from error
    if not content.strip():
        raise UnreadableFileError(f"无法读取“{path.name}”：文件是空的。{ACCEPTED}。")
    return content


def _blocks(content: bytes, name: str, kind: Format) -> list[Block]:
    if kind.reader is Reader.PDF:
        return pdf_blocks(content, name)
    if kind.reader is Reader.PAGE:
        return web_blocks(content, name, kind)
    document = content if kind.reader is Reader.WORD else converted(content, name, kind.what, "docx")
    return list(word.word_tables(document, name))


def _tables(blocks: list[Block], name: str, kind: Format) -> list[Sheet]:
    tables = [block for block in blocks if isinstance(block, TableBlock)]
    if not tables:
        raise UnreadableFileError(
            f"无法读取“{name}”：里面是{kind.what}，其中没有表格。请把内容做成有表头的表格，或另存为 .xlsx。"
        )
    return [
        Sheet(f"表{number}" if len(tables) > 1 else None, [list(row) for row in table.rows],
              [Merged(*block) for block in table.merged])
        for number, table in enumerate(tables, start=1)
    ]  # fmt: skip


def _refuse_marked(sheets: list[Sheet], name: str) -> None:
    said = "\n".join(cell for sheet in sheets for row in sheet.rows for cell in row if isinstance(cell, str))
    if found := marking(said):
        raise MarkedError(f"“{name}”带有密级标志“{found}”。涉密材料不得导入，请按保密规定办理。")


def _workbook(content: bytes, name: str) -> list[Sheet]:
    _refuse_dangerous(name, BytesIO(content))
    sheets = _parsed(content, name, {})
    found = read_marks(BytesIO(content))
    return [_as_shown(sheet, found) for sheet in sheets]


def _as_shown(sheet: Sheet, found: BookMarks) -> Sheet:
    marks = found.sheets.get(sheet.name or "", Marks())
    _lay_marks(sheet, marks)
    return replace(sheet, marks=marks, since_1904=found.since_1904)


def _lay_marks(sheet: Sheet, marks: Marks) -> None:
    """What a reader of the sheet sees in place of some values."""
    for (row, column), text in (*marks.broken.items(), *marks.partly.items()):
        if row < len(sheet.rows) and column < len(sheet.rows[row]):
            sheet.rows[row][column] = text
    for row, column in marks.months:
        if row < len(sheet.rows) and column < len(sheet.rows[row]):
            cell = sheet.rows[row][column]
            if isinstance(cell, dt.date):
                sheet.rows[row][column] = f"{cell.year}年{cell.month}月"


def _parsed(content: bytes, name: str, grids: Mapping[int, Grid]) -> list[Sheet]:
    try:
        return _visible_sheets(BytesIO(content), grids)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _not_whole(name) from error


def _visible_sheets(file: BinaryIO, grids: Mapping[int, Grid]) -> list[Sheet]:
    with python_calamine.CalamineWorkbook.from_filelike(file) as book:
        shown = [
            (index, entry.name)
            for index, entry in enumerate(book.sheets_metadata)
            if entry.typ is python_calamine.SheetTypeEnum.WorkSheet
            and entry.visible is python_calamine.SheetVisibleEnum.Visible
        ]
        sheets = []
        for index, name in shown:
            found = book.get_sheet_by_index(index)
            # Leading empty rows are kept: otherwise every row number in an error would be too small.
            rows = found.to_python(skip_empty_area=False)
            grid = grids.get(index, Grid())
            merged = [Merged(*first, *last) for first, last in found.merged_cell_ranges or []]
            merged += [Merged(*block) for block in grid.merged]
            sheets.append(Sheet(name, rows, merged, grid.marks))
            _lay_marks(sheets[-1], grid.marks)
        return sheets


def _refuse_dangerous(name: str, file: BinaryIO) -> None:
    """Judges the archive by its directory first, then holds each part to the size the directory states."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = [part for part in archive.infolist() if not part.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _not_whole(name) from error
    inflated = sum(part.file_size for part in parts)
    if inflated > MOST_INFLATED or any(_too_steep(part) for part in parts):
        raise UnreadableFileError(
            f"“{name}”解压后将达 {inflated / 1e6:.0f} MB，不像正常的表格，已拒绝：请把数据复制到新建的 .xlsx 中再导入。"
        )
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            content = _inflate(name, file, part)
            if b"sheetData" in content:
                _refuse_wide(name, content)


def _too_steep(part: zipfile.ZipInfo) -> bool:
    return part.file_size > _LARGE_PART and part.file_size > _STEEPEST * part.compress_size


def _inflate(name: str, file: BinaryIO, part: zipfile.ZipInfo) -> bytes:
    """The part, exactly as long as the directory says: zipfile would stop there, other parsers do not."""
    # Where bytes are missing in the middle, everything before lies ahead of where the directory puts it.
    file.seek(max(part.header_offset, 0))
    header = file.read(30)
    if (
        part.header_offset < 0
        or len(header) < 30
        or part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    ):
        raise _not_whole(name)
    file.seek(sum(_LOCAL_HEADER.unpack(header)), io.SEEK_CUR)
    packed = file.read(part.compress_size)
    if part.compress_type == zipfile.ZIP_STORED:
        content = packed
    else:
        try:
            content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, part.file_size + 1)
        except zlib.error as error:
            raise _not_whole(name) from error
    if len(content) != part.file_size:
        raise _not_whole(name)
    return content


_SEPARATORS, _HEAD = ",\t;", 15
"""What parts the cells of a text table, and lines among which its header stands."""
_NO_HEADING = re.compile(r"\d|[。；]|.{21}")
_QUOTES = bytes.maketrans(b"'", b'"')
_FAR = re.compile(rb'r="(?:[A-Z]{2,3}\d|[A-Z]?\d{6})')
"""A place beyond column Z or row 99,999; most sheets have none, and are looked through once only."""

_PLACE = re.compile(rb'r="([A-Z]{0,3})(\d{1,7})"')


def _refuse_wide(name: str, sheet: bytes) -> None:
    """The parser lays out the whole grid up to the last cell, so that cell's place is looked at first."""
    plain = sheet.translate(_QUOTES, delete=b" \t\r\n")
    if _FAR.search(plain) is None:
        return
    places = _PLACE.findall(plain)
    height = max((int(digits) for _, digits in places), default=0)
    width = max((_column(letters) for letters in {letters for letters, _ in places}), default=0)
    if height > MOST_ROWS:
        raise UnreadableFileError(
            f"“{name}”的内容一直排到第 {height} 行，上限是 {MOST_ROWS} 行：请删去多余的行，或拆成几个文件。"
        )
    if width * height > _MOST_CELLS:
        raise UnreadableFileError(f"“{name}”的内容一直排到第 {width} 列：请删去右侧多余的列再导入。")


def _column(letters: bytes) -> int:
    """XFD → 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _text_table(text: str, name: str) -> Sheet:
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
        rows: list[list[Cell]] = [[cell.strip() for cell in line] for line in lines]
    except csv.Error as error:
        raise UnreadableFileError(f"“{name}”不是完整的 CSV 表格：请另存为 .xlsx 后再导入。") from error
    if len(rows) > MOST_ROWS:
        raise UnreadableFileError(f"“{name}”有 {len(rows)} 行，上限是 {MOST_ROWS} 行：请拆成几个文件。")
    width = max((len(row) for row in rows), default=0)
    return Sheet(None, [row + [""] * (width - len(row)) for row in rows])


def _separator(text: str) -> str:
    """What parts the cells: that which makes most headings of the first line that can be a header, since the cells
    below may hold others; else what there is most of."""
    lines = text.splitlines()[:_HEAD]
    for line in lines:
        found = {one: [cell.strip() for cell in next(csv.reader([line], delimiter=one), [])] for one in _SEPARATORS}
        separator = max(_SEPARATORS, key=lambda one: len(found[one]))
        headings = list(filter(None, found[separator]))
        if len(headings) > 1 and len(set(headings)) == len(headings) and not any(map(_NO_HEADING.search, headings)):
            return separator
    return max(_SEPARATORS, key="\n".join(lines).count)


def _not_whole(name: str) -> UnreadableFileError:
    return UnreadableFileError(f"“{name}”不是可读的表格（已损坏或没有传完）：请用 Excel 或 WPS 打开，另存为 .xlsx。")
