"""Columns nobody types: what a ledger works out from its fields when a row is recorded or corrected.

What is worked out is kept with the row, because SQL cannot count working days. A calendar or a term that changes
later moves nothing that is kept; the next correction of the row works it out anew.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Mapped

from models.dates.workdays import WorkCalendar
from models.ledgers.term import TermUnit, add_term

Amount = Callable[[str], tuple[int, TermUnit]]
"""How long the office's term of that code runs."""

Derive = Callable[[Mapping[str, Any], WorkCalendar, Amount], Mapping[str, Any]]
"""The values with what follows from them added."""


def as_typed(values: Mapping[str, Any], _calendar: WorkCalendar, _amount: Amount) -> Mapping[str, Any]:
    """The values as they are: nothing follows."""
    return values


def keep_last_day(term: str, start: str, last: str) -> Derive:
    """Keeps in column `last` the last day of `term`, which runs from the day in `start`; None where that is empty."""

    def derive(values: Mapping[str, Any], calendar: WorkCalendar, amount: Amount) -> Mapping[str, Any]:
        started: dt.date | None = values.get(start)
        return {**values, last: None if started is None else add_term(started, *amount(term), calendar)}

    return derive


def in_time(done: Mapped[dt.date | None], last: Mapped[dt.date | None]) -> ColumnElement[bool]:
    """In a measure: it was done, by its last day."""
    return and_(done.is_not(None), done <= last)
