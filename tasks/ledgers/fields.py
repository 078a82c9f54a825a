"""The field of a ledger by what people and programs call it."""

from models.errors import BadInputError
from models.ledgers.field import LedgerField
from models.ledgers.kind import Kind
from tasks.reading.sheet_header import names_of, plain_heading


def field_named(kind: Kind, word: str) -> LedgerField:
    """The field with this label, column or heading. Raises BadInputError that names them all."""
    found = names_of(kind).get(plain_heading(word))
    if found is None:
        known = "、".join(f"{field.label}（{field.name}）" for field in kind.columns)
        raise BadInputError(f"{kind.title}没有“{word}”这一项，可用：{known}。")
    return found
