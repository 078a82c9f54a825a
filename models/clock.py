"""The only reader of the wall clock. Everything else takes its time as an argument."""

import datetime as dt
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
"""Deadlines are days in this zone; it has no daylight saving time."""

OFFICE_OPENS = dt.time(9, 0)


def now() -> dt.datetime:
    """The present instant, aware, in the office's zone."""
    return dt.datetime.now(OFFICE_ZONE)


def today() -> dt.date:
    """The present day in the office's zone."""
    return now().date()


def opening_of(day: dt.date) -> dt.datetime:
    """The instant at which a day named on the command line is taken to be: nine in the morning, office time."""
    return dt.datetime.combine(day, OFFICE_OPENS, OFFICE_ZONE)
