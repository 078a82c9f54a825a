"""A list of items as a file has it, before anybody looked at what is already known."""

import datetime as dt
from dataclasses import dataclass, field

from models.errors import CellError
from models.items.arrival import Arrival
from models.items.item import Importance
from tasks.reading.cells import Due, Target
from tasks.reading.plan_columns import Field


@dataclass(slots=True)
class Place:
    """Where rows stand, for messages: their sheet and the headings of its columns."""

    sheet: str | None
    headings: dict[Field, str]

    def error(self, row: int | None, column: Field | None, value: str, accepted: str) -> CellError:
        heading = self.headings.get(column) if column else None
        return CellError(self.sheet, row, heading, value, accepted)


@dataclass(slots=True)
class ListRow:
    """One item as a list has it. None says nothing about that side of the item and changes nothing.

    `cleared` names the columns where a person wrote "-": what an item has there is taken away. `row` is None
    for an item drafted from a document, in which a name that nobody bears is no error.
    """

    place: Place
    row: int | None
    number: str | None = None
    title: str | None = None
    project: str | None = None
    leaders: str | None = None
    handler: str | None = None
    lead: str | None = None
    cooperating: tuple[str, ...] | None = None
    due: Due | None = None
    start_on: dt.date | None = None
    target: Target | None = None
    percent: int | None = None
    arrival: Arrival | None = None
    done_on: dt.date | None = None
    importance: Importance | None = None
    internal_only: bool | None = None
    yearly: bool | None = None
    deliverable: str | None = None
    evidence_rule: str | None = None
    source: str | None = None
    note: str | None = None
    cleared: frozenset[Field] = frozenset()
    group: int = 0
    """Which group of its sheet it stands in, counted from 1; 0 before the first or without any."""

    def error(self, column: Field | None, value: str, accepted: str) -> CellError:
        return self.place.error(self.row, column, value, accepted)


@dataclass
class ItemList:
    """The items of a file, with what was wrong in it and what was left aside."""

    rows: list[ListRow] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    ignored_sheets: list[str] = field(default_factory=list)
    organ: str | None = None
    """The organ that a document names."""
    unseen: int = 0
    """How many rows a reader of the sheet does not take for tasks: hidden, filtered or struck out."""
    notes: list[str] = field(default_factory=list)
    """What a person should know of the file, in words: what was not read, what stands hidden in it."""
