"""The fields of a ledger: what a form asks, a sheet has as columns, and an interface takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.coded import Coded
from models.field import Field, FieldType

__all__ = ["FieldType", "LedgerField"]


@dataclass(frozen=True)
class LedgerField(Field):
    """One field: `name` is the table's column, `label` the heading of its column in a sheet.

    `headings` are further headings an import knows it by; `patterns` are expressions for headings, in order of
    preference, that take the place of label and headings where words would be too many. `words` is what people call
    the members of a CHOICE beside code and label. `places` are the decimal places a number may have. `width` (in Latin
    characters) and `centred` say how its column looks where its type does not.
    """

    headings: tuple[str, ...] = ()
    words: Mapping[str, Coded] = field(default_factory=dict)
    places: int = 2
    patterns: str = ""
    width: float = 0
    centred: bool = False
