"""Rows of a sheet, written as they come: openpyxl lays out all that stands around them, and none of them stays in
memory."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from models.later import later
from models.typed_text import writable

if TYPE_CHECKING:
    from openpyxl import cell as cells
    from openpyxl import utils
    from openpyxl.worksheet.worksheet import Worksheet
else:
    cells = later("openpyxl.cell")
    utils = later("openpyxl.utils")

Value = str | int | float | Decimal | dt.date | None

HELD = 4 * 1024 * 1024
"""Bytes of rows held in memory before they go to disk."""
_CHUNK = 256 * 1024
_LARGE = 1024 * 1024 * 1024
"""From so many bytes on a part of the package takes its longer form, which not every program reads."""
_FORMULA_SIGNS = ("=", "+", "-", "@")
_FIRST_DAY = dt.date(1899, 12, 30).toordinal()
"""The day 0 of sheets."""
_EXTENT = re.compile(rb'(<dimension ref=")[^"]*')
_END = b"</sheetData>"


@dataclass(frozen=True)
class Look:
    """How a cell looks, as the numbers of the styles it has by what stands in it."""

    text: int
    formula_like: int
    other: int


def look_of(sheet: Worksheet, style: str = "Normal", form: str = "General") -> Look:
    """The look of the style; `form` is the number format of what is no text."""
    return Look(_style(sheet, style, "@"), _style(sheet, style, "@", quoted=True), _style(sheet, style, form))


def _style(sheet: Worksheet, style: str, form: str, *, quoted: bool = False) -> int:
    # The workbook keeps what it is shown, so each has a cell of its own; the cell is no part of the sheet.
    cell = cells.Cell(sheet, 1, 1)
    cell.style, cell.number_format, cell.quotePrefix = style, form, quoted
    return int(cell.style_id)


class SheetRows:
    """The rows behind those that the sheet itself has, from the one after its last on. To be closed."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.last = sheet.max_row
        self._letters: list[str] = []
        self._kept = tempfile.SpooledTemporaryFile(max_size=HELD)  # noqa: SIM115 - closed by `close`

    def add(self, values: Sequence[Value], looks: Sequence[Look], *, height: int | None = None) -> None:
        """Write one row, as high as `height` says in points. Text is written as text: whatever it begins with, no
        program may take it for a formula."""
        self.last = place = self.last + 1
        for at in range(len(self._letters), len(values)):
            self._letters.append(utils.get_column_letter(at + 1))
        parts = [f'<row r="{place}">' if height is None else f'<row r="{place}" ht="{height}" customHeight="1">']
        for letter, value, look in zip(self._letters, values, looks, strict=False):
            if value is None or value == "":
                parts.append(f'<c r="{letter}{place}" s="{look.other if value is None else look.text}"/>')
            elif isinstance(value, str):
                style = look.formula_like if value.startswith(_FORMULA_SIGNS) else look.text
                told = value if value.isprintable() and "&" not in value and "<" not in value else _told(value)
                kept = "" if value == value.strip() else ' xml:space="preserve"'
                parts.append(f'<c r="{letter}{place}" s="{style}" t="inlineStr"><is><t{kept}>{told}</t></is></c>')
            else:
                number = value.toordinal() - _FIRST_DAY if isinstance(value, dt.date) else value
                parts.append(f'<c r="{letter}{place}" s="{look.other}"><v>{number}</v></c>')
        parts.append("</row>")
        self._kept.write("".join(parts).encode())

    def write_into(self, package: zipfile.ZipFile, name: str, around: bytes) -> None:
        """Write the sheet under its name: what openpyxl made of it, `around` these rows."""
        head, end, tail = around.rpartition(_END)
        extent = f"A1:{utils.get_column_letter(max(len(self._letters), self.sheet.max_column))}{self.last}"
        size = self._kept.tell()
        self._kept.seek(0)
        with package.open(name, "w", force_zip64=size > _LARGE) as entry:
            entry.write(_EXTENT.sub(rb"\g<1>" + extent.encode(), head))
            while chunk := self._kept.read(_CHUNK):
                entry.write(chunk)
            entry.write(end + tail)

    def close(self) -> None:
        self._kept.close()


def _told(text: str) -> str:
    return escape(writable(text), {"\r": "&#13;"})
