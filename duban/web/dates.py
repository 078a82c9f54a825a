"""Days and instants as the pages write them, in the office's zone: the year only where it is not this one."""

import datetime as dt

from models.clock import OFFICE_ZONE

_WEEKDAYS = "一二三四五六日"


def day_text(day: dt.date, *, on: dt.date) -> str:
    """6月30日(周二), with the year in front where it is not that of `on`."""
    year = "" if day.year == on.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日(周{_WEEKDAYS[day.weekday()]})"


def instant_text(instant: dt.datetime, *, now: dt.datetime) -> str:
    """今天 08:30, else the day and the time."""
    local, present = instant.astimezone(OFFICE_ZONE), now.astimezone(OFFICE_ZONE).date()
    day = "今天" if local.date() == present else day_text(local.date(), on=present)
    return f"{day} {local:%H:%M}"
