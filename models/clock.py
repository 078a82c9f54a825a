"""The only reader of the wall clock. Everything else takes its time as an argument.

Instants made here are pendulum's, in the office's zone. They are aware `datetime`s, and columns, JSON and comparisons
take them as such; a column stores UTC and gives back the standard library's. A parameter of a statement needs the
column's type: sqlite3 refuses a bare pendulum instant, and rightly, for as text it would match no stored one.
"""

import datetime as dt

import pendulum

OFFICE_ZONE = pendulum.timezone("Asia/Shanghai")
"""Deadlines are days in this zone; it has no daylight saving time."""

OFFICE_OPENS = 9
"""The hour."""


def now() -> pendulum.DateTime:
    """The present instant in the office's zone."""
    return pendulum.now(OFFICE_ZONE)


def today() -> dt.date:
    """The present day in the office's zone."""
    return day_of(now())


def opening_of(day: dt.date) -> pendulum.DateTime:
    """The instant at which a day named on the command line is taken to be: nine in the morning, office time."""
    return pendulum.DateTime(day.year, day.month, day.day, OFFICE_OPENS, tzinfo=OFFICE_ZONE)


def midnight_of(day: dt.date) -> pendulum.DateTime:
    """The instant at which a day begins in the office's zone."""
    return pendulum.DateTime(day.year, day.month, day.day, tzinfo=OFFICE_ZONE)


def local(instant: dt.datetime) -> dt.datetime:
    """The same instant as the office's clocks show it, to be written."""
    # Not pendulum.instance: lists and files of operations show thousands, and it costs twenty times as much.
    return instant.astimezone(OFFICE_ZONE)


def plain(instant: dt.datetime) -> dt.datetime:
    """The same instant as the standard library's own, for libraries that reckon with it through UTC."""
    return dt.datetime.fromtimestamp(instant.timestamp(), OFFICE_ZONE)


def day_of(instant: dt.datetime) -> dt.date:
    """The day on which an instant lies in the office's zone, whatever zone it is told in. Plain, as all days are."""
    shown = local(instant)
    return dt.date(shown.year, shown.month, shown.day)
