"""The days that one row of a ledger creates: when each is due, when it was met, and what light it shows."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.dates.workdays import WorkCalendar
from models.items.explanation import distance
from models.ladder.light import Light, light_of_day
from models.ledgers.kind import Kind
from models.ledgers.term import Term, TermUnit

Amounts = Mapping[tuple[str, str], tuple[int, TermUnit]]
"""An organ's own terms by ledger and term, where they differ from what is declared."""


@dataclass(frozen=True)
class RowTerm:
    """A term that runs, or ran, for a row. Of a minimum, `due_on` is the first day allowed."""

    term: Term
    due_on: dt.date
    done_on: dt.date | None
    amount: int
    unit: TermUnit

    @property
    def open(self) -> bool:
        """Whether it is still to be met."""
        return self.done_on is None and not self.term.minimum

    def overdue(self, on: dt.date) -> bool:
        """Whether it is still to be met and its day has passed."""
        return self.open and self.due_on < on

    @property
    def kept(self) -> bool:
        """Whether it was met in time, or the period was no shorter than allowed."""
        if self.done_on is None:
            return False
        return self.done_on >= self.due_on if self.term.minimum else self.done_on <= self.due_on

    def light(self, on: dt.date, near: dt.date) -> Light:
        """That of an item with this one day, by `near`, the last day that is near; grey while no day is to be met."""
        if self.term.minimum:
            return Light.BLUE if self.done_on is not None else Light.GREY
        return light_of_day(self.due_on, self.done_on, on=on, near=near)

    def words(self, on: dt.date, calendar: WorkCalendar) -> str:
        """How it stands: 还有5个工作日, or when it was met and whether in time."""
        if self.term.minimum:
            if self.done_on is None:
                return f"最早 {self.due_on}"
            return f"{self.done_on} 办理" + ("" if self.kept else f"，早于最早允许的 {self.due_on}：期间不足")
        if self.done_on is not None:
            return f"{self.done_on} {'按期' if self.kept else '逾期'}完成"
        return distance(self.due_on, on=on, calendar=calendar)


def row_terms(kind: Kind, row: Any, calendar: WorkCalendar, amounts: Amounts) -> list[RowTerm]:
    """The terms of the row that run or ran, as the kind declares them; a withdrawn row has none."""
    found = []
    for term in kind.terms:
        amount, unit = amounts.get((kind.code, term.code), (term.amount, term.unit))
        due_on = term.due_on(row, calendar, amount, unit)
        if due_on is not None:
            found.append(RowTerm(term, due_on, getattr(row, term.done), amount, unit))
    return found


def open_terms(kind: Kind, row: Any, calendar: WorkCalendar, amounts: Amounts) -> list[RowTerm]:
    """Those still to be met, the nearest first."""
    found = [term for term in row_terms(kind, row, calendar, amounts) if term.open]
    return sorted(found, key=lambda term: term.due_on)
