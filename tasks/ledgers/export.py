"""A ledger as a sheet: what is shown, to be read, filled in further and brought in again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter
from sqlmodel import Session

from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind
from tasks.files.workbook import HEADER_ROW, Column, Value, add_row, new_sheet, save
from tasks.ledgers.fields import fields_of
from tasks.ledgers.tell_row import Teller
from tasks.ledgers.template import ledger_columns, offer_choices

_NUMBERS = (FieldType.WHOLE, FieldType.DECIMAL, FieldType.MONEY)


def export_ledger(session: Session, kind: Kind, rows: Sequence[Any], path: Path, *, title: str) -> int:
    """Write the rows in the order given; answers how many.

    Bringing the file in again changes nothing. Texts are texts, whatever they begin with. Raises BadInputError where
    the file cannot be written.
    """
    columns = (*ledger_columns(kind), Column("编号", 9, centred=True, note="台账中的编号,只供查看,导入时不读。"))
    workbook, sheet = new_sheet(title, kind.title, columns)
    teller, fields = Teller(session, kind, rows), fields_of(kind)
    place = HEADER_ROW
    for place, row in enumerate(rows, HEADER_ROW + 1):
        add_row(sheet, place, (*(_cell(teller, row, field) for field in fields), row.id), columns)
    for at, field in enumerate(fields, 1):
        if field.takes is FieldType.MONEY:
            for line in range(HEADER_ROW + 1, place + 1):
                sheet.cell(line, at).number_format = "#,##0.00"
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(columns))}{place}"
    if rows:
        offer_choices(workbook, sheet, kind, people=sorted(set(teller.people.values())), last_row=place)
    save(workbook, path)
    return len(rows)


def _cell(teller: Teller, row: Any, field: LedgerField) -> Value:
    value: Value = getattr(row, field.name)
    if value is None or field.takes in _NUMBERS:
        return value
    if field.takes in (FieldType.CHOICE, FieldType.PERSON):
        return teller.words(row, field)
    return teller.typed(row, field)
