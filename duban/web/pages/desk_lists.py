"""What stands behind the desk's numbers and headings, whole: rows, and what is done with all of them at once."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.items.item_list import selected
from duban.web.items.owed import owed_page
from duban.web.pages.workbench import acts_of
from duban.web.posted import Posted, Sent
from duban.web.row_number import RowNumber
from duban.web.visit import UNDONE, Signed
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import DubanError, NotFoundError
from models.items.item import WorkItem
from models.people.permission import Action
from tasks.acting.authorize import organs_within
from tasks.acting.find_seen import seen_items
from tasks.items.close import accept
from tasks.items.sign import sign
from tasks.lists.await_decision import Decision
from tasks.lists.choose_items import Choice, NamedList
from tasks.lists.count_work import Number, list_counted
from tasks.lists.order_items import place_of
from tasks.oversight.gather_work import gather_work
from tasks.oversight.list_desk import BY_LIGHT, DeskList, desk_listing
from tasks.oversight.work_line import Group
from tasks.trail.changes_since import refuse_blind

router = APIRouter()

MOST = 1000
"""Lines of one heading on a page of its own."""


@router.get("/mine/desk/{group}")
def whole_group(visit: Signed, group: str) -> HTMLResponse:
    """All that stands under one heading of the desk."""
    found = next((one for one in Group if one.value == group), None)
    if found is None:
        raise NotFoundError("没有这个清单。")
    with visit.reading() as session:
        calendar = office_calendar(session, organ_id=visit.organ.id)
        work = gather_work(session, visit.organ, by=visit.looking, calendar=calendar, most=MOST)
        return visit.page(session, "workbench/work_group.html", menu="/", group=found, work=work, acts=acts_of,
            closure=Decision.CLOSURE,
        )  # fmt: skip


@router.get("/mine/{what}")
def counted(
    visit: Signed,
    what: str,
    department: RowNumber = None,
    day: Annotated[str, Query(max_length=10)] = "",
    after: Annotated[str, Query(max_length=8000)] = "",
) -> HTMLResponse:
    """The rows behind a number on the desk that the list of items has no filter for."""
    with visit.reading() as session:
        calendar = office_calendar(session, organ_id=visit.organ.id)
        if what in ("unfiled", "unsigned"):
            if visit.organ.id not in organs_within(session, visit.looking, Action.VIEW):
                raise NotFoundError("没有这个清单，或者它不在您的查看范围内。")
            return owed_page(session, visit, visit.organ, what, path=f"/mine/{what}", department=department, day=day)
        if what in tuple(DeskList):
            listing = desk_listing(session, visit.organ, DeskList(what), by=visit.looking, calendar=calendar)
            found = listing.page(place_of(after, BY_LIGHT) if after else None)
            return visit.page(session, "workbench/desk_rows.html", menu="/", what=DeskList(what), found=found)
        number = next((one for one in Number if one.value == what), None)
        if number is None:
            raise NotFoundError("没有这个清单。")
        plan = visit.plan(session)
        choice = Choice(department=department) if department else Choice(standing=NamedList.MINE)
        lines = list_counted(session, plan, choice, number, by=visit.looking, calendar=calendar)
        return visit.page(session, "workbench/work_rows.html", menu="/", number=number, lines=lines, plan=plan)


@router.post("/mine/sign")
def sign_all(sent: Sent) -> Response:
    """Sign for every item that the desk listed; what somebody signed for meanwhile is told."""
    visit = sent.visit
    return _each(sent, "已签收", lambda session, item: sign(session, item, by=visit.by))


@router.post("/mine/accept")
def accept_all(sent: Sent) -> Response:
    """Accept the closures that were ticked; one that lacks something, or changed since the page was shown, stays."""
    visit, seen = sent.visit, sent.number("seen", "页面") or 0

    def act(session: Session, item: WorkItem) -> None:
        refuse_blind(session, item, seen, by=visit.by)
        accept(session, item, by=visit.by)

    return _each(sent, "已通过办结申请", act)


def _each(sent: Posted, done: str, act: Callable[[Session, WorkItem], object]) -> Response:
    """Do it with every item that was sent; what was refused is told with the reason."""
    visit, ids = sent.visit, selected(sent.texts("item"))
    refused = []
    for item_id in ids:
        # Each in a transaction of its own: what one was refused leaves nothing behind, and the rest is done.
        try:
            with visit.writing() as session:
                found = seen_items(session, [item_id], by=visit.by, organ_id=key(visit.organ.id))
                if item_id not in found:
                    raise NotFoundError("有任务已不存在，或者不在您的查看范围内。")
                act(session, found[item_id])
        except DubanError as error:
            refused.append(error.message)
    said = f"{done} {len(ids) - len(refused)} 项。"
    if refused:
        said = f"{UNDONE}{said}未办 {len(refused)} 项：{''.join(refused)}"
    return visit.go(visit.link("/"), said)
