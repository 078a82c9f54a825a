"""What is wrong with the office's machinery by the list of rhythms: for the alarm, the monitor and whoever asks."""

import datetime as dt

from sqlmodel import Session

from flows.slots import expected
from models.settings import Settings
from tasks.engine.examine import examine
from tasks.engine.gather_health import gather_backups, gather_health, gather_runs
from tasks.engine.judge_health import BACKUP_OLD, LEASE_AHEAD, Level, Trouble, find_late, is_lease_ahead, judge_health
from tasks.engine.lease import database_now
from tasks.engine.show_system import clock_lease


def unwell_at(session: Session, settings: Settings, *, now: dt.datetime) -> list[str]:
    """What a monitor has to know at `now`, by the words for programs: the sweep or the delivery late or failed, the
    last backup old, the clock taken for longer than by anybody alive. A few short queries.
    """
    awaited = expected(now, hours=settings.alarm_hours)
    backups = gather_backups(session, settings)
    late = [one.code for one in find_late(gather_runs(session, awaited), awaited)]
    lease = clock_lease(session)
    if is_lease_ahead(lease.expires_at if lease is not None else None, database_now(session)):
        late.append(LEASE_AHEAD)
    return late + ([BACKUP_OLD] if backups is not None and backups.is_old(now) else [])


def troubles_at(session: Session, settings: Settings, *, now: dt.datetime) -> list[Trouble]:
    """Everything that is wrong at `now`, faults first."""
    awaited = expected(now, hours=settings.alarm_hours)
    health = gather_health(session, settings, awaited, now=now)
    return judge_health(health, awaited, now=now, hours=settings.alarm_hours)


def examined_at(session: Session, settings: Settings, *, now: dt.datetime) -> list[Trouble]:
    """As `troubles_at`, with what takes a look at all of the trail and all files."""
    found = [*troubles_at(session, settings, now=now), *examine(session, settings, now=now)]
    return sorted(found, key=lambda one: one.level is not Level.FAULT)
