"""Where a command meets the system: the data folder, the database, the session and the way results are shown."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

if TYPE_CHECKING:
    from rich.table import Table
    from sqlalchemy import Engine
    from sqlmodel import Session

    from models.actor import Actor
    from models.dates.workdays import WorkCalendar
    from models.items.plan import AnnualPlan
    from models.people.organ import Organ
    from models.settings import Settings

JsonOption = Annotated[bool, typer.Option("--json", help="以 JSON 输出，供程序读取。")]
OnOption = Annotated[str | None, typer.Option("--on", metavar="日期", help="当作哪一天，如 2026-06-30；缺省为今天。")]
YearOption = Annotated[int | None, typer.Option("--year", metavar="年度", min=1990, max=2200, help="工作年度。")]
RequiredYear = Annotated[int, typer.Option("--year", metavar="年度", min=1990, max=2200, help="工作年度。")]
AsOption = Annotated[
    str | None,
    typer.Option("--as", metavar="姓名", envvar="DUBAN_AS", help="以谁的身份办理（姓名、手机或邮箱）。"),
]
OrganOption = Annotated[str | None, typer.Option("--organ", metavar="代码", help="单位代码；只有一个单位时可省略。")]


def today(on: str | None) -> dt.date:
    """The day a command works for: the one named, else the present one."""
    from models.clock import today
    from models.typed_text import day

    return today() if on is None else day(on, "日期")


def _account() -> str:
    """The account of the operating system, as far as it has a name."""
    import getpass

    try:
        return getpass.getuser()[:60]
    except (KeyError, OSError):
        return "未知账户"


class Edge:
    """One command's way to settings, database and calendar. Sessions are opened and committed here."""

    def __init__(self, home: Path | None) -> None:
        self.home = home

    @cached_property
    def settings(self) -> Settings:
        from models.settings import load_settings

        return load_settings(self.home)

    def name_helper(self) -> None:
        """Have old documents read by the LibreOffice that the settings name."""
        from tasks.containers.office_helper import use_helper

        use_helper(self.settings.soffice)

    @cached_property
    def engine(self) -> Engine:
        """The database, checked: it exists, is of this program's version, and its key is in the data folder."""
        from models.migrate import open_current

        database = open_current(self.settings)
        if database.dialect.name == "postgresql":
            from tasks.engine.check_shared import check_keys

            check_keys(database, self.settings.home)
        return database

    def close(self) -> None:
        """Close the database, if it was opened: the last to leave SQLite folds its write-ahead file in."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    def writing(self) -> AbstractContextManager[Session]:
        """A transaction in which somebody acts: what is changed without an audit entry is refused whole."""
        from models.database import on_record

        return on_record(self.engine)

    def sweeping(self) -> AbstractContextManager[Session]:
        """A transaction of the engine's own, as the daily rhythm has it: the notices it raises are its record."""
        from models.database import unit_of_work

        return unit_of_work(self.engine)

    def reading(self) -> AbstractContextManager[Session]:
        from models.database import reading

        return reading(self.engine)

    @contextmanager
    def scratch(self) -> Iterator[Session]:
        """A session that may write as it likes: all of it is rolled back."""
        from sqlmodel import Session

        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    def actor(self, session: Session, name: str | None, on: dt.date, organ: str | None = None) -> Actor:
        """Who acts: the person named, else the administrator at this machine.

        The organ named only tells namesakes apart: somebody of an organ above it may act there too.
        """
        from models.actor import Actor, Channel
        from models.clock import now
        from models.errors import NotFoundError
        from tasks.people.find import find_organ, find_person

        if name is None:
            return Actor(f"本机管理员（{_account()}）", Channel.COMMAND, on, now())
        within = find_organ(session, organ) if organ else None
        try:
            person = find_person(session, name, within)
        except NotFoundError:
            person = find_person(session, name)
        return Actor(person.name, Channel.COMMAND, on, now(), person.id)

    def recorder(self, session: Session, name: str | None, on: dt.date, organ: str | None = None) -> Actor:
        """Who writes down what belongs to day `on`: a person does so today, or on that day where it is still to come.

        So a supervisor who came in July may write down what happened in March, and nobody acts after leaving.
        """
        return self.actor(session, name, on if name is None else max(on, today(None)), organ)

    def calendar(self, session: Session) -> WorkCalendar:
        from models.dates.day_override import office_calendar

        return office_calendar(session)

    def organ(self, session: Session, code: str | None) -> Organ:
        """The organ named by `code`, or the only one there is. Raises NotFoundError naming what exists."""
        from tasks.people.find import find_organ

        return find_organ(session, code)

    def organ_for(self, session: Session, by: Actor, code: str | None) -> Organ:
        """The organ an act is about: the one named, else the actor's own."""
        from models.people.organ import Organ
        from models.people.person import Person

        if code is None and by.person_id is not None:
            return session.get_one(Organ, session.get_one(Person, by.person_id).organ_id)
        return self.organ(session, code)

    def plan(self, session: Session, year: int | None, code: str | None) -> AnnualPlan:
        """The plan of `year`, or the newest one of the organ. Raises NotFoundError naming what exists."""
        from tasks.people.find import find_plan

        return find_plan(session, self.organ(session, code), year)

    def plan_for(self, session: Session, by: Actor, year: int | None, code: str | None) -> AnnualPlan:
        """The plan an act is about: of the organ named, else of the actor's own; of `year`, else of the act's day."""
        return self.plan_of_day(session, by.on, year, self.organ_for(session, by, code).code)

    def plan_of_day(self, session: Session, on: dt.date, year: int | None, code: str | None) -> AnnualPlan:
        """The plan of `year`, else the plan of the year `on` lies in, else the newest one."""
        from models.errors import NotFoundError

        if year is None:
            try:
                return self.plan(session, on.year, code)
            except NotFoundError:
                return self.plan(session, None, code)
        return self.plan(session, year, code)


def edge(context: typer.Context) -> Edge:
    """The edge the root command made for this invocation."""
    return cast(Edge, context.find_root().obj)


def say(text: str) -> None:
    """A line for a person, on standard output."""
    typer.echo(text)


def warn(text: str) -> None:
    """A line for a person, on standard error."""
    typer.echo(text, err=True)


def print_json(data: Any) -> None:
    """Data for a program: one JSON document on standard output, Chinese left readable."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        from models.exact import number

        return number(value)
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"cannot be shown as JSON: {type(value).__name__}")


@contextmanager
def progress(label: str) -> Iterator[Callable[[Iterable[Any]], Iterable[Any]]]:
    """A way to walk over something long with a bar on standard error; on no terminal, without."""
    if not sys.stderr.isatty():
        yield iter
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        yield lambda things: bar.track(things, description=label)


def table(*headers: str, title: str | None = None) -> Table:
    """An empty table in the house style, for `show_table`."""
    from rich import box
    from rich.table import Table

    return Table(*headers, title=title, box=box.SIMPLE_HEAD, title_justify="left", highlight=False)


def show_table(made: Table) -> None:
    """A table on standard output; into a file or a pipe it is wide enough not to be cut. Square brackets in a text are
    the text's own: there is no markup."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else 160
    Console(width=width, highlight=False, emoji=False, markup=False).print(made)
