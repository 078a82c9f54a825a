"""The rhythms as a page shows them: when each runs next, and what is known of its last run."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from flows.embedded_clock import EmbeddedClock, RhythmRun
from flows.schedules import Schedule
from flows.slots import slots
from models.engine.rhythm import KeptRun
from tasks.engine.keep_run import newest_runs
from tasks.engine.show_system import last_runs


@dataclass(frozen=True)
class RhythmLine:
    """One schedule: its next slot and the last run of its rhythm."""

    schedule: Schedule
    next_at: dt.datetime
    ended_at: dt.datetime | None
    run: RhythmRun | None
    """The last run this process started, if that is the last run there was."""
    problems: list[dict[str, Any]]
    """The organs the last run failed for, as far as they may be seen (`OrganProblem`)."""


def rhythm_lines(
    session: Session, clock: EmbeddedClock, *, now: dt.datetime, seen: Collection[int] = ()
) -> list[RhythmLine]:
    """All schedules, in the order of the list, with what went wrong for the organs `seen`."""
    last = last_runs(session, {schedule.rhythm for schedule in clock.schedules})
    lines = []
    for schedule in clock.schedules:
        known = last.get(schedule.rhythm)
        ended_at = known.ended_at if known else None
        run = clock.runs.get(schedule.rhythm)
        mine = run is not None and (ended_at is None or run.ended_at >= ended_at)
        problems = [one for one in (known.problems if known else []) if one["organ_id"] in seen]
        lines.append(RhythmLine(schedule, next(slots(schedule, now)), ended_at, run if mine else None, problems))
    return lines


@dataclass(frozen=True)
class RunLine:
    """One run, whoever started it."""

    title: str
    run: KeptRun
    outcome: str


def run_lines(session: Session, schedules: Sequence[Schedule], *, now: dt.datetime) -> list[RunLine]:
    """The newest runs of all rhythms, newest first, of the clock and of Prefect alike."""
    known = {schedule.rhythm: schedule for schedule in reversed(schedules)}
    return [
        RunLine(known[run.rhythm].title, run, _outcome(run, known[run.rhythm].silence, now))
        for run in newest_runs(session)
        if run.rhythm in known
    ]


def _outcome(run: KeptRun, silence: dt.timedelta, now: dt.datetime) -> str:
    if run.outcome is not None:
        return run.outcome.label
    return "正在运行" if now - run.began_at <= silence else "没有结束：还在运行，或已中断"
