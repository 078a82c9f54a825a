"""Periodic filling (定期填报): the periods in which progress is due, and the day each is filled by."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from models.days import DAY, days_from, first_of, last_of, quarter_name
from models.policy import Filling
from models.workdays import WorkCalendar


@dataclass(frozen=True)
class Period:
    """A week, month or quarter, first and last day included; `due_on` is a working day within it."""

    first: dt.date
    last: dt.date
    due_on: dt.date
    label: str


def period_of(filling: Filling, on: dt.date, *, day: int, calendar: WorkCalendar) -> Period | None:
    """The period that day `on` lies in; None where nothing is filled periodically.

    A week is filled by its last working day (by Sunday in a week that has none). A month or quarter is filled by day
    `day` of its last month, or that month's last day where it is shorter; on a rest day by the working day before.
    """
    match filling:
        case Filling.NONE:
            return None
        case Filling.WEEKLY:
            first, last = first_of("week", on), last_of("week", on)
            working = [one for one in days_from(first, last) if calendar.is_working(one)]
            # A week belongs to the year of its Thursday: by its Monday's year two weeks would share a name.
            year, week, _ = first.isocalendar()
            return Period(first, last, working[-1] if working else last, f"{year}年第{week}周")
        case Filling.MONTHLY:
            first, last = first_of("month", on), last_of("month", on)
            return _by_day(first, last, day, calendar, f"{on.year}年{on.month}月")
        case Filling.QUARTERLY:
            first, last = first_of("quarter", on), last_of("quarter", on)
            return _by_day(first, last, day, calendar, quarter_name(on))


def periods(filling: Filling, *, since: dt.date, until: dt.date, day: int, calendar: WorkCalendar) -> Iterator[Period]:
    """The periods whose day to fill lies between `since` and `until`, both included."""
    at = since
    while (found := period_of(filling, at, day=day, calendar=calendar)) is not None and found.first <= until:
        if since <= found.due_on <= until:
            yield found
        at = found.last + DAY


def _by_day(first: dt.date, last: dt.date, day: int, calendar: WorkCalendar, label: str) -> Period:
    due = calendar.on_or_before(last.replace(day=min(day, last.day)))
    if due < first:
        # A period that begins with rest days, and is filled early, has no working day before: the first after it.
        due = min(calendar.on_or_after(first), last)
    return Period(first, last, due, label)
