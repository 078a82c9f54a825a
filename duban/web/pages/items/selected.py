"""What is done with several items of the list at once, urging and giving away: foreseen first, then done."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attempt import attempt
from duban.web.items.item_list import address, asked_again, asked_for, selected
from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.clock import day_of
from models.database import key, rehearsing
from models.dates.day_override import office_calendar
from models.errors import BadInputError, DubanError, ForbiddenError, NotFoundError
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.people.organ import Department
from models.people.permission import Action
from models.people.person import Person
from models.typed_text import day_or_none, words
from tasks.acting.authorize import authorize_organ, may_anywhere
from tasks.acting.find_seen import seen_items
from tasks.items.transfer import TransferOutcome, transfer_many
from tasks.items.urge import REPLY_DAYS, foresee_urging, urge
from tasks.lists.browse_items import ItemListing
from tasks.lists.choose_items import Choice
from tasks.lists.item_line import ItemLine
from tasks.people.find import departments_of
from tasks.people.roster import people_in_office

router = APIRouter()


@router.get("/items/urge")
def urge_form(visit: Signed) -> HTMLResponse:
    """Whom urging these items reaches, and which are refused and why; nothing is sent yet."""
    asked = asked_for(visit.request.query_params)
    ids = selected(visit.request.query_params.getlist("item"))
    with visit.reading() as session:
        return _urge_page(session, visit, ids, asked.query)


@router.post("/items/urge")
def urge_done(sent: Sent) -> Response:
    """Urge what the page before listed, all of it on one slip or none of it."""
    visit, ids = sent.visit, selected(sent.texts("item"))
    with attempt(
        visit,
        lambda session, error: _urge_page(session, visit, ids, sent.text("query"), sent.typed, error),
        beyond=NotFoundError,
    ) as session:
        slip = urge(
            session, _items(session, visit, ids), by=visit.by, demand=sent.text("demand") or None,
            reply_by=day_or_none(sent.text("reply_by"), "回复期限"),
        )  # fmt: skip
        said = f"已催办 {len(ids)} 项：{slip.written_number}。"
    return visit.go(_back(visit, sent.text("query")), said)


@router.get("/items/transfer")
def transfer_form(visit: Signed) -> HTMLResponse:
    """To whom these items should go, and why."""
    asked = asked_for(visit.request.query_params)
    ids = selected(visit.request.query_params.getlist("item"))
    with visit.reading() as session:
        return _transfer_page(session, visit, ids, asked.query)


@router.post("/items/transfer")
def transfer_done(sent: Sent) -> Response:
    """First what would become of each item; once that is confirmed, give them away and tell what was refused."""
    visit, ids, query = sent.visit, selected(sent.texts("item")), sent.text("query")
    sure = sent.ticked("sure")
    try:
        with visit.writing() if sure else rehearsing(visit.served.database) as session:
            outcomes, to = _transferred(session, sent, ids)
    except NotFoundError:
        raise
    except DubanError as error:
        with visit.reading() as session:
            return _transfer_page(session, visit, ids, query, sent.typed, error)
    done = [outcome for outcome in outcomes if outcome.refused is None]
    if sure and len(done) == len(outcomes):
        return visit.go(_back(visit, query), f"已把 {len(done)} 项任务转给{to}，待签收。")
    with visit.reading() as session:
        return visit.page(
            session, "items/items_transferred.html", menu="/items", outcomes=outcomes, done=len(done), to=to, sure=sure,
            typed=sent.typed, query=query, back=_back(visit, query),
        )  # fmt: skip


def _transferred(session: Session, sent: Posted, ids: list[int]) -> tuple[list[TransferOutcome], str]:
    visit = sent.visit
    department_id, person_id = sent.number("department", "科室"), sent.number("handler", "承办人")
    department = session.get(Department, department_id) if department_id else None
    handler = session.get(Person, person_id) if person_id else None
    strange = [one for one in (department, handler) if one is not None and one.organ_id != visit.organ.id]
    if strange or (department is None and handler is None):
        raise BadInputError("请选择转给哪个科室或哪位承办人。")
    reason = words(sent.text("reason"), "理由", longest=1000)
    outcomes = transfer_many(
        session, _items(session, visit, ids), by=visit.by, reason=reason, department=department,
        handler=handler,
    )  # fmt: skip
    return outcomes, "、".join(one.name for one in (department, handler) if one is not None)


def _urge_page(
    session: Session, visit: Visit, ids: list[int], query: str, typed: dict[str, str] | None = None,
    error: DubanError | None = None,
) -> HTMLResponse:  # fmt: skip
    items = _items(session, visit, ids)
    authorize_organ(session, visit.by, Action.URGE, visit.organ.id)
    foreseen = foresee_urging(session, items, by=visit.by)
    calendar = office_calendar(session, organ_id=visit.organ.id)
    reply_by = calendar.add(day_of(visit.now), REPLY_DAYS)
    return visit.page(
        session, "items/items_urge.html", menu="/items", status_code=status_of(error) if error else 200,
        error=error.message if error else "", typed=typed or {"reply_by": str(reply_by)}, query=query,
        back=_back(visit, query), going=[one for one in foreseen if not one.refused],
        refused=[one for one in foreseen if one.refused],
        reached=list(dict.fromkeys(one.reaches for one in foreseen if one.reaches)),
        lines=_lines(session, visit, items),
    )  # fmt: skip


def _transfer_page(
    session: Session, visit: Visit, ids: list[int], query: str, typed: dict[str, str] | None = None,
    error: DubanError | None = None,
) -> HTMLResponse:  # fmt: skip
    items = _items(session, visit, ids)
    if not may_anywhere(session, visit.by, Action.TRANSFER):
        raise ForbiddenError("您不能转办任务：可由督办员、第一责任人或科室负责人办理。")
    organ_id = key(visit.organ.id)
    departments = [(one.id, one.name) for one in departments_of(session, organ_id)]
    return visit.page(
        session, "items/items_transfer.html", menu="/items", status_code=status_of(error) if error else 200,
        error=error.message if error else "", typed=typed or {}, query=query, back=_back(visit, query), items=items,
        lines=_lines(session, visit, items), departments=departments,
        people=people_in_office(session, organ_id, on=day_of(visit.now)),
    )  # fmt: skip


def _items(session: Session, visit: Visit, ids: list[int]) -> list[WorkItem]:
    """The items by id, those of this organ the person may see, in the order chosen.

    Raises NotFoundError where one of them is not among those.
    """
    found = seen_items(session, ids, by=visit.by, organ_id=key(visit.organ.id))
    if len(found) < len(ids):
        raise NotFoundError("所选任务中有的已不存在，或者不在您的查看范围内：请回到清单重新选择。")
    return [found[item_id] for item_id in ids]


def _lines(session: Session, visit: Visit, items: list[WorkItem]) -> dict[int, ItemLine]:
    """How the list tells of them, by id."""
    calendar = office_calendar(session, organ_id=visit.organ.id)
    lines: dict[int, ItemLine] = {}
    for plan in [session.get_one(AnnualPlan, plan_id) for plan_id in sorted({item.plan_id for item in items})]:
        choice = Choice(items=frozenset(key(item.id) for item in items if item.plan_id == plan.id))
        listing = ItemListing(session, plan, by=visit.by, calendar=calendar, choice=choice)
        lines |= {line.id: line for line in listing.lines()}
    return lines


def _back(visit: Visit, query: str) -> str:
    return address(visit, "/items", asked_again(query).pairs)
