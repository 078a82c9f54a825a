"""What is wrong with the office's machinery by the list of rhythms: for the alarm, the monitor and whoever asks."""

import datetime as dt

from sqlmodel import Session

from flows.slots import expected
from models.settings import Settings
from tasks.engine.gather_health import gather_backups, gather_health, gather_runs
from tasks.engine.judge_health import BACKUP_OLD, Trouble, find_late, judge_health


def unwell_at(session: Session, settings: Settings, *, now: dt.datetime) -> list[str]:
    """What a monitor has to know at `now`, by the words for programs: the sweep or the delivery late or failed, the
    last backup old. A few short queries.
    """
    awaited = expected(now, hours=settings.alarm_hours)
    backups = gather_backups(session, settings)
    late = [one.code for one in find_late(gather_runs(session, awaited), awaited)]
    return late + ([BACKUP_OLD] if backups is not None and backups.is_old(now) else [])


def troubles_at(session: Session, settings: Settings, *, now: dt.datetime) -> list[Trouble]:
    """Everything that is wrong at `now`, faults first."""
    awaited = expected(now, hours=settings.alarm_hours)
    health = gather_health(session, settings, awaited, now=now)
    return judge_health(health, awaited, now=now, hours=settings.alarm_hours)
