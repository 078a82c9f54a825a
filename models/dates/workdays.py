"""Working days (工作日): official rest and make-up days, an office's own arrangements, and how to count them.

The official days come from the package chinesecalendar, one release a year after the State Council's notice.
A year without a notice is provisional: counted Monday to Friday without the days of rest by law, and said so, never
guessed in silence.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import chinese_calendar

from models.dates.days import DAY, days_from, weekday_name
from models.dates.legal_rest import rest_by_law
from models.errors import BadInputError

_NAMES: dict[str, str] = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
_FULL_NAMES = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}
_LANDMARKS = ((1, 1), (10, 1))
"""Days of rest in every notice (放假办法 art. 2): a source that lists both knows the whole year."""


@dataclass(frozen=True)
class DayRule:
    """One day on which an office rests or works, whatever the official calendar says."""

    on: dt.date
    working: bool
    name: str


class WorkCalendar:
    """The working days of an office: immutable, each year laid out once when it is first asked for.

    Counting starts on the next day (次日起算) and is in working days throughout. An imported notice (rules
    that let both New Year's Day and National Day rest) makes its year as good as official.
    """

    def __init__(self, overrides: Iterable[DayRule] = ()) -> None:
        self._rules = {rule.on: rule for rule in overrides}
        rest = {day for day, rule in self._rules.items() if not rule.working}
        self._noticed = {day.year for day in rest if rest.issuperset(_landmarks(day.year))}
        self._years: dict[int, tuple[dt.date, ...]] = {}

    def is_working(self, day: dt.date) -> bool:
        rule = self._rules.get(day)
        return rule.working if rule else _is_official_workday(day)

    def is_provisional(self, day: dt.date) -> bool:
        """Whether the day is a guess: its year has no notice yet, and no rule names it.

        The last days of the last known year count as known, though the next notice may still move them.
        """
        return day not in self._rules and not self._is_noticed(day.year)

    def is_special(self, day: dt.date) -> bool:
        """Whether the day is not what its weekday says: a holiday by name, on a weekend too, or 调休."""
        celebrated = chinese_calendar.holidays if _has_official_notice(day.year) else rest_by_law(day.year)
        named = day in self._rules or day in celebrated
        return named or self.is_working(day) is not (day.weekday() < 5)

    def add(self, day: dt.date, n: int) -> dt.date:
        """The `n`th working day after `day`, or before it where `n` is negative; `day` itself for 0.

        Raises `BadInputError` where the count leaves the calendar.
        """
        if n == 0:
            return day
        year = day.year
        days = self._working_days(year)
        index = bisect_right(days, day) + n - 1 if n > 0 else bisect_left(days, day) + n
        while index >= len(days):
            index -= len(days)
            year += 1
            days = self._working_days(year)
        while index < 0:
            year -= 1
            days = self._working_days(year)
            index += len(days)
        return days[index]

    def on_or_before(self, day: dt.date) -> dt.date:
        """`day` if it is a working day, else the last one before it."""
        return day if self.is_working(day) else self.add(day, -1)

    def on_or_after(self, day: dt.date) -> dt.date:
        """`day` if it is a working day, else the first one after it."""
        return day if self.is_working(day) else self.add(day, 1)

    def between(self, a: dt.date, b: dt.date) -> int:
        """How many working days lead from `a` (not counted) to `b` (counted), negative where `b` is earlier.

        The inverse of `add`: `between(a, add(a, n)) == n` for every day `a`.
        """
        if a <= b:
            return self._up_to(b, a.year) - self._up_to(a, a.year)
        return self._up_to(b - DAY, b.year) - self._up_to(a - DAY, b.year)

    def why(self, day: dt.date) -> str:
        """Why the day is a working day or not, in Chinese."""
        if rule := self._rules.get(day):
            return f"本单位安排：{rule.name}（{'上班' if rule.working else '休息'}）"
        if not self._is_noticed(day.year):
            if name := rest_by_law(day.year).get(day):
                return f"{name}，依法放假（{day.year}年放假安排未公布，前后的调休待定）"
            return f"{day.year}年放假安排未公布，按法定节日和周一至周五暂定：{_plain(day)}"
        if name := chinese_calendar.workdays.get(day):
            return f"调休上班（{_chinese(name)}）"
        if name := chinese_calendar.holidays.get(day):
            return f"{_chinese(name)}放假"
        if day.month == 12 and day.day >= 29 and not self._is_noticed(day.year + 1):
            return f"{_plain(day)}（{day.year + 1}年放假安排公布后可能调整）"
        return _plain(day)

    def _is_noticed(self, year: int) -> bool:
        return year in self._noticed or _has_official_notice(year)

    def _working_days(self, year: int) -> tuple[dt.date, ...]:
        days = self._years.get(year)
        if days is None:
            days = _official_working_days(year)
            rules = [rule for rule in self._rules.values() if rule.on.year == year]
            if rules:
                closed = {rule.on for rule in rules if not rule.working}
                days = tuple(sorted({*days, *(rule.on for rule in rules if rule.working)} - closed))
            self._years[year] = days
        return days

    def _up_to(self, day: dt.date, first_year: int) -> int:
        """Working days from the start of `first_year` to `day`, counted; 0 for the eve of that year."""
        whole = sum(len(self._working_days(year)) for year in range(first_year, day.year))
        return whole + bisect_right(self._working_days(day.year), day) if day.year >= first_year else 0


@lru_cache(maxsize=256)
def _has_official_notice(year: int) -> bool:
    # A single day is no proof: the days before a New Year's Day belong to the next year's notice.
    return all(day in chinese_calendar.holidays for day in _landmarks(year))


def _landmarks(year: int) -> list[dt.date]:
    return [dt.date(year, month, day) for month, day in _LANDMARKS]


def _is_official_workday(day: dt.date) -> bool:
    # The package's own is_workday looks through all its days at each call, and raises outside its years.
    if _has_official_notice(day.year):
        return day in chinese_calendar.workdays or (day.weekday() < 5 and day not in chinese_calendar.holidays)
    if day in chinese_calendar.workdays or day in chinese_calendar.holidays:
        return day in chinese_calendar.workdays
    return day.weekday() < 5 and day not in rest_by_law(day.year)


@lru_cache(maxsize=64)
def _official_working_days(year: int) -> tuple[dt.date, ...]:
    if not dt.MINYEAR < year < dt.MAXYEAR:
        raise BadInputError(f"日期超出可以计算的范围：{year}年。")
    return tuple(day for day in days_from(dt.date(year, 1, 1), dt.date(year, 12, 31)) if _is_official_workday(day))


def _plain(day: dt.date) -> str:
    return "工作日" if day.weekday() < 5 else f"{weekday_name(day)}休息"


def _chinese(name: str) -> str:
    return _FULL_NAMES.get(_NAMES[name], _NAMES[name])
