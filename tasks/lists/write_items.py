"""Writing a list of items as a file: exactly the rows, the columns and the words of the page, in its order."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import IO, Literal, get_args

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from tasks.lists.browse_items import ItemListing
from tasks.lists.item_columns import ItemColumn, value_of

Kind = Literal["xlsx", "csv"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would work out instead of showing."""
_WIDE = {ItemColumn.TITLE: 48, ItemColumn.PROJECT: 24, ItemColumn.UNIT: 16, ItemColumn.NUMBER: 10, ItemColumn.LIGHT: 10}
_SHEET = "任务清单"


def write_items(listing: ItemListing, columns: Sequence[ItemColumn], stream: IO[bytes], kind: Kind) -> int:
    """Write the whole listing to `stream`; returns how many rows. Days are written with their year, 2026-06-30.

    No cell is ever a formula: what begins like one is text, in csv behind an apostrophe.
    """
    return (_xlsx if kind == "xlsx" else _csv)(listing, columns, stream)


def _csv(listing: ItemListing, columns: Sequence[ItemColumn], stream: IO[bytes]) -> int:
    # The mark in front lets Excel read it as UTF-8.
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([column.label for column in columns])
    rows = 0
    for line in listing.lines():
        writer.writerow([_guarded(value_of(line, column)) for column in columns])
        rows += 1
    text.flush()
    text.detach()
    return rows


def _guarded(value: str | dt.date | None) -> str:
    words = "" if value is None else str(value)
    return f"'{words}" if words.startswith(_FORMULA) else words


def _xlsx(listing: ItemListing, columns: Sequence[ItemColumn], stream: IO[bytes]) -> int:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(_SHEET)
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDE.get(column, 14)
    headings = [WriteOnlyCell(sheet, value=column.label) for column in columns]
    for heading in headings:
        heading.font, heading.alignment = Font(bold=True), Alignment(horizontal="center")
    sheet.append(headings)
    rows = 0
    for line in listing.lines():
        sheet.append([_cell(sheet, value_of(line, column)) for column in columns])
        rows += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{rows + 1}"
    workbook.save(stream)
    return rows


def _cell(sheet: object, value: str | dt.date | None) -> object:
    """A day as Excel keeps days, a text as text whatever it begins with."""
    if isinstance(value, dt.date):
        cell = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]
        cell.number_format = "yyyy-mm-dd"
        return cell
    words = ILLEGAL_CHARACTERS_RE.sub("", value or "")
    if not words.startswith(_FORMULA):
        return words or None
    cell = WriteOnlyCell(sheet, value=words)  # type: ignore[arg-type]
    cell.data_type = "s"
    return cell
