"""The form of an act: what it asks of this person, and what was sent, each wrong field told beside it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from duban.acts.declaration import Act, ActOutcome, Deed, Entry, Uploads, Way
from duban.web.ask import Ask, ask_of
from duban.web.posted import Posted
from duban.web.refusals import status_of
from models.actor import Actor
from models.database import LARGEST_ID
from models.errors import BadInputError, DubanError, NotFoundError
from models.field import FieldType
from models.items.instruction import Instruction
from models.items.item import WorkItem
from models.ledgers.kinds import member_named
from models.people.organ import Organ
from models.people.person import Person
from tasks.files.check_upload import limits_of
from tasks.files.file_store import FileStore
from tasks.items.offer_choices import (
    Choices,
    comments_of,
    department_names,
    instruction_terms,
    milestone_names,
    standing_pieces,
)
from tasks.people.find import find_department
from tasks.people.roster import people_in_office, people_in_service


class WrongFieldsError(BadInputError):
    """请改正下面标出的内容。

    `fields` says by name what is wrong with each and what would be accepted.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("请改正下面标出的内容，再提交一次。")


def asks(session: Session, upon: Any, act: Act[Any], by: Actor) -> list[Ask]:
    """What the form asks, as far as it makes sense for this person and what the act is upon."""
    found = []
    for entry in act.asked(Way.PAGE):
        if entry.shown is None or entry.shown(session, upon, by):
            ask = ask_of(entry, _options(session, upon, entry, by))
            at_first = entry.default.label if entry.choices and entry.default else ""
            value = entry.stands(session, upon, by) if entry.stands else at_first
            found.append(replace(ask, none=entry.none, value=value))
    return found


def do(session: Session, upon: Any, act: Act[Any], sent: Posted, about: Any = None) -> ActOutcome:
    """Read the form and do the act. Raises WrongFieldsError that names all that are wrong."""
    by = sent.visit.by
    shown = {ask.name for ask in asks(session, upon, act, by)}
    entries = act.asked(Way.PAGE)
    wrong = {
        entry.name: message
        for entry in entries
        if (message := _wrong(session, upon, entry, sent, required=entry.required and entry.name in shown))
    }
    if wrong:
        raise WrongFieldsError(wrong)
    given = {entry.name: _value(session, upon, entry, sent) for entry in entries}
    return act.does(Deed(session, upon, by, given, about))


def instruction_of(session: Session, item: WorkItem, number: str) -> Instruction:
    """The item's instruction with this number. Raises NotFoundError, the same for one that does not exist."""
    known = number.isascii() and number.isdecimal() and len(number) < 11 and int(number) <= LARGEST_ID
    found = session.get(Instruction, int(number)) if known else None
    if found is None or found.item_id != item.id:
        raise NotFoundError("没有这件批示，或者它不属于这项任务。")
    return found


def _options(session: Session, upon: Any, entry: Entry, by: Actor) -> Choices | None:
    """What the kind of the entry offers to choose from; None where nothing is chosen."""
    match entry.takes:
        case FieldType.CHOICE if entry.choices is not None:
            return [(member.label, member.label) for member in entry.choices]
        case FieldType.DEPARTMENT | FieldType.UNIT:
            return department_names(session, upon.organ_id)
        case FieldType.PERSON if isinstance(upon, Person):
            found = people_in_service(session, upon.organ_id, on=by.on, without=upon.id)
            return [(str(person_id), words) for person_id, words in found]
        case FieldType.PERSON | FieldType.PEOPLE:
            found = people_in_office(session, upon.organ_id, on=by.on)
            return [(str(person_id), words) for person_id, words in found]
        case FieldType.PIECE | FieldType.PIECES:
            return standing_pieces(session, upon)
        case FieldType.TERM:
            return instruction_terms(session, upon, by.on)
        case FieldType.COMMENT:
            return comments_of(session, upon, by)
        case FieldType.MILESTONE:
            return milestone_names(session, upon)
        case FieldType.YES_NO:
            return [(side, side) for side in entry.sides]
    return None


def _value(session: Session, upon: Any, entry: Entry, sent: Posted) -> Any:
    text = sent.text(entry.name)
    match entry.takes:
        case FieldType.TICK:
            return bool(text)
        case FieldType.PIECES:
            return [int(chosen) for chosen in sent.texts(entry.name)]
        case FieldType.PEOPLE:
            return [session.get_one(Person, int(chosen)) for chosen in sent.texts(entry.name)]
        case FieldType.FILES:
            settings = sent.visit.served.settings
            return Uploads(sent.files(entry.name), FileStore(settings.evidence_store), limits_of(settings))
        case FieldType.CHOICE if entry.choices is not None:
            return member_named(entry.choices, text) if text else entry.default
    if not text:
        return entry.default
    match entry.takes:
        case FieldType.DAY:
            return dt.date.fromisoformat(text)
        case FieldType.WHOLE | FieldType.PIECE | FieldType.COMMENT:
            return int(text)
        case FieldType.DEPARTMENT:
            return find_department(session, session.get_one(Organ, upon.organ_id), text)
        case FieldType.PERSON:
            return session.get(Person, int(text))
        case FieldType.YES_NO:
            return text == entry.sides[0]
    return text


def _wrong(session: Session, upon: Any, entry: Entry, sent: Posted, *, required: bool) -> str | None:
    if entry.takes is FieldType.FILES:
        return "请选择要上传的文件。" if required and not sent.brought(entry.name) else None
    values = sent.texts(entry.name)
    if not values:
        return f"{entry.label}不能为空。" if required else None
    if any("\0" in one for one in values):
        return "含有不能保存的字符，请删去后重新输入。"
    options = _options(session, upon, entry, sent.visit.by)
    if options is not None:
        return None if {option for option, _ in options}.issuperset(values) else "请从列表中选择。"
    return _misread(entry, values[0])


def _misread(entry: Entry, value: str) -> str | None:
    match entry.takes:
        case FieldType.DAY:
            return None if _is_day(value) else f"“{value[:40]}”无法识别：请写成 2026-06-30 的形式，且须是存在的一天。"
        case FieldType.WHOLE:
            least, most = int(entry.least), int(entry.most)
            fits = value.isascii() and value.isdecimal() and len(value) < 10 and least <= int(value) <= most
            return None if fits else f"“{value[:40]}”无法识别：请填 {least} 至 {most} 的整数，如 60。"
        case FieldType.TEXT | FieldType.LONG_TEXT if len(value) > entry.longest:
            return f"现有 {len(value)} 字，最多 {entry.longest} 字，请精简。"
    return None


def _is_day(value: str) -> bool:
    try:
        dt.datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007  # only whether there is such a day
    except ValueError:
        return False
    return len(value) == 10


def refusal(act: Act[Any], error: DubanError | None, sent: bool = False) -> dict[str, Any]:
    """What a page with the form tells of an error, if there was one: its status, its words, the wrong fields."""
    if error is None:
        return {"status_code": 200, "error": None, "wrong": {}}
    return {"status_code": status_of(error), "error": error.message, "wrong": _named_wrong(act, error, sent)}


def _named_wrong(act: Act[Any], error: DubanError, sent: bool) -> dict[str, str]:
    """The fields that an error speaks of, with what it says; `sent`: files came, which it may mean."""
    if isinstance(error, WrongFieldsError):
        return error.fields
    if not isinstance(error, BadInputError):
        return {}
    name = act.named_in(error.message) or ("file" if sent else None)
    return {name: error.message} if name else {}
