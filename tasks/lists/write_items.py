"""Writing a list of items as a file: exactly the rows, the columns and the words of the page, in its order."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Literal, get_args

from models.later import later
from tasks.files.sheet_rows import look_of
from tasks.files.workbook import Book
from tasks.lists.browse_items import ItemListing
from tasks.lists.item_columns import ItemColumn, value_of

if TYPE_CHECKING:
    from openpyxl import styles, utils
else:
    styles = later("openpyxl.styles")
    utils = later("openpyxl.utils")

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
    writer.writerow([column.heading for column in columns])
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
    with Book() as book:
        sheet = book.frame.create_sheet(_SHEET)
        sheet.freeze_panes = "A2"
        for place, column in enumerate(columns, 1):
            sheet.column_dimensions[utils.get_column_letter(place)].width = _WIDE.get(column, 14)
            heading = sheet.cell(1, place, column.heading)
            heading.font, heading.alignment = styles.Font(bold=True), styles.Alignment(horizontal="center")
        rows = book.rows_of(sheet)
        # A day stands as sheets keep days.
        looks = [look_of(sheet, form="yyyy-mm-dd")] * len(columns)
        for line in listing.lines():
            rows.add([value_of(line, column) for column in columns], looks)
        sheet.auto_filter.ref = f"A1:{utils.get_column_letter(len(columns))}{rows.last}"
        book.write(stream)
        return rows.last - 1
