"""Spans of a year as people name them: 2026, 2026-H1, 2026-Q2, 2026-06."""

import datetime as dt
import re
from dataclasses import dataclass

from models.dates.days import add_months, last_of, quarter_name
from models.errors import BadInputError

_NAMED = re.compile(r"((?:19|20|21)\d\d)(?:-(?:(Q)([1-4])|(H)([12])|(0[1-9]|1[0-2])))?", re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    """From one day to another, both included."""

    from_on: dt.date
    until_on: dt.date

    @property
    def label(self) -> str:
        """The span as a title has it: 2026年, 2026年上半年, 2026年第二季度, 2026年6月; else its two days."""
        first, last = self.from_on, self.until_on
        if first.year == last.year and first.day == 1 and last == last_of("month", last):
            match (first.month, last.month - first.month + 1):
                case (1, 12):
                    return f"{first.year}年"
                case (1 | 7, 6):
                    return f"{first.year}年{'上半年' if first.month == 1 else '下半年'}"
                case (1 | 4 | 7 | 10, 3):
                    return quarter_name(first)
                case (month, 1):
                    return f"{first.year}年{month}月"
        return f"{first} 至 {last}"


def span_named(text: str) -> Span:
    """The span a person names. Raises BadInputError that says what is accepted."""
    named = _NAMED.fullmatch(text.strip())
    if named is None:
        raise BadInputError(
            f"期间“{text}”无法识别：请写成 2026（全年）、2026-H1（上半年）、2026-Q2（第二季度）或 2026-06（6月）。"
        )
    year, _, quarter, _, half, month = named.groups()
    if quarter:
        return _months(int(year), 3 * int(quarter) - 2, 3)
    if half:
        return _months(int(year), 6 * int(half) - 5, 6)
    return _months(int(year), int(month), 1) if month else _months(int(year), 1, 12)


def span_between(from_on: dt.date, until_on: dt.date) -> Span:
    """The span between two days. Raises BadInputError where it would end before it begins."""
    if until_on < from_on:
        raise BadInputError(f"期间的最后一天 {until_on} 早于第一天 {from_on}：请对调或更正。")
    return Span(from_on, until_on)


def _months(year: int, month: int, count: int) -> Span:
    first = dt.date(year, month, 1)
    return Span(first, last_of("month", add_months(first, count - 1)))
