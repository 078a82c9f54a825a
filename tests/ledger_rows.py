"""Rows made up for any kind of ledger, as people would write them: what tests of all kinds are told with."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook, load_workbook

from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind
from tasks.ledgers.read_values import check_values

YEAR = 2025
TRIES = 2000


def made_up(kind: Kind, count: int, *, seed: int = 1, people: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """So many rows that the kind's own check lets through, each unlike the others, by column."""
    random, found = Random(f"{kind.code} {seed}"), []
    for attempt in range(TRIES):
        row = _row(kind, random, attempt, people)
        if not check_values(kind, row):
            found.append(row)
        if len(found) == count:
            return found
    raise LookupError(f"{kind.code}: its check lets {len(found)} of {TRIES} rows through")


def _row(kind: Kind, random: Random, attempt: int, people: tuple[str, ...]) -> dict[str, Any]:
    sparse = random.random() < 0.5
    row: dict[str, Any] = {}
    # Days one after the other, as the fields stand: what is filed is decided later, and published later still.
    on = dt.date(YEAR, 1, 1) + dt.timedelta(days=random.randrange(200))
    for field in kind.columns:
        if field.takes is FieldType.ITEM or (field.takes is FieldType.PERSON and not people):
            continue
        known = field.required or field.name in kind.identity or field.name == kind.day
        if not known and (sparse or random.random() < 0.3):
            row[field.name] = field.default
            continue
        row[field.name] = on if field.name == kind.day else _value(field, random, attempt, on, people)
    row[kind.day] = on
    return row


def _value(field: LedgerField, random: Random, attempt: int, on: dt.date, people: tuple[str, ...]) -> Any:
    match field.takes:
        case FieldType.DAY:
            return on + dt.timedelta(days=random.choice((-9, -2, 0, 2, 9)))
        case FieldType.WHOLE:
            return random.randrange(int(field.least), int(min(field.most, Decimal(500))) + 1)
        case FieldType.DECIMAL | FieldType.MONEY:
            places = Decimal(1).scaleb(-field.places)
            return min(field.most, max(field.least, Decimal(random.randrange(100_000)) / 100)).quantize(places)
        case FieldType.CHOICE:
            return random.choice(list(field.choices or ()))
        case FieldType.YES_NO:
            return random.random() < 0.5
        case FieldType.PERSON:
            return random.choice(people)
    return f"{field.label}{attempt}"[: field.longest]


def fill_in(template: Path, kind: Kind, rows: list[dict[str, Any]], path: Path) -> Path:
    """Fill rows into the ledger's own empty sheet, as a person would."""
    book = load_workbook(template)
    sheet = book[kind.title]
    labels = [str(cell.value) for cell in sheet[2]]
    for place, row in enumerate(rows, 3):
        for field in kind.columns:
            sheet.cell(place, labels.index(field.label) + 1, written(row.get(field.name)))
    book.save(path)
    return path


def write_rows(path: Path, headings: list[str], rows: list[list[Any]], *, above: int = 0) -> Path:
    """A sheet somebody made: `above` lines of title, the headings, the rows."""
    book = Workbook()
    sheet = book.worksheets[0]
    for _ in range(above):
        sheet.append(["某局台账"])
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def written(value: Any) -> Any:
    """A value as it is typed into a cell."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return float(value)
    return getattr(value, "label", value)
