"""What the address of the list asks for, and the addresses that ask for a little more or less."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from sqlmodel import Session
from starlette.datastructures import QueryParams

from duban.web.visit import Visit
from models.actor import Actor
from models.coded import Coded
from models.dates.day_override import office_calendar
from models.errors import BadInputError
from models.items.item import Importance, ItemState
from models.items.plan import AnnualPlan
from models.ladder.light import Light
from models.typed_text import day_or_none
from models.words import words_of
from tasks.lists.browse_items import FEWEST, MOST, USUAL, ItemListing
from tasks.lists.choose_items import Choice, NamedList
from tasks.lists.item_columns import USUAL_COLUMNS, ItemColumn, columns_named
from tasks.lists.order_items import Order, Sorting

FRAME = ("organ", "year", "on")
"""What the frame keeps in every address; no part of a view."""
PAGING = ("after", "before")
MOST_SELECTED = 200

Pairs = tuple[tuple[str, str], ...]
Member = TypeVar("Member", bound=Coded)


@dataclass(frozen=True)
class ListAddress:
    """An address of the list, read. `pairs` is what it says, blanks left out, without frame, paging and selection."""

    pairs: Pairs
    choice: Choice
    sorting: Sorting
    columns: tuple[ItemColumn, ...]
    size: int
    after: str | None
    before: str | None

    @property
    def query(self) -> str:
        """The view as it is kept under a name."""
        return urlencode(self.pairs)

    def values(self, name: str) -> list[str]:
        return [value for found, value in self.pairs if found == name]

    def but(self, **changes: object) -> Pairs:
        """The view with these parameters instead; none or empty takes one away, a list gives several."""
        kept = [pair for pair in self.pairs if pair[0] not in changes]
        for name, value in changes.items():
            several = value if isinstance(value, list | tuple) else [value]
            kept += [(name, str(one)) for one in several if one not in (None, "")]
        return tuple(kept)

    def without(self, name: str, value: str) -> Pairs:
        """The view without one of its pairs."""
        return tuple(pair for pair in self.pairs if pair != (name, value))

    def sorted_by(self, order: Order) -> Pairs:
        """Sorted by that; the other way round where it is already."""
        falling = self.sorting.order is order and not self.sorting.falling
        return self.but(sort=None if order is Order.DUE else str(order), desc="1" if falling else None)


def asked_for(query: QueryParams | Mapping[str, str]) -> ListAddress:
    """Read an address. Raises BadInputError that says which parameter is wrong and what it may be."""
    listed = query.multi_items() if isinstance(query, QueryParams) else list(query.items())
    apart = (*FRAME, *PAGING, "item")
    pairs = tuple((name, value.strip()) for name, value in listed if name not in apart and value.strip())
    said: dict[str, list[str]] = {}
    for name, value in pairs:
        said.setdefault(name, []).append(value)

    def one(name: str) -> str:
        return said.get(name, [""])[0]

    choice = Choice(
        text=_within_bounds(one("q")),
        standing=_member(NamedList, one("only"), "清单"),
        states=frozenset(_members(ItemState, said.get("state", ()), "状态")),
        lights=frozenset(_members(Light, said.get("light", ()), "亮灯")),
        importance=_member(Importance, one("importance"), "重要程度"),
        project=_number(one("project"), "项目"),
        department=_number(one("department"), "科室"),
        person=_number(one("person"), "人员"),
        due_from=day_or_none(one("from"), "时限起"),
        due_until=day_or_none(one("until"), "时限止"),
    )
    columns = columns_named(said.get("column", []))
    return ListAddress(
        # What is usual anyway makes no address longer.
        pairs=tuple(pair for pair in pairs if pair[0] != "column") if columns == USUAL_COLUMNS else pairs,
        choice=choice,
        sorting=Sorting(_member(Order, one("sort"), "排序") or Order.DUE, falling=one("desc") == "1"),
        columns=columns,
        size=min(max(_number(one("size"), "每页项数") or USUAL, FEWEST), MOST),
        after=query.get("after") or None,
        before=query.get("before") or None,
    )


def asked_again(kept: str) -> ListAddress:
    """A view kept as `Asked.query`."""
    return asked_for(QueryParams(parse_qsl(kept)))


def address(visit: Visit, path: str, pairs: Pairs, **more: object) -> str:
    """An address that asks for all this."""
    grouped: dict[str, object] = {}
    for name, value in pairs:
        listed = grouped.setdefault(name, [])
        if isinstance(listed, list):
            listed.append(value)
    return visit.link(path, **grouped, **more)


def listing_of(
    session: Session, plan: AnnualPlan, asked: ListAddress, *, by: Actor, items: Sequence[int] = ()
) -> ItemListing:
    """What the address asks for, as `by` may see it on its day; of some items alone where there are any."""
    return ItemListing(
        session,
        plan,
        by=by,
        calendar=office_calendar(session, organ_id=plan.organ_id),
        choice=asked.choice.only(items) if items else asked.choice,
        sorting=asked.sorting,
    )


def selected(values: list[str]) -> list[int]:
    """The ids of ticked rows, each once. Raises BadInputError for none, too many, or what is no id."""
    ids = list(dict.fromkeys(_number(value, "任务") or 0 for value in values))
    if not ids:
        raise BadInputError("没有选择任务：请先在清单中勾选。")
    if len(ids) > MOST_SELECTED:
        raise BadInputError(f"一次最多选择 {MOST_SELECTED} 项任务。")
    return ids


@dataclass(frozen=True)
class Chip:
    """One condition in force, in words, and the view without it."""

    words: str
    pairs: Pairs


def chips(asked: ListAddress, names: Mapping[tuple[str, str], str]) -> Iterator[Chip]:
    """The conditions in force, the named list aside; `names` tells the words of ids by parameter and value."""
    kinds: Mapping[str, tuple[str, type[Coded] | None]] = {
        "q": ("含", None), "state": ("状态", ItemState), "light": ("亮灯", Light),
        "importance": ("重要程度", Importance),
        "project": ("项目", None), "department": ("科室", None), "person": ("人员", None),
        "from": ("时限从", None), "until": ("时限至", None),
    }  # fmt: skip
    for name, value in asked.pairs:
        if name in kinds:
            what, kind = kinds[name]
            words = kind(value).label if kind else names.get((name, value), value)
            yield Chip(f"{what} {words}", asked.without(name, value))


def _within_bounds(text: str) -> str:
    words_of(text)
    return text


def _members(kind: type[Member], codes: object, what: str) -> Iterator[Member]:
    for code in codes if isinstance(codes, list) else ():
        found = _member(kind, code, what)
        if found is not None:
            yield found


def _member(kind: type[Member], code: str, what: str) -> Member | None:
    if not code:
        return None
    try:
        return kind(code)
    except ValueError as error:
        known = "、".join(f"{member}（{member.label}）" for member in kind)
        raise BadInputError(f"{what}“{code[:40]}”无法识别；可用：{known}。") from error


def _number(text: str, what: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:
        raise BadInputError(f"{what}“{text[:40]}”无法识别：应为数字。")
    return int(text)
