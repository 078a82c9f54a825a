"""任务清单: the items a person may see; filtered, sorted, paged, kept as views."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.items.item_list import ListAddress, address, asked_again, asked_for, chips, listing_of
from duban.web.posted import Sent
from duban.web.visit import Signed, Visit
from models.items.item import Importance, ItemState
from models.items.plan import AnnualPlan
from models.ladder.light import Light
from models.people.permission import Action
from tasks.acting.authorize import may_anywhere, organs_within
from tasks.acting.known_to import known_to
from tasks.lists.browse_items import ItemPage
from tasks.lists.choose_items import NamedList
from tasks.lists.item_columns import USUAL_COLUMNS, ItemColumn
from tasks.lists.keep_view import drop_view, keep_view, views_for
from tasks.lists.offer_filters import Filters, offer_filters
from tasks.lists.order_items import Order, place_of

router = APIRouter()

SORTS = {
    ItemColumn.LIGHT: Order.LIGHT, ItemColumn.NUMBER: Order.NUMBER, ItemColumn.TITLE: Order.TITLE,
    ItemColumn.DUE: Order.DUE, ItemColumn.PROGRESS: Order.PROGRESS, ItemColumn.REPORTED: Order.REPORTED,
}  # fmt: skip
"""The columns whose heading sorts the list."""


@router.get("/items")
def items(visit: Signed) -> Response:
    """One page of the list."""
    asked = asked_for(visit.request.query_params)
    with visit.reading() as session:
        name = ("list", visit.organ.id, visit.year, asked.pairs, asked.after, asked.before)
        shown = known_to(session, visit.looking, name, lambda: _gathered(session, visit, asked))
        if shown is None:
            return visit.page(session, "items/items_none.html", menu="/items")
        return _page(session, visit, asked, shown)


@router.post("/items/views")
def keep(sent: Sent) -> Response:
    """Keep what the list shows under a name."""
    visit, asked = sent.visit, asked_again(sent.text("query"))
    with visit.writing() as session:
        view = keep_view(
            session, by=visit.by, organ_id=visit.organ.id or 0, name=sent.text("name"), query=asked.query,
            shared=sent.ticked("shared"),
        )  # fmt: skip
        said = f"已保存视图“{view.name}”{'，本单位的人都能使用' if view.shared else ''}。"
    return visit.go(address(visit, "/items", asked.pairs), said)


@router.post("/items/views/{view_id:row}/delete")
def drop(sent: Sent, view_id: int) -> Response:
    """Forget a view of one's own."""
    visit, asked = sent.visit, asked_again(sent.text("query"))
    with visit.writing() as session:
        said = f"已删除视图“{drop_view(session, view_id, by=visit.by).name}”。"
    return visit.go(address(visit, "/items", asked.pairs), said)


@dataclass(frozen=True)
class _Shown:
    """What the database says of one page of the list."""

    plan: AnnualPlan
    listed: ItemPage
    offered: Filters
    views: Sequence[Any]


def _gathered(session: Session, visit: Visit, asked: ListAddress) -> _Shown | None:
    """All of it, None where the organ has no plan."""
    plan = visit.plan_or_none(session)
    if plan is None:
        return None
    token = asked.before or asked.after
    place = place_of(token, asked.sorting, back=bool(asked.before)) if token else None
    return _Shown(
        plan,
        listing_of(session, plan, asked, by=visit.looking).page(place, size=asked.size),
        offer_filters(session, plan, on=visit.on),
        views_for(session, by=visit.by, organ_id=visit.organ.id or 0),
    )


def _page(session: Session, visit: Visit, asked: ListAddress, gathered: _Shown) -> HTMLResponse:
    organ_id = visit.organ.id or 0
    listed, offered = gathered.listed, gathered.offered
    departments = [*offered.departments, (0, "未明确")]
    named = (("project", offered.projects), ("department", departments), ("person", offered.people))
    names = {(kind, str(number)): words for kind, offers in named for number, words in offers}
    return visit.page(
        session,
        "items/items.html",
        menu="/items",
        plan=gathered.plan,
        asked=asked,
        found=listed,
        shown=_shown(listed),
        address=lambda pairs, **more: address(visit, "/items", pairs, **more),
        chips=list(chips(asked, names)),
        standings=NamedList,
        lights=Light,
        states=ItemState,
        weights=Importance,
        columns=ItemColumn,
        usual=USUAL_COLUMNS,
        sorts=SORTS,
        orders=Order,
        projects=offered.projects,
        departments=departments,
        people=offered.people,
        views=gathered.views,
        may_urge=organ_id in organs_within(session, visit.by, Action.URGE),
        may_add=organ_id in organs_within(session, visit.by, Action.ADD_ITEM),
        may_transfer=may_anywhere(session, visit.by, Action.TRANSFER),
        kept=[(name, visit.request.query_params[name]) for name in ("organ", "year", "on")
              if visit.request.query_params.get(name)],
    )  # fmt: skip


def _shown(found: ItemPage) -> str:
    """Which of how many: 第 51–100 项,共 230 项."""
    if not found.total:
        return "没有符合条件的任务"
    if len(found.lines) == found.total:
        return f"共 {found.total} 项"
    return f"第 {found.before + 1}–{found.before + len(found.lines)} 项，共 {found.total} 项"
