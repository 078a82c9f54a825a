"""A ledger as a sheet: what is shown, to be read, filled in further and brought in again."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
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
_AT_ONCE = 2000
"""Rows told at a time: whom and what they point to is asked for at once."""


def export_ledger(session: Session, kind: Kind, rows: Iterable[Any], path: Path, *, title: str) -> int:
    """Write the rows in the order given; answers how many. None is kept, so they may be fetched as they are asked for.

    Bringing the file in again changes nothing. Texts are texts, whatever they begin with. Raises BadInputError where
    the file cannot be written.
    """
    number = Column("编号", 9, centred=True, note="台账中的编号，只供查看，导入时不读。")
    people: list[str] = []
    told = _told(session, kind, iter(rows), people)
    return write_rows(path, kind, told, title=title, beside=[number], people=people)


def _told(
    session: Session, kind: Kind, rows: Iterator[Any], people: list[str]
) -> Iterator[tuple[Sequence[Value], Collection[str]]]:
    """Each row in words; when the last is told, `people` are those whom they name."""
    named: set[str] = set()
    while some := list(islice(rows, _AT_ONCE)):
        teller = Teller(session, kind, some)
        named.update(teller.people.values())
        for row in some:
            yield (*(_cell(teller, row, field) for field in kind.columns), row.id), ()
    people += sorted(named)


def _cell(teller: Teller, row: Any, field: LedgerField) -> Value:
    value: Value = getattr(row, field.name)
    if value is None or field.takes in _NUMBERS:
        return value
    if field.takes in (FieldType.CHOICE, FieldType.PERSON):
        return teller.words(row, field)
    return teller.typed(row, field)
