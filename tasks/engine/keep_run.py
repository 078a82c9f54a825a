"""The newest runs of the rhythms, whichever engine started them: written at their begin, again at their end, listed."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, delete, func, select

from models.database import key
from models.engine.rhythm import KeptRun, RunDriver, RunOutcome

KEPT = 100
"""How many runs of a rhythm are kept."""
SHOWN = 5
"""How many of them are listed."""


def begin_run(session: Session, rhythm: str, driver: RunDriver, *, place: str, on: dt.date, now: dt.datetime) -> int:
    """Write down that a run began, and let the oldest of its rhythm go; its number."""
    run = KeptRun(rhythm=rhythm, driver=driver, place=place[:100], on=on, began_at=now)
    session.add(run)
    session.flush()
    newest = select(KeptRun.id).where(KeptRun.rhythm == rhythm).order_by(col(KeptRun.id).desc()).limit(KEPT)
    session.execute(delete(KeptRun).where(col(KeptRun.rhythm) == rhythm, col(KeptRun.id).not_in(newest)))
    return key(run.id)


def end_run(session: Session, run_id: int, outcome: RunOutcome, *, now: dt.datetime) -> None:
    """Write down how it ended."""
    run = session.get(KeptRun, run_id)
    if run is not None:
        run.ended_at, run.outcome = now, outcome
        session.flush()


def outcome_of(result: Mapping[str, Any]) -> RunOutcome:
    """How a run ended that answered with `result` (`flows.rhythms`)."""
    # Webhooks count by this name; only a reason in words is a stop.
    if isinstance(result.get("stopped"), str):
        return RunOutcome.STOPPED
    organs = [one for value in result.values() if isinstance(value, list) for one in value if isinstance(one, dict)]
    if result.get("problems") or result.get("problem") or any("problem" in one for one in organs):
        return RunOutcome.PARTLY
    return RunOutcome.COMPLETED


def newest_runs(session: Session) -> list[KeptRun]:
    """The newest few of each rhythm, newest first."""
    place = func.row_number().over(partition_by=col(KeptRun.rhythm), order_by=col(KeptRun.id).desc())
    ranked = select(KeptRun.id, place.label("place")).subquery()
    shown = select(KeptRun).join(ranked, ranked.c.id == col(KeptRun.id)).where(ranked.c.place <= SHOWN)
    return list(session.exec(shown.order_by(col(KeptRun.began_at).desc(), col(KeptRun.id).desc())).all())
