"""The items of a plan, or of all plans of an organ, as a person may see them, all at once or page by page: filtered, in
any order, by a constant number of queries.

A page is found in two statements: one finds its ids, working out lights only where the choice or the order asks for
them, the other fetches what is shown of these rows alone.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.actor import Actor
from models.dates.workdays import WorkCalendar
from models.items.explanation import distance
from models.items.item import Importance, ItemState, SourceKind
from models.items.lifecycle import OVER
from models.items.plan import AnnualPlan
from models.ladder.light import Light
from models.people.organ import Department
from tasks.ladder.extent import Extent
from tasks.lists.choose_items import ITEMS, ROW, Choice, NamedList, Shine, chosen
from tasks.lists.item_line import ItemLine
from tasks.lists.order_items import Key, ListPlace, Order, Sorting
from tasks.people.address import recipient_in_charge, recipient_of_head, recipient_of_post
from tasks.people.people_of import UNASSIGNED, handlers_of

FEWEST, USUAL, MOST = 20, 50, 200
"""Rows on a page."""
_AT_ONCE = 2000
"""Rows fetched by one statement of an export."""


@dataclass(frozen=True)
class ItemPage:
    """One page: its lines, how many items the choice has in all, how many of them stand before it, and the ways on."""

    lines: Sequence[ItemLine]
    total: int
    before: int
    next: str | None
    previous: str | None


class ItemListing:
    """A choice of the items of a plan, or of all plans of an organ, in an order, as `by` may see them on its day."""

    def __init__(
        self,
        session: Session,
        extent: Extent,
        *,
        by: Actor,
        calendar: WorkCalendar,
        choice: Choice | None = None,
        sorting: Sorting | None = None,
    ) -> None:
        self._session, self._extent, self._by, self._calendar = session, extent, by, calendar
        self._choice, self._sorting = choice or Choice(), sorting or Sorting()
        self._shine = Shine(session, extent, on=by.on, calendar=calendar)
        overdue = self._choice.standing is NamedList.OVERDUE
        self._lit = bool(self._choice.lights) or overdue or self._sorting.order is Order.LIGHT
        self._asked = self._shine if self._lit else self._shine.unlit()

    def page(self, place: ListPlace | None = None, *, size: int = USUAL) -> ItemPage:
        """The page at a place, else the first. Where nothing is left beyond the place, the first or last one there is.

        Two statements of its own, whatever `size`; a third where nobody in office handles some of the items.
        """
        size = min(max(size, FEWEST), MOST)
        places, total, before = self._found(place, size)
        if not places and total and place is not None:
            # What stood there is gone: rather the nearest page than an empty one.
            place = None
            places, total, before = self._found(place, size)
        more = len(places) > size
        places = places[:size]
        back = place is not None and place.back
        if back:
            places.reverse()
            before -= len(places)
        lines = self._lines([keys[-1] for keys in places])
        further, earlier = (True, more) if back else (more, place is not None and before > 0)
        return ItemPage(
            lines=lines,
            total=total,
            before=before,
            next=self._token(places[-1]) if places and further else None,
            previous=self._token(places[0]) if places and earlier else None,
        )

    def lines(self) -> Iterator[ItemLine]:
        """Every line of the listing in its order; one statement for all ids, one more for every two thousand rows."""
        ordered = self._ordered(*self._numbered()).execution_options(yield_per=_AT_ONCE)
        for rows in self._session.execute(ordered).partitions():
            yield from self._lines([row.id for row in rows])

    def count(self) -> int:
        """How many items the listing has."""
        matching = self._matching(ROW.id).subquery()
        return int(self._session.execute(sa.select(sa.func.count()).select_from(matching)).scalar_one())

    def _token(self, keys: tuple[Key, ...]) -> str:
        return ListPlace(self._sorting, keys).token()

    def _matching(self, *columns: Any) -> sa.Select[Any]:
        conditions = chosen(self._session, self._extent, self._choice, self._asked, by=self._by)
        made = self._shine.joined(*columns) if self._lit else sa.select(*columns).select_from(ITEMS)
        return made.where(*conditions)

    def _numbered(self) -> tuple[sa.CTE, list[sa.ColumnElement[Any]]]:
        """The matching rows by their keys, found once however often a statement looks at them."""
        keys = self._sorting.keys(self._asked)
        names = [*(f"k{place}" for place in range(len(keys) - 1)), "id"]
        matching = self._matching(*(one.label(name) for one, name in zip(keys, names, strict=True))).cte("m")
        return matching, [matching.c[name] for name in names]

    def _ordered(self, matching: sa.CTE, keys: list[sa.ColumnElement[Any]], *, back: bool = False) -> sa.Select[Any]:
        falling = self._sorting.falling is not back
        return sa.select(*keys).select_from(matching).order_by(*(key.desc() if falling else key for key in keys))

    def _found(self, place: ListPlace | None, size: int) -> tuple[list[tuple[Key, ...]], int, int]:
        """The keys of the rows from the place on, one more than a page has; the total, and the rows up to the place.

        Backwards the rows come in the opposite order.
        """
        matching, keys = self._numbered()
        total = sa.select(sa.func.count()).select_from(matching).scalar_subquery()
        passed: sa.ColumnElement[int] = sa.literal(0)
        statement = self._ordered(matching, keys, back=place is not None and place.back)
        if place is not None:
            here = sa.tuple_(*keys)
            there = sa.tuple_(*(sa.literal(value, key.type) for key, value in zip(keys, place.keys, strict=True)))
            behind, ahead = (here < there, here > there) if self._sorting.falling else (here > there, here < there)
            counted = ahead if place.back else sa.not_(behind)
            passed = sa.select(sa.func.count()).select_from(matching).where(counted).scalar_subquery()
            statement = statement.where(ahead if place.back else behind)
        rows = self._session.execute(statement.add_columns(total, passed).limit(size + 1)).all()
        if not rows:
            return [], self.count() if place is not None else 0, 0
        return [tuple(row[:-2]) for row in rows], rows[0][-2], rows[0][-1]

    def _lines(self, ids: Sequence[Any]) -> list[ItemLine]:
        """These items, in this order, in one statement."""
        if not ids:
            return []
        rows = self._session.execute(_lines_of(self._shine.standing), self._shine.values | {"ids": list(ids)})
        away: dict[dt.date, str] = {}
        lines = {row[0]: self._line(row, away) for row in rows}
        if vacant := [line.id for line in lines.values() if line.handler is None]:
            for item_id, person in handlers_of(self._session, vacant, self._by.on).items():
                mine = person.id == self._by.person_id
                lines[item_id] = replace(lines[item_id], handler=person.name, mine=mine)
        return [lines[item_id] for item_id in ids]

    def _line(self, row: Any, away: dict[dt.date, str]) -> ItemLine:
        """The line of a row; `away` keeps the distance of every day met, for many rows share one."""
        (item_id, number, title, project, state, light, due, unit, percent, reported, importance, closed, parent,
         source_kind, source_number, year, handler, handler_id, leader) = row  # fmt: skip
        source = " ".join(filter(None, (_SOURCES.get(source_kind), source_number)))
        due_on = _day(due)
        if due_on is None or state in _OVER:
            far = ""
        elif (known := away.get(due_on)) is not None:
            far = known
        else:
            far = away[due_on] = distance(due_on, on=self._by.on, calendar=self._calendar)
        return ItemLine(
            item_id, number, title, project, unit=unit, handler=handler, leader=leader, state=_STATES[state],
            light=_LIGHTS[light], due_on=due_on, distance=far, percent=percent, reported_on=_day(reported),
            importance=_WEIGHTS[importance], closed_on=_day(closed), parent=parent, source=source, year=year,
            mine=handler_id is not None and handler_id == self._by.person_id,
        )  # fmt: skip


_STATES = {str(state): state for state in ItemState}
_LIGHTS = {str(light): light for light in Light}
_WEIGHTS = {str(weight): weight for weight in Importance}
_SOURCES = {str(kind): kind.label for kind in SourceKind}
_OVER = tuple(map(str, (*OVER, ItemState.DRAFT)))


_HANDLES = recipient_of_post("i.handler_post_id", leaves=True)
_HEADS = recipient_of_head("i.department_id", leaves=True)
_LINES = f"""
    SELECT i.id, i.number, i.title, i.project, i.state, i.light, i.due_on, i.unit, i.percent, i.reported_on,
           i.importance, i.closed_on, i.parent, i.source_kind, i.source_number, i.year, h.name, h.id, l.name
    FROM (
        SELECT i.id, i.number, i.title, p.name AS project, i.state, i.light, coalesce(i.open_on, i.due_on) AS due_on,
               coalesce(d.name, i.lead_text, '{UNASSIGNED}') AS unit, i.percent, i.reported_on, i.importance,
               i.closed_on, m.number AS parent, w.source_kind, w.source_number, y.year,
               coalesce({_HANDLES}, {_HEADS}) AS does,
               {recipient_in_charge(leaves=True)} AS leads
        FROM {{standing}}
        JOIN project p ON p.id = i.project_id
        JOIN annual_plan y ON y.id = i.plan_id
        JOIN work_item w ON w.id = i.id
        LEFT JOIN department d ON d.id = i.department_id
        LEFT JOIN work_item m ON m.id = i.parent_id
        WHERE i.id IN :ids LIMIT 1000000000) i
    LEFT JOIN person h ON h.id = i.does / 4
    LEFT JOIN person l ON l.id = i.leads / 4"""
"""What a line says. `tasks.people.people_of` tells of one item what this tells of many. The limit is a fence:
without it who does an item is worked out again for every use of it. Where neither handler nor head is in office,
which is rare, who stands above is asked for apart: written here, the way up takes PostgreSQL longer to plan than all
else to run."""
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)


@lru_cache(maxsize=64)
def _lines_of(standing: str) -> sa.TextClause:
    """The statement for one way to tell lights; there are few."""
    return sa.text(_LINES.format(standing=standing)).bindparams(_IDS)


def _day(value: dt.date | str | None) -> dt.date | None:
    """A day as either database gives it to a statement of text."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def list_items(
    session: Session,
    plan: AnnualPlan,
    *,
    by: Actor,
    calendar: WorkCalendar,
    state: ItemState | None = None,
    light: Light | None = None,
    department: Department | None = None,
    standing: NamedList | None = None,
) -> list[ItemLine]:
    """Every item of `tasks.lists.browse_items` that is asked for, as `by` may see it on its day."""
    choice = Choice(
        states=frozenset({state} if state else ()),
        lights=frozenset({light} if light else ()),
        department=department.id if department else None,
        standing=standing,
    )
    return list(ItemListing(session, plan, by=by, calendar=calendar, choice=choice).lines())
