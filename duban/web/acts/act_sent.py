"""What a form drawn by a template of its own sent of an act, read as the act takes it."""

from typing import Any

from sqlmodel import Session

from duban.acts.declaration import Act, Entry, Way
from duban.web.posted import Posted
from models.errors import NotFoundError
from models.field import FieldType
from models.ledgers.kinds import member_named
from models.people.organ import Department
from models.typed_text import day_or_none


def given(session: Session, act: Act[Any], sent: Posted) -> dict[str, Any]:
    """By the names of its entries; what must be said and was not is an empty text.

    Raises BadInputError, NotFoundError for a department that is none of the organ's.
    """
    return {entry.name: _value(session, entry, sent) for entry in act.asked(Way.PAGE)}


def _value(session: Session, entry: Entry, sent: Posted) -> Any:
    text = sent.text(entry.name)
    match entry.takes:
        case FieldType.TICK:
            return sent.ticked(entry.name)
        case FieldType.WHOLE:
            return sent.number(entry.name, entry.label)
        case FieldType.DAY:
            return day_or_none(text, entry.label)
        case FieldType.DEPARTMENT if entry.several:
            return [_department(session, sent, number) for number in sent.texts(entry.name)]
        case FieldType.DEPARTMENT:
            return _department(session, sent, text)
        case FieldType.CHOICE if entry.choices is not None:
            return member_named(entry.choices, text) if text or entry.required else entry.default
    return text if text or entry.required else entry.default


def _department(session: Session, sent: Posted, number: str) -> Department:
    found = session.get(Department, int(number)) if number.isdecimal() and len(number) <= 9 else None
    if found is None or found.organ_id != sent.visit.organ.id:
        raise NotFoundError("请从列表中选择本单位的科室。")
    return found
