"""Rest and make-up days as they are published for programs: calendar files (RFC 5545) and the common shapes of JSON."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from models.dates.days import DAY
from models.later import later

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = later("icalendar")

Published = tuple[Any, Any, Any]
"""A day, whether it is worked, and its name, as they stand in the file: none of them is checked yet."""

_LONGEST = 60
"""Days that one holiday may last; what is longer is no holiday."""
_WORKED = re.compile(r"补班|上班|加班|班(?=$|[）)\]】\s])")
_REST = re.compile(r"休息|放假|假期|[休假](?=$|[）)\]】\s])")
_MARK = re.compile(r"[（(\[【\s]*(?:调休)?(?:补班|上班|加班|班|休息日?|放假|假期|休|假)[）)\]】\s]*(?:第\d+天.*)?$")
_APPLE = {"WORK-HOLIDAY": False, "ALTERNATE-WORKDAY": True}


def days_of_calendar(content: bytes) -> Iterator[Published]:
    """The days of a calendar's events that say whether they are worked: by Apple's mark, else in their words. Festivals
    that say neither are no days off and are passed over. Raises ValueError for what is no calendar."""
    told: set[tuple[dt.date, bool]] = set()
    for event in icalendar.Calendar.from_ical(content).walk("VEVENT"):
        if not isinstance(event, icalendar.Event):
            continue
        working, summary = _worked(event), str(event.get("SUMMARY", "")).strip()
        if working is None:
            continue
        name = _MARK.sub("", summary).strip() or summary or ("上班" if working else "休息")
        for day in _lasting(event):
            # One event a day and one for all days stand beside each other in some.
            if (day, working) not in told:
                told.add((day, working))
                yield day, working, name


def _worked(event: icalendar.Event) -> bool | None:
    marked = _APPLE.get(str(event.get("X-APPLE-SPECIAL-DAY", "")).strip())
    if marked is not None:
        return marked
    kinds = event.get("CATEGORIES")
    words = f"{event.get('SUMMARY', '')} {kinds.to_ical().decode() if kinds is not None else ''}"
    return True if _WORKED.search(words) else False if _REST.search(words) else None


def _lasting(event: icalendar.Event) -> Iterator[dt.date]:
    """Its days; the end is the day after the last, and none or the same day is one day."""
    first, last = _day(event.start), _day(event.end)
    yield first
    for place in range(1, min((last - first).days, _LONGEST)):
        yield first + place * DAY


def _day(value: dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def _in_spans(years: Mapping[str, Any]) -> Iterator[Published]:
    """By year, each holiday with its first and last day and the days worked for it."""
    for holiday in (one for holidays in years.values() for one in holidays):
        first, last = (dt.date.fromisoformat(holiday[name]) for name in ("StartDate", "EndDate"))
        for place in range(min((last - first).days, _LONGEST - 1) + 1):
            yield first + place * DAY, False, holiday["Name"]
        for day in holiday.get("CompDays") or ():
            yield day, True, holiday["Name"]


def _by_day(days: Mapping[str, Any]) -> Iterator[Published]:
    """Each day with whether it is one of rest."""
    for day in days.values():
        yield day["date"], not day["holiday"] if isinstance(day["holiday"], bool) else day["holiday"], day["name"]


def _apart(listed: Mapping[str, Any]) -> Iterator[Published]:
    """Rest days and days worked, each a day with its names: English, Chinese, days of rest by law."""
    for part, working in (("holidays", False), ("workdays", True)):
        for day, names in listed.get(part, {}).items():
            yield day, working, [*str(names).split(","), ""][1] or names


_SHAPES: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Published]]] = {
    "Years": lambda data: _in_spans(data["Years"]),
    "holiday": lambda data: _by_day(data["holiday"]),
    "holidays": _apart,
}
"""By the name that a shape has at its top."""


def days_of_json(data: Any) -> list[Published] | None:
    """The days of a file in one of the shapes of services and packages; None where it has none of them."""
    if not isinstance(data, dict):
        return None
    for name, read in _SHAPES.items():
        if isinstance(data.get(name), dict):
            try:
                return list(read(data))
            except (KeyError, TypeError, ValueError, AttributeError):
                return None
    return None
