"""Circulars (通报): for a week, a month or a quarter, each closed on a day."""

import datetime as dt
from typing import cast

from models.coded import Coded
from models.dates.days import DAY
from models.dates.workdays import WorkCalendar
from models.ladder.policy import ReportingCycle
from models.ladder.reporting_cycle import Period, period_of

_FRIDAY = 4


class CircularKind(Coded):
    """How much time a circular covers. A week runs from Monday to Sunday."""

    WEEK = "week", "周通报"
    MONTH = "month", "月通报"
    QUARTER = "quarter", "季度通报"


_CYCLES = {
    CircularKind.WEEK: ReportingCycle.WEEKLY,
    CircularKind.MONTH: ReportingCycle.MONTHLY,
    CircularKind.QUARTER: ReportingCycle.QUARTERLY,
}


def span_of(kind: CircularKind, on: dt.date, calendar: WorkCalendar) -> Period:
    """The week, month or quarter that the day lies in."""
    return cast(Period, period_of(_CYCLES[kind], on, day=31, calendar=calendar))


def closing_day(kind: CircularKind, on: dt.date, calendar: WorkCalendar) -> dt.date:
    """The day as of which a circular drawn up on `on` stands.

    A week is closed from its Friday on, a month or quarter on its last day; before that it is the one before.
    """
    span = span_of(kind, on, calendar)
    closed = on.weekday() >= _FRIDAY if kind is CircularKind.WEEK else on == span.last
    return on if closed else span.first - DAY
