"""The fields that a ledger's forms, sheets and programs have: its own, and those that every ledger has."""

from functools import lru_cache

from models.errors import BadInputError
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind
from tasks.reading.ledger_columns import plain_heading

COMMON = (
    LedgerField("item_id", "有关任务", FieldType.ITEM, hint="这一年计划中的编号;没有的不填。", headings=("任务编号",)),
    LedgerField("note", "备注", FieldType.LONG_TEXT, longest=1000),
)
"""What may be said of a row of any ledger."""


@lru_cache
def fields_of(kind: Kind) -> tuple[LedgerField, ...]:
    """The kind's own fields, then the item and the note where it does not declare them itself."""
    own = {field.name for field in kind.fields}
    return (*kind.fields, *(field for field in COMMON if field.name not in own))


@lru_cache
def names_of(kind: Kind) -> dict[str, LedgerField]:
    """Each field by everything it may be called, as `plain_heading` writes it: its label first of all, then its
    column, then its further headings."""
    by_name: dict[str, LedgerField] = {}
    fields = fields_of(kind)
    for names in (
        [(field.label, field) for field in fields],
        [(name, field) for field in fields for name in (field.name, field.name.removesuffix("_id"))],
        [(heading, field) for field in fields for heading in field.headings],
    ):
        for name, field in names:
            by_name.setdefault(plain_heading(name), field)
    return by_name


def field_named(kind: Kind, word: str) -> LedgerField:
    """The field with this label, column or heading. Raises BadInputError that names them all."""
    found = names_of(kind).get(plain_heading(word))
    if found is None:
        known = "、".join(f"{field.label}({field.name})" for field in fields_of(kind))
        raise BadInputError(f"{kind.title}没有“{word}”这一项,可用:{known}。")
    return found
