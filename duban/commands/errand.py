"""One command as it was given: who acts, on which day, for which organ and year; its session, and what it answers.

`acting` and `looking` say the common options once (`--as --on --year --organ --json`) and hand the body an Errand;
what the body returns is answered after the transaction: data for a program, words for a person.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import typer

from duban.edge import (
    AsOption,
    Edge,
    JsonOption,
    OnOption,
    OrganOption,
    YearOption,
    edge,
    print_json,
    say,
    show_table,
    today,
)

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from rich.table import Table
    from sqlmodel import Session

    from models.actor import Actor
    from models.dates.workdays import WorkCalendar
    from models.items.item import WorkItem
    from models.items.plan import AnnualPlan
    from models.people.organ import Organ

OPTIONS: dict[str, tuple[Any, Any]] = {
    "as": (AsOption, None),
    "on": (OnOption, None),
    "year": (YearOption, None),
    "organ": (OrganOption, None),
    "json": (JsonOption, False),
}
"""The common options by name: how each is typed, and what it is when it is left out."""


@dataclass
class Errand:
    """What a command works with; a common option that it does not take is as if left out."""

    edge: Edge
    said: dict[str, Any]
    """The common options as they were typed."""
    opened: Session | None = None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction in which somebody acts."""
        with self.edge.writing() as session:
            yield self._in(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only looks."""
        with self.edge.reading() as session:
            yield self._in(session)

    @contextmanager
    def trying(self) -> Iterator[Session]:
        """A transaction of which nothing is kept."""
        with self.edge.scratch() as session:
            yield self._in(session)

    def note_taken(self, command: str, file: Path, item: WorkItem | None = None) -> None:
        """Record that a file was written of what the office holds: as by the pages, once a day, and how often."""
        from models.people.person import Person
        from tasks.acting.once_a_day import once_a_day
        from tasks.trail.tell_entry import TAKE_FILE

        with self.edge.writing() as session:
            by = self.edge.actor(session, self.said.get("as"), today(None), self.said.get("organ"))
            person = session.get_one(Person, by.person_id) if by.person_id is not None else None
            organ_id = item.organ_id if item is not None else person.organ_id if person is not None else None
            told = {"file": file.name, "command": f"duban {command}"}
            once_a_day(
                session,
                by,
                TAKE_FILE,
                f"{command} {file.name}",
                organ_id=organ_id,
                after=told,
                item_id=item.id if item else None,
            )

    @property
    def session(self) -> Session:
        """The session that is open, or was last."""
        if self.opened is None:
            raise LookupError("no session is open yet")
        return self.opened

    @property
    def year(self) -> int | None:
        """The year named."""
        return self.said.get("year")

    @property
    def day(self) -> dt.date:
        return today(self.said.get("on"))

    @cached_property
    def by(self) -> Actor:
        """The person named, else the administrator at this machine."""
        return self.edge.actor(self.session, self.said.get("as"), self.day, self.said.get("organ"))

    @property
    def recorder(self) -> Actor:
        """Who writes down what belongs to the day."""
        return self.recorder_of(self.day)

    def recorder_of(self, day: dt.date) -> Actor:
        """The same for another day than the command's: see `Edge.recorder`."""
        return self.edge.recorder(self.session, self.said.get("as"), day, self.said.get("organ"))

    @property
    def json(self) -> bool:
        """Whether a program reads the answer."""
        return bool(self.said.get("json"))

    @property
    def within(self) -> Organ | None:
        """The organ named, if one is: only people of it are meant."""
        return self.sole_organ if self.said.get("organ") else None

    @property
    def sole_organ(self) -> Organ:
        """The organ named, else the only one there is."""
        return self.edge.organ(self.session, self.said.get("organ"))

    @cached_property
    def organ(self) -> Organ:
        """The organ named, else the actor's own."""
        return self.edge.organ_for(self.session, self.by, self.said.get("organ"))

    @cached_property
    def plan(self) -> AnnualPlan:
        """The plan of the organ named, else of the actor's own; of the year named, else of the day's."""
        return self.plan_of(self.year)

    def plan_of(self, year: int | None) -> AnnualPlan:
        """The same of another year."""
        return self.edge.plan_for(self.session, self.by, year, self.said.get("organ"))

    @cached_property
    def calendar(self) -> WorkCalendar:
        return self.edge.calendar(self.session)

    def _in(self, session: Session) -> Session:
        """Rows found in another session are found anew."""
        for name in ("organ", "plan", "calendar"):
            self.__dict__.pop(name, None)
        self.opened = session
        return session


Shown: TypeAlias = "str | Table | Callable[[], Iterable[Shown]]"


@dataclass(frozen=True)
class Answer:
    """What a command answers: `data` for `--json`, else lines and tables in order."""

    data: Any
    shown: tuple[Shown, ...]
    then: Exception | None = None


def answer(data: Any, *shown: Shown, then: Exception | None = None) -> Answer:
    """One answer in both forms; what is longer comes from a function, line by line.

    `then` is raised once it is told: an exit code, or what went wrong all the same.
    """
    return Answer(data, shown, then)


Body = Callable[..., Answer | None]
USUAL = "as on year organ json"


def acting(options: str = USUAL) -> Callable[[Body], Body]:
    """Make a body that takes an Errand first into a command with these common options, in one transaction."""
    return _command(options, Errand.writing)


def looking(options: str = USUAL) -> Callable[[Body], Body]:
    """The same for a command that changes nothing."""
    return _command(options, Errand.reading)


def apart(options: str = USUAL) -> Callable[[Body], Body]:
    """The same for a command that opens its sessions itself, or none."""
    return _command(options, nullcontext)


def _command(options: str, opens: Callable[[Errand], AbstractContextManager[Any]]) -> Callable[[Body], Body]:
    def made(body: Body) -> Body:
        taken = options.split()

        def command(context: typer.Context, **typed: Any) -> None:
            said = {name: typed.pop(f"{name}_") for name in taken}
            errand = Errand(edge(context), said)
            with opens(errand):
                answered = body(errand, **typed)
            if typed.get("out") is not None and errand.opened is not None:
                errand.note_taken(context.command_path.partition(" ")[2], typed["out"])
            if answered is not None:
                _tell(answered, as_json=said.get("json", False))

        signature = inspect.signature(body, eval_str=True)
        own = [one.replace(kind=one.KEYWORD_ONLY) for one in list(signature.parameters.values())[1:]]
        common = [
            inspect.Parameter(f"{name}_", inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
            for name, (kind, default) in ((name, OPTIONS[name]) for name in taken)
        ]
        parameters = [inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)]
        parameters += own + common
        command.__name__, command.__doc__ = body.__name__, body.__doc__
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {one.name: one.annotation for one in parameters}
        return command

    return made


def _tell(answered: Answer, *, as_json: bool) -> None:
    if as_json:
        print_json(answered.data)
    else:
        _show(answered.shown)
    if answered.then is not None:
        raise answered.then


def _show(shown: Iterable[Shown]) -> None:
    for one in shown:
        if isinstance(one, str):
            say(one)
        elif callable(one):
            _show(one())
        else:
            show_table(one)
