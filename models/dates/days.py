"""Days, weeks, months, quarters and years: what pendulum's `Date` reckons, plain days in and plain days out.

A day is a `datetime.date` wherever it is kept, compared, bound to a statement or told (ISO 8601). pendulum's `Date` is
one too, but sqlite3 refuses it as a parameter, pydantic has no schema for it as an annotation, and each of its steps
costs sixty times as much; so it stays within these functions. Weeks run from Monday to Sunday.
"""

import datetime as dt
from typing import Literal

from pendulum import Date, WeekDay  # noqa: TID251 - the one place that reckons with pendulum's days

DAY = dt.timedelta(days=1)
"""A single step. Plain: it is taken in loops over years of days."""

_WEEKDAYS = "一二三四五六日"

Stretch = Literal["week", "month", "quarter", "year"]


def first_of(stretch: Stretch, day: dt.date) -> dt.date:
    """The first day of the week, month, quarter or year that `day` lies in."""
    found = _reckoned(day)
    # Not `start_of("week")`: which day a week begins on is a setting of the whole process, and it walks there.
    return _plain(found.subtract(days=found.weekday()) if stretch == "week" else found.first_of(stretch))


def last_of(stretch: Stretch, day: dt.date) -> dt.date:
    """The last day of the week, month, quarter or year that `day` lies in. OverflowError beyond the year 9999."""
    found = _reckoned(day)
    return _plain(found.add(days=6 - found.weekday()) if stretch == "week" else found.last_of(stretch))


def add_months(day: dt.date, count: int) -> dt.date:
    """So many months later, or earlier; the last day of a month too short: 31 January, a month later 28 February."""
    return _plain(_reckoned(day).add(months=count))


def add_years(day: dt.date, count: int) -> dt.date:
    """So many years later, or earlier; 28 February for a 29th that the year lacks."""
    return _plain(_reckoned(day).add(years=count))


def length_of_month(day: dt.date) -> int:
    """How many days the month of `day` has."""
    return _reckoned(day).days_in_month


def nth_weekday(month: dt.date, nth: int, weekday: int) -> dt.date:
    """The nth Monday (0) to Sunday (6) of a month. ValueError where it has no fifth."""
    # Not `nth_of`: it walks there day by day.
    found = _reckoned(month).first_of("month", WeekDay(weekday))
    if found.day + 7 * (nth - 1) > found.days_in_month:
        raise ValueError(f"{month:%Y-%m} has no weekday {weekday} for the {nth}. time")
    return _plain(found.add(weeks=nth - 1))


def days_from(first: dt.date, last: dt.date) -> list[dt.date]:
    """Every day from the first to the last, both included; none where the last is earlier."""
    # Not a pendulum interval: a year of days costs it twenty times as much, and a rehearsal asks for many.
    return [dt.date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]


def quarter_name(day: dt.date) -> str:
    """2026年第二季度."""
    return f"{day.year}年第{'一二三四'[_reckoned(day).quarter - 1]}季度"


def weekday_name(day: dt.date) -> str:
    """周二."""
    return f"周{_WEEKDAYS[day.weekday()]}"


def spoken(day: dt.date, *, beside: dt.date | None = None) -> str:
    """2026年6月30日(周二); without the year where it is that of `beside`."""
    # Not pendulum's `format`: it reads its pattern anew for each of a page's hundred days.
    year = "" if beside is not None and day.year == beside.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日（{weekday_name(day)}）"


def _reckoned(day: dt.date) -> Date:
    return Date(day.year, day.month, day.day)


def _plain(day: Date) -> dt.date:
    return dt.date(day.year, day.month, day.day)
