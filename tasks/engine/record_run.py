"""Remembering that a rhythm ran to its end."""

import datetime as dt
from collections.abc import Collection

from sqlmodel import Session, col, select

from models.rhythm import LastRun


def record_run(session: Session, rhythm: str, *, on: dt.date, now: dt.datetime) -> None:
    """Write down that `rhythm` ended at `now`, having worked for day `on`; the day never goes back."""
    last = session.get(LastRun, rhythm)
    if last is None:
        session.add(LastRun(slug=rhythm, on=on, ended_at=now))
    else:
        last.on, last.ended_at = max(last.on, on), now
    session.flush()


def last_runs(session: Session, rhythms: Collection[str]) -> dict[str, LastRun]:
    """The last run of each of these rhythms; one that never ran has none."""
    return {run.slug: run for run in session.exec(select(LastRun).where(col(LastRun.slug).in_(rhythms)))}
