"""A ledger as a sheet: what is shown, to be read, filled in further and brought in again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlmodel import Session

from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind
from tasks.files.sheet_rows import Value
from tasks.files.workbook import Column
from tasks.ledgers.tell_row import Teller
from tasks.sheets.template import write_rows

_NUMBERS = (FieldType.WHOLE, FieldType.DECIMAL, FieldType.MONEY)


def export_ledger(session: Session, kind: Kind, rows: Sequence[Any], path: Path, *, title: str) -> int:
    """Write the rows in the order given; answers how many.

    Bringing the file in again changes nothing. Texts are texts, whatever they begin with. Raises BadInputError where
    the file cannot be written.
    """
    teller = Teller(session, kind, rows)
    number = Column("编号", 9, centred=True, note="台账中的编号，只供查看，导入时不读。")
    cells = (((*(_cell(teller, row, field) for field in kind.columns), row.id), ()) for row in rows)
    people = sorted(set(teller.people.values()))
    return write_rows(path, kind, cells, title=title, beside=[number], people=people)


def _cell(teller: Teller, row: Any, field: LedgerField) -> Value:
    value: Value = getattr(row, field.name)
    if value is None or field.takes in _NUMBERS:
        return value
    if field.takes in (FieldType.CHOICE, FieldType.PERSON):
        return teller.words(row, field)
    return teller.typed(row, field)
