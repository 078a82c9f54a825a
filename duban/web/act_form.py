"""What an act upon an item asks of a person, and what was sent: read field by field, each wrong one told beside it."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from duban.web.posted import Posted
from models.actor import Actor
from models.database import LARGEST_ID
from models.errors import BadInputError, NotFoundError
from models.instruction import Instruction
from models.item import WorkItem
from models.permission import Action

Options = Sequence[tuple[str, str]]


class WrongFieldsError(BadInputError):
    """请改正下面标出的内容。

    `fields` says by name what is wrong with each and what would be accepted.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("请改正下面标出的内容,再提交一次。")


@dataclass(frozen=True)
class Entry:
    """One thing a form asks. `kind` is that of the field on the page; `options` fill a choice."""

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    hint: str = ""
    longest: int | None = None
    options: Callable[[Session, WorkItem, dt.date], Options] | None = None
    none: str | None = None
    """What a choice may be left at."""
    value: str = ""
    called: str = ""
    """What an error of the act itself calls it: such an error is shown beside the field."""
    shown: Callable[[Session, WorkItem, Actor], bool] | None = None
    """Whether it makes sense for this item and person; always where nothing is said."""


@dataclass(frozen=True)
class Doing:
    """An act about to be done: the session, the item and what was sent."""

    session: Session
    item: WorkItem
    sent: Posted

    @property
    def by(self) -> Actor:
        return self.sent.visit.by

    @property
    def instruction(self) -> Instruction:
        """The instruction the form is about. Raises NotFoundError for one of another item."""
        return instruction_of(self.session, self.item, self.sent.text("instruction"))

    def given(self, act: "Act", *, only: Set[str] | None = None, without: Set[str] = frozenset()) -> dict[str, Any]:
        """The fields of the act by their names, read as their kind: a day, a number, a tick, ids, words or None.

        To be asked once `check_entries` found them right. An entry that is not shown has the value of an empty field.
        """
        return {
            entry.name: self._value(entry)
            for entry in act.entries
            if entry.kind != "files" and entry.name not in without and (only is None or entry.name in only)
        }

    def _value(self, entry: Entry) -> Any:
        sent = self.sent.text(entry.name)
        match entry.kind:
            case "tick":
                return bool(sent)
            case "choices":
                return [int(chosen) for chosen in self.sent.texts(entry.name)]
            case "date":
                return dt.date.fromisoformat(sent) if sent else None
            case "number":
                return int(sent) if sent else None
        return sent or None


@dataclass(frozen=True)
class Act:
    """One act as people see it."""

    verb: str
    action: Action
    title: str
    entries: tuple[Entry, ...] = ()
    explains: str = ""
    reaches: str = ""
    """Who will be told, where that depends on what is chosen; else `tasks.items.foresee` knows."""
    approve: bool = True
    """Of a decision: whether it is the one that passes the request on."""
    of_instruction: bool = False
    grave: bool = False
    """Drawn as what is not taken back easily."""

    @property
    def at_once(self) -> bool:
        """Whether a button is enough."""
        return not self.entries

    @property
    def takes_files(self) -> bool:
        return any(entry.kind == "files" for entry in self.entries)

    def asks(self, session: Session, item: WorkItem, by: Actor) -> list[Entry]:
        """The entries that make sense for this item and person."""
        return [entry for entry in self.entries if entry.shown is None or entry.shown(session, item, by)]

    def named_in(self, message: str) -> str | None:
        """The field that an error of the act speaks of."""
        return next((entry.name for entry in self.entries if entry.called and entry.called in message), None)


def instruction_of(session: Session, item: WorkItem, number: str) -> Instruction:
    """The item's instruction with this number. Raises NotFoundError, the same for one that does not exist."""
    known = number.isascii() and number.isdecimal() and len(number) < 11 and int(number) <= LARGEST_ID
    found = session.get(Instruction, int(number)) if known else None
    if found is None or found.item_id != item.id:
        raise NotFoundError("没有这件批示,或者它不属于这项任务。")
    return found


def check_entries(act: Act, doing: Doing) -> None:
    """Read every field of the form. Raises WrongFieldsError that names all that are wrong."""
    wrong = {}
    for entry in act.asks(doing.session, doing.item, doing.by):
        message = _wrong(entry, doing)
        if message:
            wrong[entry.name] = message
    if wrong:
        raise WrongFieldsError(wrong)


def _wrong(entry: Entry, doing: Doing) -> str | None:
    if entry.kind == "files":
        return "请选择要上传的文件。" if entry.required and not doing.sent.files(entry.name) else None
    values = doing.sent.texts(entry.name)
    if not values:
        return f"{entry.label}不能为空。" if entry.required else None
    value = values[0]
    if any("\0" in one for one in values):
        return "含有不能保存的字符,请删去后重新输入。"
    if entry.longest is not None and len(value) > entry.longest:
        return f"现有 {len(value)} 字,最多 {entry.longest} 字,请精简。"
    match entry.kind:
        case "date":
            return None if _is_day(value) else f"“{value[:40]}”无法识别:请写成 2026-06-30 的形式,且须是存在的一天。"
        case "number":
            fits = value.isascii() and value.isdecimal() and int(value[:9]) <= 100 and len(value) < 10
            return None if fits else f"“{value[:40]}”无法识别:请填 0 至 100 的整数,如 60。"
        case "choice" | "choices" if entry.options is not None:
            known = {option for option, _ in entry.options(doing.session, doing.item, doing.by.on)}
            return None if known.issuperset(values) else "请从列表中选择。"
    return None


def _is_day(value: str) -> bool:
    try:
        dt.datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007  # only whether there is such a day
    except ValueError:
        return False
    return len(value) == 10
