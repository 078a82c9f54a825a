"""Reading what a person types of an item: each field as text, by the rules by which a list is read."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session

from models.actor import Actor
from models.coded import Coded
from models.errors import BadInputError
from models.items.item import Importance, SourceKind, WorkItem
from models.items.plan import AnnualPlan
from models.people.organ import Organ
from models.typed_text import words
from tasks.items.item_fields import FIELDS, ItemFacts, Units
from tasks.people.find import departments_of
from tasks.people.find_posts import HANDLING, LEADING, Roster
from tasks.reading.cells import CellRefusedError, due, internal, start, target, yearly

NOTHING = "-"
"""What is typed for a field whose content is to be taken away, as in a list."""
_CLEARED: Mapping[str, Mapping[str, Any]] = {
    "secrecy": {"internal_only": False}, "yearly": {"yearly": False}, "importance": {"importance": Importance.NORMAL},
    "due": {"due_text": None, "due_on": None, "recurrence": None, "unconfirmed": False},
}  # fmt: skip
_NEEDED = ("title", "project")
_APART = re.compile(r"[、,\uff0c;\uff1b\n]+")


class TypedRefusedError(BadInputError):
    """没有保存：有的内容需要更正。

    `fields` says by name what is wrong with each and what would be accepted.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("；".join(f"{FIELDS[name][0]}：{said.rstrip('。')}" for name, said in fields.items()) + "。")
        self.fields = dict(fields)


def read_typed(
    session: Session, plan: AnnualPlan, typed: Mapping[str, str], *, by: Actor, department_id: int | None = None
) -> ItemFacts:
    """What the fields typed say; those left out or empty say nothing, `-` takes away.

    People are looked for on `by`'s day, first in the department that is typed, else in `department_id`. Raises
    TypedRefusedError that names every field that cannot be read.
    """
    reading = _Reading(session, plan, by, department_id)
    for name in FIELDS:
        if text := typed.get(name, "").strip():
            reading.read(name, text)
    if reading.wrong:
        raise TypedRefusedError(reading.wrong)
    return ItemFacts(reading.values, reading.units, reading.leaders, reading.project)


def due_in_words(plan: AnnualPlan, text: str) -> str:
    """How a due text is understood. Raises BadInputError that says what would be accepted."""
    try:
        meaning = due(text, plan.year)
    except CellRefusedError as refusal:
        raise BadInputError(str(refusal)) from refusal
    return meaning.note.removeprefix(f"{meaning.text}：")


class _Reading:
    """One item on its way from texts; whatever is wrong is collected by field."""

    def __init__(self, session: Session, plan: AnnualPlan, by: Actor, department_id: int | None) -> None:
        self.values: dict[str, Any] = {}
        self.units: Units | None = None
        self.leaders: tuple[int, ...] | None = None
        self.project: str | None = None
        self.wrong: dict[str, str] = {}
        self._year = plan.year
        self._department_id = department_id
        organ = session.get_one(Organ, plan.organ_id)
        self._roster = Roster(session, organ, on=by.on, hint=by.hint("duban people import"))
        self._departments = {_compact(one.name): one for one in departments_of(session, plan.organ_id)}

    def read(self, name: str, text: str) -> None:
        try:
            if text == NOTHING:
                self._clear(name)
            else:
                self._take(name, text)
        except (CellRefusedError, BadInputError) as refusal:
            self.wrong[name] = refusal.message if isinstance(refusal, BadInputError) else str(refusal)

    def _clear(self, name: str) -> None:
        if name in _NEEDED:
            raise BadInputError("不能为空。")
        self.values |= _CLEARED.get(name, dict.fromkeys(FIELDS[name][1]))
        if name == "cooperating":
            self.units = ()
        if name == "leaders":
            self.leaders = ()

    def _take(self, name: str, text: str) -> None:
        match name:
            case "project":
                self.project = words(text, "项目", longest=300)
            case "lead":
                found = self._departments.get(_compact(text))
                self._department_id = found.id if found else None
                lead = found.name if found else words(text, "牵头单位", longest=300)
                self.values |= {"department_id": self._department_id, "lead_text": lead}
            case "cooperating":
                self.units = tuple(self._unit(one.strip()) for one in _APART.split(text) if one.strip())
            case "leaders":
                posts = self._posts(text, LEADING)
                self.values["leader_post_id"], self.leaders = posts[0], posts[1:]
            case "handler":
                posts = self._posts(text, HANDLING)
                if len(posts) > 1:
                    raise BadInputError("承办人只能是一位：其他人可由其所在科室配合。")
                self.values["handler_post_id"] = posts[0]
            case "due":
                meaning = due(text, self._year)
                self.values |= {
                    "due_text": words(meaning.text, "完成时限", longest=200), "due_on": meaning.due_on,
                    "recurrence": meaning.recurrence, "unconfirmed": meaning.unconfirmed,
                }  # fmt: skip
                if meaning.start_on is not None:
                    self.values.setdefault("start_on", meaning.start_on)
            case "start":
                self.values["start_on"] = start(text, self._year)
            case "target":
                self.values["target_count"], self.values["target_unit"] = target(text)
            case "secrecy":
                if not internal(text):
                    raise BadInputError("密级只能写“内部”，或留空；涉密内容不得录入。")
                self.values["internal_only"] = True
            case "yearly":
                self.values["yearly"] = yearly(text)
            case "importance":
                self.values["importance"] = _member(Importance, text)
            case "source_kind":
                self.values["source_kind"] = _member(SourceKind, text)
            case "percent":
                raise BadInputError("进度由承办人填报，不在此修改。")
            case _:
                longest = WorkItem.__table__.columns[name].type.length  # type: ignore[attr-defined]
                self.values[name] = words(text, FIELDS[name][0], longest=longest)

    def _unit(self, text: str) -> tuple[int | None, str]:
        found = self._departments.get(_compact(text))
        return (found.id, found.name) if found else (None, words(text, "配合单位", longest=300))

    def _posts(self, text: str, roles: tuple[Any, ...]) -> tuple[int, ...]:
        found = self._roster.find(text, roles, self._department_id)
        if found.problem or not found.posts:
            raise BadInputError(found.problem or f"“{text}”不是已登记人员的姓名。")
        return found.posts


def _member(kind: type[Coded], text: str) -> Coded:
    found: Callable[[str], Coded | None] = {
        **{one.value: one for one in kind}, **{one.label: one for one in kind},
    }.get  # fmt: skip
    member = found(text)
    if member is None:
        raise BadInputError(f"没有“{text[:40]}”；可写：{'、'.join(one.label for one in kind)}。")
    return member


def _compact(text: str) -> str:
    return "".join(text.split())
