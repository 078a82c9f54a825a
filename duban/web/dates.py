"""Days and instants as the pages write them, in the office's zone: the year only where it is not this one."""

import datetime as dt

from models.clock import day_of, local
from models.dates.days import spoken


def day_text(day: dt.date, *, on: dt.date) -> str:
    """6月30日(周二), with the year in front where it is not that of `on`."""
    return spoken(day, beside=on)


def instant_text(instant: dt.datetime, *, now: dt.datetime) -> str:
    """今天 08:30, else the day and the time."""
    on, present = day_of(instant), day_of(now)
    day = "今天" if on == present else day_text(on, on=present)
    return f"{day} {local(instant):%H:%M}"
