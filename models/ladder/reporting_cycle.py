"""Reporting cycles (填报周期): the periods in which progress is due, and the day by which it is reported."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from models.dates.days import DAY, days_from, first_of, last_of, quarter_name
from models.dates.workdays import WorkCalendar
from models.ladder.policy import ReportingCycle


@dataclass(frozen=True)
class Period:
    """A week, month or quarter, first and last day included; `due_on` is a working day within it."""

    first: dt.date
    last: dt.date
    due_on: dt.date
    label: str


def period_of(cycle: ReportingCycle, on: dt.date, *, day: int, calendar: WorkCalendar) -> Period | None:
    """The period that day `on` lies in; None where nothing is reported periodically.

    A week is reported by its last working day (by Sunday in a week that has none). A month or quarter is reported by
    day `day` of its last month, or that month's last day where it is shorter; on a rest day by the working day before.
    """
    match cycle:
        case ReportingCycle.NONE:
            return None
        case ReportingCycle.WEEKLY:
            first, last = first_of("week", on), last_of("week", on)
            working = [one for one in days_from(first, last) if calendar.is_working(one)]
            # A week belongs to the year of its Thursday: by its Monday's year two weeks would share a name.
            year, week, _ = first.isocalendar()
            return Period(first, last, working[-1] if working else last, f"{year}年第{week}周")
        case ReportingCycle.MONTHLY:
            first, last = first_of("month", on), last_of("month", on)
            return _by_day(first, last, day, calendar, f"{on.year}年{on.month}月")
        case _:  # by quarters
            first, last = first_of("quarter", on), last_of("quarter", on)
            return _by_day(first, last, day, calendar, quarter_name(on))


def periods(
    cycle: ReportingCycle, *, since: dt.date, until: dt.date, day: int, calendar: WorkCalendar
) -> Iterator[Period]:
    """The periods whose day to report by lies between `since` and `until`, both included."""
    at = since
    while (period := period_of(cycle, at, day=day, calendar=calendar)) is not None and period.first <= until:
        if since <= period.due_on <= until:
            yield period
        at = period.last + DAY


def _by_day(first: dt.date, last: dt.date, day: int, calendar: WorkCalendar, label: str) -> Period:
    due = calendar.on_or_before(last.replace(day=min(day, last.day)))
    if due < first:
        # A period that begins with rest days, and is reported early, has no working day before: the first after it.
        due = min(calendar.on_or_after(first), last)
    return Period(first, last, due, label)
