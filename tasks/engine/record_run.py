"""Remembering that a rhythm ran to its end."""

import datetime as dt

from sqlmodel import Session

from models.rhythm import LastRun


def record_run(session: Session, rhythm: str, *, on: dt.date, now: dt.datetime) -> None:
    """Write down that `rhythm` ended at `now`, having worked for day `on`; the day never goes back."""
    last = session.get(LastRun, rhythm)
    if last is None:
        session.add(LastRun(slug=rhythm, on=on, ended_at=now))
    else:
        last.on, last.ended_at = max(last.on, on), now
    session.flush()
