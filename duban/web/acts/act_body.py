"""What a program sends of an act: the shape made from the entries that the act declares, and what it names found."""

from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model
from sqlmodel import Session

from duban.acts.declaration import Act, ActOutcome, Deed, Entry, Way
from duban.web.api_fields import LARGEST, Body, Day, text
from models.actor import Actor
from models.errors import NotFoundError
from models.field import FieldType
from models.items.item import WorkItem
from models.people.organ import Organ
from models.people.person import Person
from tasks.items.instruct import find_instruction
from tasks.people.find import find_department, find_person

_NAME, _REACHED_BY = 200, 254
"""Characters of a department's name, and of a person's name, mobile number or mail address."""
_MOST = 50
"""Pieces of evidence, or people, named at once."""
_DESCRIBED = {
    FieldType.DEPARTMENT: "科室名称。",
    FieldType.PERSON: "姓名、手机号或邮箱。",
    FieldType.PEOPLE: "姓名、手机号或邮箱。",
}
"""What the kind itself tells a program, which has no list to choose from."""
_BY_NUMBER = (FieldType.PIECE, FieldType.PIECES, FieldType.COMMENT)


@lru_cache
def body_of(act: Act[Any]) -> type[BaseModel]:
    """The body of the act."""
    fields: dict[str, Any] = {entry.name: (_sent(entry), _info(entry)) for entry in act.asked(Way.PROGRAM)}
    if act.of_instruction:
        fields = {"instruction": (int, Field(title="批示（id）", ge=1, le=LARGEST))} | fields
    name = "".join(word.capitalize() for word in act.code.split("_"))
    doc = f"{act.title}。" if fields else f"{act.title}：不需要内容，发送 {{}}。"
    return create_model(name, __base__=Body, __doc__=doc, **fields)


def do(session: Session, upon: Any, act: Act[Any], by: Actor, body: BaseModel) -> ActOutcome:
    """Do it. Raises NotFoundError for an instruction, a department or a person there is not."""
    given = dict(body)
    about = _instruction(session, upon, given.pop("instruction")) if act.of_instruction else None
    for entry in act.asked(Way.PROGRAM):
        given[entry.name] = _found(session, upon, entry, given[entry.name])
    return act.does(Deed(session, upon, by, given, about))


def _sent(entry: Entry) -> Any:
    kind: Any
    match entry.takes:
        case FieldType.TICK:
            return bool
        case FieldType.PIECES:
            return list[int]
        case FieldType.PEOPLE:
            return list[text(_REACHED_BY)]  # type: ignore[misc]
        case FieldType.CHOICE:
            return entry.choices
        case FieldType.DAY:
            kind = Day
        case FieldType.WHOLE:
            kind = Annotated[int, Field(ge=int(entry.least), le=int(entry.most))]
        case FieldType.COMMENT:
            kind = Annotated[int, Field(ge=1, le=LARGEST)]
        case FieldType.DEPARTMENT:
            kind = text(_NAME, least=0)
        case FieldType.PERSON:
            kind = text(_REACHED_BY, least=0)
        case _:
            kind = text(entry.longest, least=1 if entry.required else 0)
    return kind if entry.required else kind | None


def _info(entry: Entry) -> Any:
    told: dict[str, Any] = {"title": f"{entry.label}(id)" if entry.takes in _BY_NUMBER else entry.label}
    if described := _DESCRIBED.get(entry.takes, "") + entry.hint:
        told["description"] = described
    if entry.example is not None:
        told["examples"] = [entry.example]
    if entry.required:
        return Field(**told)
    match entry.takes:
        case FieldType.TICK:
            return Field(default=False, **told)
        case FieldType.PIECES | FieldType.PEOPLE:
            return Field(default_factory=list, max_length=_MOST, **told)
    return Field(default=entry.default, **told)


def _found(session: Session, upon: Any, entry: Entry, said: Any) -> Any:
    """What was said as the act takes it: the row of what is named, of the same organ; None for an empty text."""
    if said in (None, ""):
        return None
    if entry.takes not in (FieldType.DEPARTMENT, FieldType.PERSON, FieldType.PEOPLE):
        return said
    owner = session.get_one(Organ, upon.organ_id)
    if entry.takes is FieldType.DEPARTMENT:
        return find_department(session, owner, said)
    if entry.takes is FieldType.PEOPLE:
        return [_person(session, owner, one) for one in said]
    return _person(session, owner, said)


def _person(session: Session, owner: Organ, named: str) -> Person:
    try:
        return find_person(session, named, owner)
    except NotFoundError as error:
        raise NotFoundError(f"{owner.name}没有登记“{named}”这个人：请先在“人员”中新增或导入。") from error


def _instruction(session: Session, item: WorkItem, number: int) -> Any:
    """The instruction the act is about. Raises NotFoundError for one of another item."""
    unknown = NotFoundError(f"任务 {item.number} 没有编号为 {number} 的批示。")
    try:
        found = find_instruction(session, number)
    except NotFoundError as error:
        raise unknown from error
    if found.item_id != item.id:
        raise unknown
    return found
