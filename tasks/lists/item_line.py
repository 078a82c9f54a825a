"""One item as a list shows it, with the columns that the list asks for, and the statement that fetches them."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

import sqlalchemy as sa

from models.items.item import Importance, ItemState
from models.ladder.light import Light
from tasks.people.people_in_lists import ITEM, doer_name, leader_name, plan_year, unit_name
from tasks.people.people_of import UNASSIGNED

Column = Literal["department_id", "unit", "handler", "leader", "closed_on", "year"]

_COLUMNS: Mapping[Column, Callable[[dt.date], Any]] = {
    "department_id": lambda on: ITEM.department_id,
    "unit": lambda on: unit_name(),
    "handler": doer_name,
    "leader": leader_name,
    "closed_on": lambda on: ITEM.closed_on,
    "year": lambda on: plan_year(),
}

_INNER = ("department_id", "open_on", "in_review", "year")


@dataclass(frozen=True)
class ItemLine:
    """One item as it stands on a day. Its number and title are always told; a column not asked for is as it is here.

    `due_on` is its earliest day neither done nor claimed done, else the last there was, `distance` how far that is;
    `open_on` the former alone. `handler` does the item (else the head of its department does), `leader` is in charge,
    deputies included.
    """

    id: int
    number: str
    title: str
    project: str = ""
    department_id: int | None = None
    unit: str = UNASSIGNED
    handler: str | None = None
    leader: str | None = None
    state: ItemState = ItemState.DRAFT
    light: Light = Light.GREY
    due_on: dt.date | None = None
    distance: str = ""
    percent: int = 0
    reported_on: dt.date | None = None
    importance: Importance = Importance.NORMAL
    open_on: dt.date | None = None
    closed_on: dt.date | None = None
    in_review: bool = False
    """Whether it has been asked to be closed, as a whole or a turn of it, and waits."""
    parent: str | None = None
    source: str = ""
    """What it comes from, with its number: 批示 青水批〔2026〕9号."""
    mine: bool = False
    """Whether whoever looks is its handler on the day."""
    year: int = 0
    """Of its plan."""

    def as_dict(self) -> dict[str, Any]:
        """What a program is told of a listed item."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name not in _INNER}

    def number_in(self, year: int) -> str:
        """Its number, with the year of its plan before it where that is another: 2026年 12."""
        return self.number if self.year in (0, year) else f"{self.year}年 {self.number}"

    @property
    def answerable(self) -> str:
        """The unit and its leader: 供水科、李明."""
        return "、".join(filter(None, (self.unit, self.leader)))

    @property
    def runs(self) -> bool:
        """Whether its days are waited for: neither closed nor ended nor suspended."""
        return self.light not in (Light.BLUE, Light.CANCELLED, Light.PAUSED)


def select_lines(*asked: Column, on: dt.date, beside: Sequence[Any] = ()) -> sa.Select[Any]:
    """Items, under the name `i`, with these columns as of the day; behind them what else a list wants of each."""
    columns: list[Any] = [ITEM.id, ITEM.number, ITEM.title, *(_COLUMNS[column](on) for column in asked), *beside]
    return sa.select(*columns)


def line_of(row: Sequence[Any], *asked: Column, **more: Any) -> ItemLine:
    """The line at the head of a row of `select_lines`; what is known of it from elsewhere is given by name."""
    return ItemLine(row[0], row[1], row[2], **dict(zip(asked, row[3:], strict=False)), **more)
