"""How a command acts on an item or looks at a plan: who, on which day, in one transaction, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.edge import edge, print_json, say, today

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.actor import Actor
    from models.items.item import WorkItem
    from models.items.plan import AnnualPlan

Number = Annotated[str, typer.Argument(metavar="编号", help="任务编号（序号）。")]
Reason = Annotated[str, typer.Option("--reason", metavar="文字", help="理由。")]


@contextmanager
def acting(
    context: typer.Context, number: str, as_: str | None, on: str | None, year: int | None, organ: str | None
) -> Iterator[tuple[Session, WorkItem, Actor]]:
    """A transaction in which the person named acts on the item of this number."""
    from tasks.people.find import find_item

    reach, day = edge(context), today(on)
    with reach.writing() as session:
        by = reach.actor(session, as_, day, organ)
        yield session, find_item(session, reach.plan_for(session, by, year, organ), number), by


@contextmanager
def looking(
    context: typer.Context, as_: str | None, on: str | None, year: int | None, organ: str | None
) -> Iterator[tuple[Session, AnnualPlan, Actor]]:
    """A look at the plan by the person named, else by the administrator at this machine."""
    reach = edge(context)
    with reach.reading() as session:
        by = reach.actor(session, as_, today(on), organ)
        yield session, reach.plan_for(session, by, year, organ), by


def done(as_json: bool, data: dict[str, Any], words: str) -> None:
    """What an act answers: data for a program, a line for a person."""
    if as_json:
        print_json(data)
    else:
        say(words)
