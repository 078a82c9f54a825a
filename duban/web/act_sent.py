"""What a form drawn by a template of its own sent of an act, read as the act takes it."""

from typing import Any

from duban.acts.declaration import Act, Entry, Way
from duban.web.posted import Posted
from models.field import FieldType
from models.ledgers.kinds import member_named


def given(act: Act[Any], sent: Posted) -> dict[str, Any]:
    """By the names of its entries; what must be said and was not is an empty text. Raises BadInputError."""
    return {entry.name: _value(entry, sent) for entry in act.asked(Way.PAGE)}


def _value(entry: Entry, sent: Posted) -> Any:
    text = sent.text(entry.name)
    match entry.takes:
        case FieldType.TICK:
            return sent.ticked(entry.name)
        case FieldType.WHOLE:
            return sent.number(entry.name, entry.label)
        case FieldType.CHOICE if entry.choices is not None:
            return member_named(entry.choices, text) if text or entry.required else entry.default
    return text if text or entry.required else entry.default
