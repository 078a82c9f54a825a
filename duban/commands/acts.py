"""Declared acts as commands: options from the entries of the act, help from its words, the answer from its outcome."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.acts.declaration import Act, Deed, Entry, Way
from duban.commands.errand import Answer, Errand, acting, answer
from duban.edge import RequiredYear
from models.field import FieldType

if TYPE_CHECKING:
    from models.actor import Actor

Number = Annotated[str, typer.Argument(metavar="编号", help="任务编号（序号）。")]
Which = Annotated[int, typer.Argument(metavar="批示编号", help="见 duban instruct list。")]

_TYPED: dict[FieldType, tuple[Any, str]] = {
    FieldType.TEXT: (str, "文字"),
    FieldType.LONG_TEXT: (str, "文字"),
    FieldType.DAY: (str, "日期"),
    FieldType.WHOLE: (int, "整数"),
    FieldType.CHOICE: (str, "选项"),
    FieldType.DEPARTMENT: (str, "科室"),
    FieldType.UNIT: (str, "科室"),
    FieldType.PERSON: (str, "姓名"),
    FieldType.PEOPLE: (str, "姓名"),
    FieldType.COMMENT: (int, "留言编号"),
    FieldType.TERM: (str, "档次"),
    FieldType.PIECES: (list[int], "材料编号"),
}
"""How the kinds are typed, and what help shows in place of a value; a tick, a yes or no have neither."""


@dataclass(frozen=True)
class Subject:
    """What a command's act is done upon: `find` takes what was typed to name it, and tells that and the `about`."""

    find: Callable[..., tuple[Any, Any]]
    argument: tuple[str, Any] | None = None
    """Name and kind of what stands before the options."""
    asked: tuple[tuple[str, Any], ...] = ()
    """The options that name it; before those of the act."""
    named: tuple[tuple[str, Any], ...] = ()
    """The options that tell more of it, all of which may be left out; after those of the act."""
    options: str = "as on year organ json"
    by: Callable[[Errand, dict[str, Any]], Actor] | None = None
    """Who acts, where it is not whoever gives the command, by what was given."""
    anywhere: bool = False
    """Whether people named are looked for in the organ of the option, else in all: not where the act's row belongs."""


def _item(errand: Errand, number: str) -> tuple[Any, Any]:
    from tasks.people.find import find_item

    return find_item(errand.session, errand.plan, number), None


def _instruction(errand: Errand, number: int) -> tuple[Any, Any]:
    from models.items.item import WorkItem
    from tasks.items.instruct import find_instruction

    about = find_instruction(errand.session, number)
    return errand.session.get_one(WorkItem, about.item_id), about


ITEM = Subject(_item, ("number", Number))
INSTRUCTION = Subject(_instruction, ("number", Which), options="as on organ json")


def of_year(find: Callable[[Errand, int], Any]) -> Subject:
    """What an organ has one of in a year."""
    return Subject(
        lambda errand, year: (find(errand, year), None), asked=(("year", RequiredYear),), options="as on organ json"
    )


def add_command(group: typer.Typer, act: Act[Any], subject: Subject) -> None:
    """Add the command of an act upon such a subject."""
    told = [*([subject.argument] if subject.argument else []), *subject.asked, *subject.named]

    def body(errand: Errand, **typed: Any) -> Answer:
        upon, about = subject.find(errand, **{name: typed.pop(name) for name, _ in told})
        given = _typed(errand, act, upon, typed, anywhere=subject.anywhere)
        return do(errand, act, upon, given, about, subject.by(errand, given) if subject.by else None)

    body.__doc__ = act.help
    entries = sorted(act.asked(Way.COMMAND), key=lambda entry: not entry.required)
    body.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            _parameter("errand", Errand),
            *([_parameter(*subject.argument)] if subject.argument else []),
            *(parameter_of(entry) for entry in entries if entry.positional),
            *(_parameter(name, kind) for name, kind in subject.asked),
            *(parameter_of(entry) for entry in entries if not entry.positional),
            *(_parameter(name, kind, None) for name, kind in subject.named),
        ]
    )
    group.command(act.command or act.verb)(acting(subject.options)(body))


def parameter_of(entry: Entry) -> inspect.Parameter:
    """The option of an entry, or its argument."""
    if entry.positional:
        place = typer.Argument(metavar=entry.metavar or entry.label, help=entry.help or f"{entry.label}。")
        kind_of_argument: Any = Annotated[_TYPED[entry.takes][0], place]
        return inspect.Parameter(_word(entry), inspect.Parameter.KEYWORD_ONLY, annotation=kind_of_argument)
    flag = f"--{(entry.flag or entry.name.removesuffix('_on')).replace('_', '-')}"
    words = entry.help or f"{entry.label}。"
    if entry.takes is FieldType.TICK:
        return _parameter(entry.name, Annotated[bool, typer.Option(flag, help=words)], False)
    if entry.takes is FieldType.YES_NO:
        return _parameter(
            entry.name, Annotated[bool, typer.Option("/".join(f"--{side}" for side in entry.sides), help=words)]
        )
    typed, metavar = _TYPED[entry.takes]
    typed = list[str] if entry.several else typed
    least = int(entry.least) or None if typed is int else None
    option = typer.Option(flag, metavar=entry.metavar or metavar, min=least, help=words)
    if entry.required:
        return _parameter(entry.name, Annotated[typed, option])
    default = entry.default if typed is int else None
    return _parameter(entry.name, Annotated[typed | None, option], default)


def _parameter(name: str, kind: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def do(
    errand: Errand, act: Act[Any], upon: Any, given: dict[str, Any], about: Any = None, by: Actor | None = None
) -> Answer:
    """Do the act with what was given, already read."""
    outcome = act.does(Deed(errand.session, upon, by or errand.by, given, about))
    return answer(outcome.data, outcome.words or outcome.said)


def _typed(
    errand: Errand, act: Act[Any], upon: Any, typed: dict[str, Any], *, anywhere: bool = False
) -> dict[str, Any]:
    return {
        entry.name: _read(errand, upon, entry, typed[_word(entry)], anywhere=anywhere)
        for entry in act.asked(Way.COMMAND)
    }


def _word(entry: Entry) -> str:
    """What the command calls an entry: an argument by the word of its own, where it has one."""
    return (entry.positional and entry.flag) or entry.name


def _read(errand: Errand, upon: Any, entry: Entry, typed: Any, *, anywhere: bool) -> Any:
    """What was typed as the act takes it. Raises BadInputError, NotFoundError."""
    from models.ledgers.kinds import member_named
    from models.people.organ import Organ
    from models.typed_text import day
    from tasks.people.find import find_department, find_person

    match entry.takes:
        case FieldType.DAY:
            return day(typed, "日期") if typed or entry.required else None
        case FieldType.DEPARTMENT if entry.several:
            owner = errand.session.get_one(Organ, upon.organ_id)
            return [find_department(errand.session, owner, name) for name in typed]
        case FieldType.DEPARTMENT:
            return (
                find_department(errand.session, errand.session.get_one(Organ, upon.organ_id), typed) if typed else None
            )
        case FieldType.PERSON:
            within = errand.within if anywhere else errand.session.get_one(Organ, upon.organ_id)
            return find_person(errand.session, typed, within) if typed else None
        case FieldType.PEOPLE:
            owner = errand.session.get_one(Organ, upon.organ_id)
            return [find_person(errand.session, name, owner) for name in typed or ()]
        case FieldType.PIECES:
            return typed or []
        case FieldType.CHOICE if entry.choices is not None:
            return member_named(entry.choices, typed) if typed else entry.default
    # What a form sends empty, a command leaves out: nothing was said of it.
    return (entry.default or None) if typed is None else typed
