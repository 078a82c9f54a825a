"""The days a ledger creates: terms that run from a day of a row, and what every year asks for.

Terms in days are an office's data; what stands here are the defaults, each with its source. One that is
`remembered` had no text at hand when it was written down: it is no statute until somebody confirms it.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from models.coded import Coded
from models.dates.workdays import WorkCalendar


class TermUnit(Coded):
    """日, 工作日 and 月 are different units everywhere."""

    CALENDAR = "calendar", "天"
    WORKING = "working", "个工作日"
    MONTH = "month", "个月"


@dataclass(frozen=True)
class Term:
    """A term that runs from column `start` of a row and ends when column `done` is filled.

    `amount` may be negative: so long before `start`. A `minimum` is not a day to be met but a period that may not be
    shorter (公开征求意见不少于30日): `done` may not come before the day it gives. `applies` tells which rows it holds
    for.
    """

    code: str
    title: str
    start: str
    done: str
    amount: int
    unit: TermUnit
    source: str
    remembered: bool = False
    minimum: bool = False
    applies: Callable[[Any], bool] = lambda _row: True

    def due_on(self, row: Any, calendar: WorkCalendar, amount: int, unit: TermUnit) -> dt.date | None:
        """The last day (for a minimum: the first day allowed), counted from the day after `start`; None where the
        term does not run."""
        started: dt.date | None = getattr(row, self.start)
        if started is None or row.withdrawn_on is not None or not self.applies(row):
            return None
        return add_term(started, amount, unit, calendar)


def add_term(day: dt.date, amount: int, unit: TermUnit, calendar: WorkCalendar) -> dt.date:
    """The day so many days, working days or months from `day`, the day itself not counted."""
    if unit is TermUnit.WORKING:
        return calendar.add(day, amount)
    return day + (relativedelta(months=amount) if unit is TermUnit.MONTH else relativedelta(days=amount))


@dataclass(frozen=True)
class Turn:
    """One thing a year asks for: rows dated `first` to `due_on`, both included, count for it."""

    code: str
    title: str
    first: dt.date
    due_on: dt.date


def nth_row(rows: Sequence[Any], day: str, amount: Decimal) -> dt.date | None:
    """The day of the row with which there are as many as were asked for; None while there are fewer."""
    days = sorted(getattr(row, day) for row in rows)
    return days[int(amount) - 1] if 0 < amount <= len(days) else None


@dataclass(frozen=True)
class YearlyTerm:
    """What a ledger owes in every year: its turns, and how much each asks for (by default, how many rows).

    `met` answers on which day the rows of a turn had brought what was asked; None while they have not.
    """

    code: str
    title: str
    turns: Callable[[int], tuple[Turn, ...]]
    amount: int
    unit: str
    """What the amount counts: 次, 学时."""
    source: str
    remembered: bool = False
    met: Callable[[Sequence[Any], str, Decimal], dt.date | None] = nth_row


def each_year(title: str) -> Callable[[int], tuple[Turn, ...]]:
    """One turn, the year."""
    return lambda year: (Turn("year", title, dt.date(year, 1, 1), dt.date(year, 12, 31)),)


def each_half(title: str) -> Callable[[int], tuple[Turn, ...]]:
    """Two turns: to 30 June, and to 31 December."""
    return lambda year: (
        Turn("first_half", f"上半年{title}", dt.date(year, 1, 1), dt.date(year, 6, 30)),
        Turn("second_half", f"下半年{title}", dt.date(year, 7, 1), dt.date(year, 12, 31)),
    )
