"""Slots: the instants at which a schedule fires, as the embedded clock keeps them."""

import datetime as dt
from collections.abc import Iterator

from apscheduler.triggers.cron import CronTrigger

from flows.schedules import Schedule
from models.clock import day_of
from models.engine.rhythm import LastRun

AGAIN = dt.timedelta(hours=1)
"""After this a run that failed for some organ in a way nobody foresaw is tried again, while its slot has grace."""


def trigger(schedule: Schedule) -> CronTrigger:
    """The schedule as APScheduler understands it."""
    return CronTrigger.from_crontab(schedule.cron, timezone=schedule.zone)


def slots(schedule: Schedule, after: dt.datetime) -> Iterator[dt.datetime]:
    """The instants at which the schedule fires, from the first one later than `after`."""
    when = trigger(schedule)
    fire: dt.datetime | None = after
    while fire is not None:
        fire = when.get_next_fire_time(None, fire + dt.timedelta(microseconds=1))
        if fire is not None:
            yield fire


def missed(schedule: Schedule, last: LastRun | None, now: dt.datetime) -> dt.datetime | None:
    """The newest slot within the grace before `now` that no run has followed, or only one that is to be tried again;
    None if there is none.
    """
    newest = None
    for slot in slots(schedule, now - schedule.grace):
        if slot > now:
            break
        newest = slot
    if newest is None or last is None or last.ended_at < newest:
        return newest
    if last.faulty:
        return newest if now - last.ended_at >= AGAIN else None
    return newest if last.on < day_of(newest) else None
