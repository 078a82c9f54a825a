"""The rhythms as Prefect flows: named by their day, timed by the list of schedules, with our own log lines."""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Annotated, Any, ParamSpec, TypeAlias

from prefect import Flow, flow
from prefect.runtime import flow_run
from pydantic import Field

from flows.kept import kept
from flows.prefect.artifacts import leave_artifact, shown_progress
from flows.schedules import SCHEDULES
from flows.silence import ended_when_silent
from models import clock
from models.engine.rhythm import RunDriver
from models.migrate import open_current
from models.settings import load_settings

P = ParamSpec("P")
Result: TypeAlias = dict[str, Any]

Day: TypeAlias = dt.date | None
Year: TypeAlias = Annotated[int | None, Field(ge=1990, le=2200)]

Part: TypeAlias = Annotated[str | None, Field(pattern=r"^[1-9]\d?/[1-9]\d?$")]
"""Which part of the organs, as 2/4; all without."""

log = logging.getLogger(__name__)


def by_day(parameters: Mapping[str, Any]) -> str:
    """The day a run works for."""
    return str(parameters.get("on") or clock.today())


def by_minute(_parameters: Mapping[str, Any]) -> str:
    """The minute a run begins."""
    return f"{clock.local(clock.now()):%Y-%m-%d %H:%M}"


def by_year(ago: int) -> Callable[[Mapping[str, Any]], str]:
    """The year a run works for: without one in its parameters, so many years `ago`."""
    return lambda parameters: str(parameters.get("year") or clock.today().year - ago)


def rhythm(
    title: str, *, named: Callable[[Mapping[str, Any]], str] = by_day
) -> Callable[[Callable[P, Result]], Flow[P, Result]]:
    """Make a function of `flows` the flow of the rhythm it is named after; its runs are called `title` and `named`."""

    def called(parameters: Mapping[str, Any]) -> str:
        part = parameters.get("shard")
        return f"{title} {named(parameters)}{f'（{part}）' if part else ''}"

    def made(function: Callable[P, Result]) -> Flow[P, Result]:
        silence = max(each.silence for each in SCHEDULES if each.rhythm == function.__name__)

        # No timeout of Prefect's: it would cut off what makes progress.
        @wraps(function)
        @ended_when_silent(silence)
        def told(*args: P.args, **kwargs: P.kwargs) -> Result:
            # Prefect hands on what our loggers write, but leaves their level to whoever uses it.
            for name in ("flows", "tasks", "models"):
                logging.getLogger(name).setLevel(logging.INFO)
            settings, parameters = load_settings(), flow_run.parameters
            run, on = called(parameters), parameters.get("on")
            database = open_current(settings)
            try:
                with shown_progress(function.__name__, run):
                    work = partial(function, *args, **kwargs)
                    result = kept(database, function.__name__, RunDriver.PREFECT, work, on=str(on) if on else None)
                log.info("%s：%s", run, result, extra={"action": "ran"})
                leave_artifact(database, settings, function.__name__, run, result)
            finally:
                database.dispose()
            return result

        made_flow: Flow[P, Result] = flow(
            name=title,
            flow_run_name=lambda: called(flow_run.parameters),
        )(told)
        return made_flow

    return made
