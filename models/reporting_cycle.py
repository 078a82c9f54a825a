"""Reporting cycles (填报周期): the periods in which progress is due, and the day by which it is reported."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from models.policy import ReportingCycle
from models.workdays import WorkCalendar

_DAY = dt.timedelta(days=1)


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
            first = on - on.weekday() * _DAY
            last = first + 6 * _DAY
            working = [one for one in (last - back * _DAY for back in range(7)) if calendar.is_working(one)]
            # A week belongs to the year of its Thursday: by its Monday's year two weeks would share a name.
            year, week, _ = first.isocalendar()
            return Period(first, last, working[0] if working else last, f"{year}年第{week}周")
        case ReportingCycle.MONTHLY:
            first = on.replace(day=1)
            return _by_day(first, _last_of(first), day, calendar, f"{on.year}年{on.month}月")
        case ReportingCycle.QUARTERLY:
            quarter = (on.month - 1) // 3
            first = dt.date(on.year, quarter * 3 + 1, 1)
            last = _last_of(dt.date(on.year, quarter * 3 + 3, 1))
            return _by_day(first, last, day, calendar, f"{on.year}年第{'一二三四'[quarter]}季度")


def periods(
    cycle: ReportingCycle, *, since: dt.date, until: dt.date, day: int, calendar: WorkCalendar
) -> Iterator[Period]:
    """The periods whose day to report by lies between `since` and `until`, both included."""
    at = since
    while (period := period_of(cycle, at, day=day, calendar=calendar)) is not None and period.first <= until:
        if since <= period.due_on <= until:
            yield period
        at = period.last + _DAY


def _last_of(first: dt.date) -> dt.date:
    return (first.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY


def _by_day(first: dt.date, last: dt.date, day: int, calendar: WorkCalendar, label: str) -> Period:
    due = calendar.on_or_before(last.replace(day=min(day, last.day)))
    if due < first:
        # A period that begins with rest days, and is reported early, has no working day before: the first after it.
        due = min(calendar.on_or_after(first), last)
    return Period(first, last, due, label)
