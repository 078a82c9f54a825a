"""What is wrong with the office's machinery by the list of rhythms: for the alarm, the monitor and whoever asks."""

import datetime as dt

from sqlmodel import Session

from flows.slots import expected
from models.settings import Settings
from tasks.engine.gather_health import gather_health
from tasks.engine.judge_health import Trouble, judge_health


def troubles_at(session: Session, settings: Settings, *, now: dt.datetime) -> list[Trouble]:
    """Everything that is wrong at `now`, faults first."""
    awaited = expected(now, hours=settings.alarm_hours)
    health = gather_health(session, settings, awaited, now=now)
    return judge_health(health, awaited, now=now, hours=settings.alarm_hours)
