"""Opens a workbook from somewhere else safely, as rows the way a person sees them.

Everything that could hurt is refused before the parser sees it: encrypted files, macros, archives that
inflate far beyond their size, and sheets whose two cells lie so far apart that the grid between them would
not fit into memory.
"""

import csv
import datetime as dt
import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from models.errors import UnreadableFileError
from tasks.containers.sheet_marks import BookMarks, Marks, read_marks

MOST_BYTES = 20 * 2**20
MOST_ROWS = 200_000
MOST_INFLATED = 200 * 10**6
_MOST_CELLS = 20_000_000
_LARGE_PART, _STEEPEST = 50 * 10**6, 200
"""A part larger than this that shrank by more than this factor holds no ledger."""

_MEGABYTE = 2**20
_MACRO_SUFFIXES = {".xlsm", ".xltm", ".xlsb"}
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
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
    """The visible sheets of an .xlsx, or the one table of a .csv (UTF-8, GB18030, or Excel's UTF-16).

    Raises UnreadableFileError with one Chinese line for whatever is no such file, is encrypted or carries
    macros, is empty, or is larger than 20 MB, 200 MB inflated, or 200,000 rows.
    """
    size = _size(path)
    if size > MOST_BYTES:
        raise UnreadableFileError(
            f"“{path.name}”有 {size / _MEGABYTE:.0f} MB，上限是 {MOST_BYTES // _MEGABYTE} MB：请拆成几个文件。"
        )
    sheets = [_text_table(path)] if path.suffix.lower() in {".csv", ".tsv"} else _workbook(path)
    if not any(cell != "" for sheet in sheets for row in sheet.rows for cell in row):
        raise UnreadableFileError(f"“{path.name}”里没有内容：至少要有一行表头和一行数据。")
    return sheets


def _size(path: Path) -> int:
    try:
        if path.is_dir():
            raise UnreadableFileError(f"“{path}”是文件夹，不是文件。")
        with path.open("rb") as file:
            return file.seek(0, io.SEEK_END)
    except FileNotFoundError as error:
        raise UnreadableFileError(f"找不到文件“{path}”。") from error
    except OSError as error:
        raise UnreadableFileError(f"文件“{path}”打不开：{error.strerror}。") from error


def _workbook(path: Path) -> list[Sheet]:
    with path.open("rb") as file:
        _refuse_foreign(path, file)
        _refuse_dangerous(path, file)
        file.seek(0)
        try:
            sheets = _visible_sheets(file)
        except (CalamineError, OSError, ValueError) as error:
            raise _not_xlsx(path) from error
        found = read_marks(file)
        return [_as_shown(sheet, found) for sheet in sheets]


def _as_shown(sheet: Sheet, found: BookMarks) -> Sheet:
    marks = found.sheets.get(sheet.name or "", Marks())
    for (row, column), text in marks.broken.items():
        if row < len(sheet.rows) and column < len(sheet.rows[row]):
            sheet.rows[row][column] = text
    for row, column in marks.months:
        if row < len(sheet.rows) and column < len(sheet.rows[row]):
            cell = sheet.rows[row][column]
            if isinstance(cell, dt.date):
                sheet.rows[row][column] = f"{cell.year}年{cell.month}月"
    return replace(sheet, marks=marks, since_1904=found.since_1904)


def _visible_sheets(file: BinaryIO) -> list[Sheet]:
    with CalamineWorkbook.from_filelike(file) as book:
        shown = [
            (index, entry.name)
            for index, entry in enumerate(book.sheets_metadata)
            if entry.typ is SheetTypeEnum.WorkSheet and entry.visible is SheetVisibleEnum.Visible
        ]
        sheets = []
        for index, name in shown:
            found = book.get_sheet_by_index(index)
            # Leading empty rows are kept: otherwise every row number in an error would be too small.
            rows = found.to_python(skip_empty_area=False)
            merged = [Merged(*first, *last) for first, last in found.merged_cell_ranges or []]
            sheets.append(Sheet(name, rows, merged))
        return sheets


def _refuse_foreign(path: Path, file: BinaryIO) -> None:
    head = file.read(8)
    if head == _OLE:
        if _ENCRYPTED in head + file.read():
            raise _encrypted(path)
        raise UnreadableFileError(f"“{path.name}”是旧版 .xls 格式或者已加密：请取消密码，另存为 .xlsx 后再导入。")
    if not head.startswith(b"PK"):
        raise _not_xlsx(path)


def _refuse_dangerous(path: Path, file: BinaryIO) -> None:
    """Judges the archive by its directory first, then holds each part to the size the directory states."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = [part for part in archive.infolist() if not part.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _not_xlsx(path) from error
    names = {part.filename.lower() for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise _encrypted(path)
    inflated = sum(part.file_size for part in parts)
    if inflated > MOST_INFLATED or any(_too_steep(part) for part in parts):
        raise UnreadableFileError(
            f"“{path.name}”解压后将达 {inflated / 1e6:.0f} MB，不像正常的表格，已拒绝："
            "请把数据复制到新建的 .xlsx 中再导入。"
        )
    if path.suffix.lower() in _MACRO_SUFFIXES or any(name.endswith("vbaproject.bin") for name in names):
        raise UnreadableFileError(f"“{path.name}”含有宏：请另存为不含宏的 .xlsx 后再导入。")
    if "xl/workbook.xml" not in names:
        raise _not_xlsx(path)
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            content = _inflate(path, file, part)
            if b"sheetData" in content:
                _refuse_wide(path, content)


def _too_steep(part: zipfile.ZipInfo) -> bool:
    return part.file_size > _LARGE_PART and part.file_size > _STEEPEST * part.compress_size


def _inflate(path: Path, file: BinaryIO, part: zipfile.ZipInfo) -> bytes:
    """The part, exactly as long as the directory says: zipfile would stop there, other parsers do not."""
    file.seek(part.header_offset)
    header = file.read(30)
    if len(header) < 30 or part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise _not_xlsx(path)
    file.seek(sum(_LOCAL_HEADER.unpack(header)), io.SEEK_CUR)
    packed = file.read(part.compress_size)
    if part.compress_type == zipfile.ZIP_STORED:
        content = packed
    else:
        try:
            content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, part.file_size + 1)
        except zlib.error as error:
            raise _not_xlsx(path) from error
    if len(content) != part.file_size:
        raise _not_xlsx(path)
    return content


_QUOTES = bytes.maketrans(b"'", b'"')
_FAR = re.compile(rb'r="(?:[A-Z]{2,3}\d|[A-Z]?\d{6})')
"""A place beyond column Z or row 99,999; most sheets have none, and are looked through once only."""

_PLACE = re.compile(rb'r="([A-Z]{0,3})(\d{1,7})"')


def _refuse_wide(path: Path, sheet: bytes) -> None:
    """The parser lays out the whole grid up to the last cell, so that cell's place is looked at first."""
    plain = sheet.translate(_QUOTES, delete=b" \t\r\n")
    if _FAR.search(plain) is None:
        return
    places = _PLACE.findall(plain)
    height = max((int(digits) for _, digits in places), default=0)
    width = max((_column(letters) for letters in {letters for letters, _ in places}), default=0)
    if height > MOST_ROWS:
        raise UnreadableFileError(
            f"“{path.name}”的内容一直排到第 {height} 行，上限是 {MOST_ROWS} 行：请删去多余的行，或拆成几个文件。"
        )
    if width * height > _MOST_CELLS:
        raise UnreadableFileError(f"“{path.name}”的内容一直排到第 {width} 列：请删去右侧多余的列再导入。")


def _column(letters: bytes) -> int:
    """XFD → 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _text_table(path: Path) -> Sheet:
    text = decode(path)
    head = "\n".join(text.splitlines()[:15])
    delimiter = max(",\t;", key=head.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows: list[list[Cell]] = [[cell.strip() for cell in line] for line in lines]
    except csv.Error as error:
        raise UnreadableFileError(f"“{path.name}”不是完整的 CSV 表格：请另存为 .xlsx 后再导入。") from error
    if len(rows) > MOST_ROWS:
        raise UnreadableFileError(f"“{path.name}”有 {len(rows)} 行，上限是 {MOST_ROWS} 行：请拆成几个文件。")
    width = max((len(row) for row in rows), default=0)
    return Sheet(None, [row + [""] * (width - len(row)) for row in rows])


def decode(path: Path) -> str:
    """The file as text. Raises UnreadableFileError where it is in none of the usual encodings."""
    content = path.read_bytes()
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableFileError(f"“{path.name}”的文字编码无法识别：请另存为 UTF-8 或 GB18030 编码。")


def _not_xlsx(path: Path) -> UnreadableFileError:
    return UnreadableFileError(
        f"“{path.name}”不是可读的 .xlsx 表格（已损坏，或只是改了扩展名）：请用 Excel 或 WPS 另存为 .xlsx。"
    )


def _encrypted(path: Path) -> UnreadableFileError:
    return UnreadableFileError(f"“{path.name}”已加密：请在 Excel 或 WPS 中取消密码，另存为 .xlsx 后再导入。")
