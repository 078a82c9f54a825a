"""Slots: the instants at which a schedule fires, as the embedded clock keeps them."""

import datetime as dt
from collections.abc import Iterator
from itertools import takewhile

from apscheduler.triggers.cron import CronTrigger

from flows.schedules import SCHEDULES, Schedule
from models.clock import day_of, plain
from models.engine.rhythm import LastRun
from tasks.engine.judge_health import Expected

REMINDING = ("daily_supervision", "delivery")
"""The rhythms that reminders depend on."""
AGAIN = dt.timedelta(hours=1)
"""After this a run that failed for some organ in a way nobody foresaw is tried again, while its slot has grace."""


def trigger(schedule: Schedule) -> CronTrigger:
    """The schedule as APScheduler understands it."""
    return CronTrigger.from_crontab(schedule.cron, timezone=schedule.zone)


def slots(schedule: Schedule, after: dt.datetime) -> Iterator[dt.datetime]:
    """The instants at which the schedule fires, from the first one later than `after`."""
    when = trigger(schedule)
    # Plain: the trigger counts through UTC, where pendulum's times lose their zone and are taken for the machine's.
    fire: dt.datetime | None = plain(after)
    while fire is not None:
        fire = when.get_next_fire_time(None, fire + dt.timedelta(microseconds=1))
        if fire is not None:
            yield fire


def newest_slot(schedule: Schedule, until: dt.datetime, within: dt.timedelta) -> dt.datetime | None:
    """The newest instant up to `until`, and less than `within` before it, at which the schedule fires; None if none.

    Looked for near by first: one that fires each minute has hundreds in a day.
    """
    span = min(dt.timedelta(hours=1), within)
    while True:
        found = list(takewhile(lambda slot: slot <= until, slots(schedule, until - span)))
        if found or span == within:
            return found[-1] if found else None
        span = min(span * 8, within)


def expected(now: dt.datetime, *, hours: int) -> list[Expected]:
    """What reminders depend on, the sweep and the delivery: each with its newest slot that is `hours` past."""
    overdue = now - dt.timedelta(hours=hours)
    return [
        Expected(schedule.rhythm, schedule.title, slot)
        for schedule in SCHEDULES
        if schedule.rhythm in REMINDING and (slot := newest_slot(schedule, overdue, dt.timedelta(days=2))) is not None
    ]


def missed(schedule: Schedule, last: LastRun | None, now: dt.datetime) -> dt.datetime | None:
    """The newest slot within the grace before `now` that no run has followed, or only one that is to be tried again;
    None if there is none.
    """
    newest = newest_slot(schedule, now, schedule.grace)
    if newest is None or last is None or last.ended_at < newest:
        return newest
    if last.faulty:
        return newest if now - last.ended_at >= AGAIN else None
    return newest if last.on < day_of(newest) else None
