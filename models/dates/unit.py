"""Units in which days are counted. Everything that counts by a unit asks here, so that a new unit is a member here."""

import datetime as dt

from models.coded import Coded
from models.dates.workdays import WorkCalendar


class Unit(Coded):
    """日 and 工作日 are different units everywhere."""

    CALENDAR = "calendar", "天"
    WORKING = "working", "个工作日"

    @property
    def counting(self) -> str:
        """按自然日, 按工作日: how a policy says by what it counts."""
        return {Unit.CALENDAR: "按自然日", Unit.WORKING: "按工作日"}[self]

    @property
    def rests(self) -> bool:
        """Whether rest days are passed over."""
        return self is Unit.WORKING

    def later(self, day: dt.date, count: int, calendar: WorkCalendar) -> dt.date:
        """The day `count` of these after `day`, before it where `count` is negative; 0 is `day` itself."""
        return calendar.add(day, count) if self.rests else day + dt.timedelta(days=count)

    def between(self, first: dt.date, last: dt.date, calendar: WorkCalendar) -> int:
        """How many of these lie after `first` up to and including `last`."""
        return calendar.between(first, last) if self.rests else (last - first).days

    def in_days(self, count: int) -> float:
        """About how many calendar days `count` of these last, to tell which of two offsets is longer."""
        return count * 7 / 5 if self.rests else count
