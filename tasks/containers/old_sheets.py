"""Workbooks of before 2007 (.xls, .et) and of OpenDocument (.ods), looked through before they are laid out in memory.

What is found on the way is what their parser leaves out: cells in which a formula failed, which are struck out or show
but a month, rows that nobody sees, and the merged cells of OpenDocument.
"""

import io
import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import olefile

from models.errors import UnreadableFileError
from tasks.containers.archive import Allowance, check_directory, unpacked
from tasks.containers.markup_text import MalformedMarkupError, feed, local_name, sound_parser
from tasks.containers.sheet_marks import Broken, Marks, shows_month

MOST_ROWS = 200_000
MOST_CELLS = 20_000_000
"""Cells of the grids up to the last cell in use, of all sheets together."""
_MOST_COLUMNS, _MOST_REPEATED = 16_384, 256
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BOF, _SHEET, _ROW, _FORMULA, _BOOL_OR_ERROR = 0x0809, 0x0085, 0x0208, 0x0006, 0x0205
_FONT, _FORMAT, _STYLE = 0x0031, 0x041E, 0x00E0
_STRUCK = 0x08
"""Of a font."""
_HIDDEN = 0x20
"""Of a row, by hand or by a filter."""
_WIDE = {0x00BD, 0x00BE}
"""Records of several cells side by side: numbers, and blanks."""
_BLANKS = {0x0201, 0x00BE}
_CELLS = {_FORMULA, _BOOL_OR_ERROR, 0x0201, 0x0203, 0x0204, 0x027E, 0x00FD, 0x00D6, *_WIDE}


@dataclass
class Grid:
    """One sheet up to its last cell in use. Rows and columns of cells count from 0."""

    rows: int = 0
    columns: int = 0
    marks: Marks = field(default_factory=Marks)
    """The cells in which a formula failed, that are struck out or show but a month, and the rows that nobody sees."""
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Of OpenDocument, whose parser does not tell them: top, left, bottom, right."""

    def hold(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)


def look_through(content: bytes, name: str) -> Mapping[int, Grid]:
    """What the parser leaves out of each sheet, by its place (from 0, hidden ones counted).

    Raises UnreadableFileError for a damaged workbook, and for one whose sheets are larger than can be laid out.
    """
    grids: dict[int, Grid] = defaultdict(Grid)
    try:
        if content.startswith(b"PK"):
            _read_open(content, name, grids)
        else:
            _read_old(content, grids)
    except (
        zipfile.BadZipFile, zlib.error, struct.error, MalformedMarkupError, OSError, ValueError, KeyError, IndexError,
        RuntimeError, NotImplementedError,
    ) as error:  # fmt: skip
        raise UnreadableFileError(
            f"“{name}”不是可读的表格（已损坏或没有传完）：请用 Excel 或 WPS 打开，另存为 .xlsx。"
        ) from error
    if (rows := max((grid.rows for grid in grids.values()), default=0)) > MOST_ROWS:
        raise UnreadableFileError(
            f"“{name}”的内容一直排到第 {rows} 行，上限是 {MOST_ROWS} 行：请删去多余的行，或拆成几个文件。"
        )
    if sum(grid.rows * grid.columns for grid in grids.values()) > MOST_CELLS:
        columns = max(grid.columns for grid in grids.values())
        raise UnreadableFileError(f"“{name}”的内容一直排到第 {columns} 列：请删去右侧多余的列再导入。")
    return grids


def _read_old(content: bytes, grids: dict[int, Grid]) -> None:
    with olefile.OleFileIO(io.BytesIO(content)) as container:
        # Excel 95 has the same records in another form: of their looks nothing is read.
        newer = container.exists("Workbook")
        book = container.openstream("Workbook" if newer else "Book").read()
    begins: dict[int, int] = {}
    sheet: int | None = None
    looks = _Looks()
    for place, kind, data in _records(book):
        if kind == _SHEET:
            begins[int.from_bytes(data[:4], "little")] = len(begins)
        elif kind == _BOF:
            sheet = begins.get(place, sheet)
        elif kind == _ROW and sheet is not None and len(data) >= 14 and data[12] & _HIDDEN:
            grids[sheet].marks.hidden.add(int.from_bytes(data[:2], "little"))
        elif kind in (_FONT, _FORMAT, _STYLE) and newer:
            looks.learn(kind, data)
        elif kind in _CELLS and sheet is not None:
            row, column = struct.unpack_from("<HH", data)
            last = struct.unpack_from("<H", data, len(data) - 2)[0] if kind in _WIDE else column
            grids[sheet].hold(row, last)
            if kind not in _BLANKS:
                for place in range(column, last + 1):
                    looks.mark(
                        grids[sheet].marks, (row, place), *struct.unpack_from("<H", data, 4 + 6 * (place - column))
                    )
            code = _error_of(kind, data)
            if code is not None:
                grids[sheet].marks.broken[row, column] = Broken(_ERRORS.get(code, "#VALUE!"))


class _Looks:
    """How the cells of a workbook look, as far as it says more than their values."""

    def __init__(self) -> None:
        self._struck: list[bool] = []
        self._months: dict[int, bool] = {}
        self._styles: list[tuple[int, int]] = []

    def learn(self, kind: int, data: bytes) -> None:
        """Take in the record of a font, of a number format or of a style, which come before the cells."""
        if kind == _FONT:
            self._struck.append(bool(data[2] & _STRUCK))
        elif kind == _STYLE:
            self._styles.append(struct.unpack_from("<HH", data))
        else:
            number, length, wide = struct.unpack_from("<HHB", data)
            code = data[5 : 5 + length * 2].decode("utf-16-le") if wide & 1 else data[5 : 5 + length].decode("latin-1")
            self._months[number] = shows_month(number, code)

    def mark(self, marks: Marks, place: tuple[int, int], style: int) -> None:
        """Mark a cell of this style."""
        font, shown = self._styles[style] if style < len(self._styles) else (0, 0)
        # By an old custom no font has the number 4.
        font -= font > 4
        if font < len(self._struck) and self._struck[font]:
            marks.struck.add(place)
        if self._months.get(shown, shows_month(shown, "")):
            marks.months.add(place)


def _records(book: bytes) -> Iterator[tuple[int, int, bytes]]:
    place = 0
    while place + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, place)
        yield place, kind, book[place + 4 : place + 4 + size]
        place += 4 + size


def _error_of(kind: int, data: bytes) -> int | None:
    if kind == _BOOL_OR_ERROR and len(data) >= 8 and data[7]:
        return data[6]
    # A formula's value that is no number: its last two bytes are set, and its first says what it is.
    if kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:
        return data[8]
    return None


def _read_open(content: bytes, name: str, grids: dict[int, Grid]) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        check_directory(archive, name, size=len(content))
        reader = _OpenSheets(grids)
        allowance = Allowance()
        for part in ("styles.xml", "content.xml"):
            if part in archive.namelist() or part == "content.xml":
                reader.read(unpacked(archive, archive.getinfo(part), name, allowance))


class _OpenSheets:
    """Counts rows and cells as they are repeated; a repeated cell without a value holds no place."""

    def __init__(self, grids: dict[int, Grid]) -> None:
        self._grids = grids
        self._sheet, self._row, self._column = -1, 0, 0
        self._rows = 1
        self._failing: tuple[int, int] | None = None
        self._said: list[str] = []
        self._looks: dict[str, tuple[bool, str]] = {}
        """Styles of cells: whether they strike out, and the number style they show days by."""
        self._shown: dict[str, set[str]] = {}
        """Number styles of days, with the parts of a day they show."""
        self._style, self._day = "", ""
        self._columns: list[str] = []

    def read(self, part: Iterable[bytes]) -> None:
        """Take in a part of the file; that of the styles comes first."""
        parser = sound_parser()
        parser.buffer_text = True
        parser.StartElementHandler = self.begin
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.say
        for chunk in part:
            feed(parser, chunk)
        feed(parser, b"", last=True)

    def begin(self, element: str, attributes: dict[str, str]) -> None:
        said = {local_name(key): value for key, value in attributes.items() if not key.startswith("calcext:")}
        match local_name(element):
            case "style":
                self._style = said.get("name", "")
                struck, shown = self._looks.get(said.get("parent-style-name", ""), (False, ""))
                self._looks[self._style] = struck, said.get("data-style-name", shown)
            case "text-properties" if self._style and (line := said.get("text-line-through-style")) is not None:
                self._looks[self._style] = line != "none", self._looks[self._style][1]
            case "date-style":
                self._day = said.get("name", "")
                self._shown[self._day] = set()
            case "year" | "month" | "day" as part if self._day:
                self._shown[self._day].add(part)
            case "table":
                self._sheet, self._row, self._columns = self._sheet + 1, 0, []
            case "table-column":
                across = min(int(said.get("number-columns-repeated", "1")), _MOST_COLUMNS - len(self._columns))
                self._columns += [said.get("default-cell-style-name", "")] * across
            case "table-row":
                self._rows, self._column = int(said.get("number-rows-repeated", "1")), 0
                if said.get("visibility", "visible") != "visible" and self._rows <= MOST_ROWS:
                    self._grids[self._sheet].marks.hidden.update(range(self._row, self._row + self._rows))
            case "table-cell" | "covered-table-cell":
                across = int(said.get("number-columns-repeated", "1"))
                if "value-type" in said:
                    self._grids[self._sheet].hold(self._row + self._rows - 1, self._column + across - 1)
                    self._mark(said.get("style-name"), across)
                down, wide = (int(said.get(f"number-{way}-spanned", "1")) for way in ("rows", "columns"))
                if down > 1 or wide > 1:
                    block = self._row, self._column, self._row + down - 1, self._column + wide - 1
                    self._grids[self._sheet].merged.append(block)
                if attributes.get("calcext:value-type") == "error":
                    self._failing, self._said = (self._row, self._column), []
                self._column += across

    def _mark(self, style: str | None, across: int) -> None:
        if style is None:
            style = self._columns[self._column] if self._column < len(self._columns) else ""
        struck, shown = self._looks.get(style, (False, ""))
        month = self._shown.get(shown) == {"year", "month"}
        # What is repeated farther is no list, and would take long to mark.
        if not (struck or month) or self._rows * across > _MOST_REPEATED:
            return
        marks = self._grids[self._sheet].marks
        places = {(self._row + row, self._column + column) for row in range(self._rows) for column in range(across)}
        marks.struck |= places if struck else set()
        marks.months |= places if month else set()

    def end(self, element: str) -> None:
        match local_name(element):
            case "style":
                self._style = ""
            case "date-style":
                self._day = ""
            case "table-row":
                self._row += self._rows
            case "table-cell" | "covered-table-cell" if self._failing is not None:
                self._grids[self._sheet].marks.broken[self._failing] = Broken("".join(self._said).strip() or "#VALUE!")
                self._failing = None

    def say(self, text: str) -> None:
        if self._failing is not None:
            self._said.append(text)
