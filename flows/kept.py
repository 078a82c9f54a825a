"""A run that is kept: its begin stands before its work does, its end whatever becomes of it."""

import datetime as dt
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from flows.steps import StoppedError
from models import clock
from models.database import unit_of_work
from models.engine.rhythm import RunDriver, RunOutcome
from tasks.engine.keep_run import begin_run, end_run, outcome_of


def kept(
    database: Engine, rhythm: str, driver: RunDriver, work: Callable[[], dict[str, Any]], *, on: str | None = None
) -> dict[str, Any]:
    """What the work answers. What it raises is raised; a database that is away at the end keeps no end."""
    now = clock.now()
    day = clock.day_of(now) if on is None else dt.date.fromisoformat(on)
    with unit_of_work(database) as session:
        run = begin_run(session, rhythm, driver, place=socket.gethostname(), on=day, now=now)
    outcome = RunOutcome.FAILED
    try:
        result = work()
        outcome = outcome_of(result)
    except StoppedError:
        outcome = RunOutcome.UNFINISHED
        raise
    finally:
        with suppress(SQLAlchemyError), unit_of_work(database) as session:
            end_run(session, run, outcome, now=clock.now())
    return result
