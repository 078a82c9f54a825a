"""Which items a list shows: what a person can ask for, as conditions on an item and on its light of the day."""

import datetime as dt
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from models.actor import Actor
from models.coded import Coded
from models.dates.workdays import WorkCalendar
from models.items.item import Importance, ItemState, WorkItem
from models.items.lifecycle import OPEN
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.ladder.light import Light
from models.ladder.notice import Via
from models.ladder.policy import Policy
from models.people.permission import Action
from models.people.person import Role
from models.search.index import Hits
from models.words import words_of
from tasks.acting.authorize import copied_to, permitted
from tasks.ladder.extent import Extent, organ_of, within
from tasks.ladder.status import light_values, open_on, standing_of
from tasks.lists.await_decision import awaiting
from tasks.lists.match_words import item_holds
from tasks.people.address import VIA, recipient_by_role
from tasks.people.people_in_lists import ITEM, answer

ITEMS = SQLModel.metadata.tables[str(WorkItem.__tablename__)]
ROW = ITEMS.c
"""The table and its columns as they are: statements about rows are half as dear to make as those about objects."""


class NamedList(Coded):
    """Lists that people ask for by name."""

    OPEN = "open", "未办结"
    MINE = "mine", "我承办的"
    UNSIGNED = "unsigned", "待签收"
    DECIDING = "deciding", "待我审批"
    OVERDUE = "overdue", "逾期"
    UNDATED = "undated", "无时限"
    COPIED = "copied", "抄送我的"


@dataclass(frozen=True)
class Choice:
    """What is asked for; all of it has to hold, and what is left out asks for nothing.

    `text` is looked for word by word, as the search does. `department` and `project` are ids, a department of 0 means
    items without one. `person` handles the item or leads it on the day. The days, both included, are those shown.
    """

    text: str = ""
    standing: NamedList | None = None
    states: frozenset[ItemState] = frozenset()
    lights: frozenset[Light] = frozenset()
    importance: Importance | None = None
    project: int | None = None
    department: int | None = None
    person: int | None = None
    due_from: dt.date | None = None
    due_until: dt.date | None = None
    items: frozenset[int] | None = None
    """Only these, by id: a selection."""
    permits: Action | None = None
    """Only those on which whoever looks may do this."""

    def only(self, items: Iterable[int]) -> "Choice":
        """The same, of these items alone."""
        return replace(self, items=frozenset(items))

    def __bool__(self) -> bool:
        """Whether anything is asked for at all."""
        return any(getattr(self, field.name) not in (None, "", frozenset()) for field in fields(self))


class Shine:
    """The items of a plan, or of all plans of an organ, with the light and the open day of each, as SQL worked out
    only where a statement asks.

    `light` and `day` are columns of `table`, which is joined to `ITEMS` by id. `day` is the day a list shows: the
    earliest that is neither done nor claimed done, else the last one there was.
    """

    def __init__(self, session: Session, extent: Extent, *, on: dt.date, calendar: WorkCalendar) -> None:
        # Held on to, or both of the next would ask for it anew.
        one = extent.policy_id if isinstance(extent, AnnualPlan) else None
        self._policy = session.get(Policy, one) if one else None
        self.standing = standing_of(session, extent)
        self.values = light_values(session, extent, on=on, calendar=calendar)
        statement = f"SELECT i.id, i.light, i.open_on FROM {self.standing}"
        used = {name: value for name, value in self.values.items() if f":{name}" in statement}
        self.table = _table(statement, tuple(used.items()))
        self.light: sa.ColumnElement[str] = self.table.c.light
        self.day: sa.ColumnElement[dt.date | None] = sa.func.coalesce(self.table.c.open_on, ROW.due_on)
        self._on = on

    def unlit(self) -> "Shine":
        """The same for statements that ask for no light: its `day` needs no table but the items' own."""
        other = copy(self)
        other.day = sa.func.coalesce(_own_day(self._on), ROW.due_on)
        return other

    def joined(self, *columns: Any) -> sa.Select[Any]:
        """These columns of the items, each with its light beside it."""
        return sa.select(*columns).select_from(ITEMS.join(self.table, self.table.c.id == ROW.id))


@lru_cache(maxsize=256)
def _own_day(on: dt.date) -> sa.ScalarSelect[dt.date | None]:
    asked = sa.text(f"SELECT {open_on(ITEMS.name)}").bindparams(sa.bindparam("on", on, sa.Date))
    return asked.columns(sa.column("day", sa.Date)).scalar_subquery()


@lru_cache(maxsize=256)
def _table(statement: str, values: tuple[tuple[str, Any], ...]) -> sa.Subquery:
    """The statement as a table: put together once for all who look at a plan on a day."""
    bound = sa.text(statement).bindparams(**dict(values))
    columns = sa.column("id", sa.Integer), sa.column("light", sa.String), sa.column("open_on", sa.Date)
    return bound.columns(*columns).subquery("s")


def handler_on(on: dt.date) -> sa.ColumnElement[int | None]:
    """Who does item `i` on the day, deputies and, where nobody is there, whoever is next above."""
    scalar = recipient_by_role(f"'{Role.HANDLER}'", frozenset({Role.HANDLER}), leaves=True)
    return answer(scalar, on) // 4


def _leads(person: int, on: dt.date) -> sa.ColumnElement[bool]:
    """Whether the person leads item `i` on the day, as holder or deputy: what `leader_name` says, by id."""
    found = answer(recipient_by_role(f"'{Role.LEADER}'", frozenset({Role.LEADER}), leaves=True), on)
    return sa.and_(found // 4 == person, found % 4 < VIA.index(Via.NEXT_LEVEL))


def chosen(
    session: Session, extent: Extent, choice: Choice, shine: Shine, *, by: Actor
) -> list[sa.ColumnElement[bool]]:
    """The conditions of a choice, and that `by` may see the item on its day; what was copied only where it is asked."""
    seen = Action.READ if choice.standing is NamedList.COPIED else Action.VIEW
    conditions: list[sa.ColumnElement[bool]] = [
        within(extent),
        of_plan(ROW),
        permitted(session, by, seen, organ_id=organ_of(extent)),
        *_standing(session, extent, choice.standing, shine, by),
    ]
    if choice.permits is not None:
        conditions.append(permitted(session, by, choice.permits, organ_id=organ_of(extent)))
    if choice.text:
        words = (Hits(word, organ_of(extent)) for word in words_of(choice.text))
        conditions += [item_holds(hits, on=by.on) for hits in words] or [sa.false()]
    if choice.states:
        conditions.append(ROW.state.in_(sorted(choice.states)))
    if choice.lights:
        conditions.append(shine.light.in_(sorted(str(light) for light in choice.lights)))
    if choice.importance is not None:
        conditions.append(ROW.importance == choice.importance)
    if choice.project is not None:
        conditions.append(ROW.project_id == choice.project)
    if choice.department is not None:
        conditions.append(ROW.department_id.is_(None) if choice.department == 0 else
                     ROW.department_id == choice.department)  # fmt: skip
    if choice.person is not None:
        conditions.append(_of_item(sa.or_(handler_on(by.on) == choice.person, _leads(choice.person, by.on))))
    if choice.due_from is not None:
        conditions.append(shine.day >= choice.due_from)
    if choice.due_until is not None:
        conditions.append(shine.day <= choice.due_until)
    if choice.items is not None:
        conditions.append(ROW.id.in_(sorted(choice.items)))
    return conditions


def _standing(
    session: Session, extent: Extent, standing: NamedList | None, shine: Shine, by: Actor
) -> list[sa.ColumnElement[bool]]:
    match standing:
        case NamedList.OPEN:
            return [ROW.state.in_(OPEN)]
        case NamedList.MINE:
            return [_of_item(handler_on(by.on) == by.person_id)]
        case NamedList.UNSIGNED:
            return [ROW.state == ItemState.ISSUED]
        case NamedList.DECIDING:
            return [awaiting(session, extent, by=by)]
        case NamedList.OVERDUE:
            return [shine.light == str(Light.RED)]
        case NamedList.UNDATED:
            return [ROW.due_on.is_(None), ROW.recurrence.is_(None)]
        case NamedList.COPIED:
            return [ROW.id.in_(copied_to(by.person_id))]
        case None:
            return []


def _of_item(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """A condition about item `i`, asked of the one in hand."""
    return sa.select(col(ITEM.id)).where(col(ITEM.id) == ROW.id, condition).exists()
