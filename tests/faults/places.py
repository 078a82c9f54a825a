"""Places in which work is killed: how one is laid out, worked in and read, and what a kind of work is."""

import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import text

from duban.cli import main as command_line
from models.database import reading, unit_of_work
from models.migrate import create_or_upgrade, open_current
from models.settings import Settings
from tests.benchmarks.populate import populate

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Work:
    """One kind of work. A round may be done again, at once or later, as often as it was broken off."""

    lay: Callable[[Settings], None]
    begin: Callable[[Settings, int], None]
    """Make ready round number so-and-so, from 0; nobody is killed in it."""
    do: Callable[[Settings, int], None]
    written: Callable[[Settings], Rows]
    """What must be there at the end, without numbers and instants that tell only in which order it came."""


def rows(place: Settings, *statements: str) -> Rows:
    engine = open_current(place)
    with reading(engine) as session:
        found = [tuple(row) for statement in statements for row in session.execute(text(statement))]
    engine.dispose()
    return found


def lay_offices(place: Settings, items: int) -> None:
    create_or_upgrade(place)
    engine = open_current(place)
    with unit_of_work(engine) as session:
        for table in ("rung", "policy"):
            session.execute(text(f"DELETE FROM {table}"))
    populate(engine, items)
    engine.dispose()


def command(place: Settings, *words: str) -> None:
    """A command as it is typed, by this very process; what it says is not looked at."""
    typed = ["duban", *words, "--home", str(place.home)]
    around = patch.dict(os.environ, DUBAN_DATABASE_URL=place.database_url)
    with redirect_stdout(StringIO()), patch.object(sys, "argv", typed), around:
        try:
            command_line()
        except SystemExit as end:
            if end.code:
                raise


def kept(place: Settings) -> Path:
    return place.home.with_name(f"{place.home.name}-kept")
