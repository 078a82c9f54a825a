"""A field as a page asks it, whether of an act or of a ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.field import Field, FieldType

INPUTS: Mapping[FieldType, str] = {
    FieldType.LONG_TEXT: "textarea", FieldType.DAY: "date", FieldType.WHOLE: "number", FieldType.CHOICE: "choice",
    FieldType.YES_NO: "choice", FieldType.TICK: "tick", FieldType.PERSON: "person", FieldType.DEPARTMENT: "choice",
    FieldType.UNIT: "choice", FieldType.MILESTONE: "choice", FieldType.PIECE: "choice", FieldType.PIECES: "choices",
    FieldType.PEOPLE: "people", FieldType.COMMENT: "choice",
    FieldType.FILES: "files", FieldType.TERM: "choice",
}  # fmt: skip
"""How a field is asked; any other as a line of text."""
_WRITTEN = (FieldType.TEXT, FieldType.LONG_TEXT)
_LINE = 40
"""Characters of a number, a day or an item's number."""


@dataclass(frozen=True)
class Ask:
    """A field of a form, as a template asks it; `options` are (value, words) of a choice."""

    name: str
    label: str
    kind: str
    hint: str
    required: bool
    longest: int
    least: int | None
    most: int | None
    options: Sequence[tuple[str, str]]
    none: str | None = None
    """What a choice may be left at."""
    value: str = ""
    """What stands in the field at first."""


def ask_of(field: Field, options: Sequence[tuple[str, str]] | None = None) -> Ask:
    """How the field is asked; `options` are those of a choice among rows, for what is no line of text without."""
    whole = field.takes is FieldType.WHOLE
    kind = "choice" if options is not None and field.takes is FieldType.PERSON else INPUTS.get(field.takes, "text")
    return Ask(
        field.name, field.label, kind, field.hint, field.required,
        field.longest if field.takes in _WRITTEN else _LINE, int(field.least) if whole else None,
        int(field.most) if whole else None, options or (),
    )  # fmt: skip
