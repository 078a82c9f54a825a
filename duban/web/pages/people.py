"""人员: who sits where on a day, and one person's posts, load, leave and way in."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from duban.web.visit import Signed, Visit
from models.dates.day_override import office_calendar
from models.errors import ForbiddenError, NotFoundError
from models.people.name_order import NameOrder
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person
from tasks.access.manage_accounts import AccountLine, account_of, accounts_of
from tasks.acting.authorize import authorize_organ, may_see_organ, organs_within
from tasks.lists.browse_items import ItemListing
from tasks.lists.choose_items import Choice, NamedList
from tasks.notices.channel import MessageChannel
from tasks.notices.set_preference import channel_lines
from tasks.staff.import_people import ImportedPeople
from tasks.staff.show_people import show_chart, show_person

router = APIRouter()


def may_staff(session: Session, visit: Visit, organ_id: int | None) -> bool:
    """Whether the visitor manages the people of the organ."""
    return organ_id in organs_within(session, visit.by, Action.STAFF)


def require_staff(session: Session, visit: Visit) -> None:
    """Raises ForbiddenError that names who manages the people of the organ looked at."""
    authorize_organ(session, visit.by, Action.STAFF, visit.organ.id)


def person_seen(session: Session, visit: Visit, person_id: int) -> Person:
    """The person, if the visitor may know of the organ. Raises NotFoundError."""
    person = session.get(Person, person_id)
    known = person is not None and (person.id == visit.person.id or may_see_organ(session, visit.by, person.organ_id))
    if person is None or not known:
        raise NotFoundError("没有这个人，或者不在您的查看范围内。")
    return person


def person_staffed(session: Session, visit: Visit, person_id: int) -> Person:
    """The person, for whoever manages the people of that organ. Raises NotFoundError, ForbiddenError."""
    person = person_seen(session, visit, person_id)
    authorize_organ(session, visit.by, Action.STAFF, person.organ_id)
    return person


@router.get("/people")
def people(visit: Signed, by: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
    """The organ by departments on the day looked at, names by strokes or `by=pinyin`."""
    order = NameOrder.PINYIN if by == NameOrder.PINYIN.value else NameOrder.STROKES
    with visit.reading() as session:
        if not may_see_organ(session, visit.by, visit.organ.id or 0):
            raise ForbiddenError("您目前没有岗位，不能查看人员：请与本单位的督办员联系。")
        return visit.page(
            session, "people/people.html", menu="/settings",
            chart=show_chart(session, visit.organ, on=visit.on, order=order), order=order, orders=NameOrder,
            staff=may_staff(session, visit, visit.organ.id),
        )  # fmt: skip


@router.get("/people/{person_id:row}")
def person(visit: Signed, person_id: int) -> HTMLResponse:
    """One person."""
    with visit.reading() as session:
        found = person_seen(session, visit, person_id)
        return person_page(session, visit, found)


def person_page(
    session: Session, visit: Visit, person: Person, *, error: str = "", status_code: int = 200
) -> HTMLResponse:
    """The page of one person."""
    staff = may_staff(session, visit, person.organ_id)
    account = None
    if staff:
        lines = accounts_of(session, session.get_one(Organ, person.organ_id), by=visit.by)
        account = next((line for line in lines if line.person.id == person.id), None)
        account = account or AccountLine(person, account_of(session, person), None, None)
    calendar = office_calendar(session, organ_id=person.organ_id)
    return visit.page(
        session, "people/person.html", menu="/settings", status_code=status_code, error=error, staff=staff,
        account=account,
        sheet=show_person(session, person, on=visit.on, calendar=calendar),
        organ=session.get_one(Organ, person.organ_id), private=staff or person.id == visit.person.id,
        label=visit.served.settings.oidc_label if visit.served.settings.oidc_issuer else "",
        reached=reached_on(session, visit, person), **_open_items(session, visit, person),
    )  # fmt: skip


def reached_on(session: Session, visit: Visit, person: Person) -> list[MessageChannel]:
    """The channels on which the visitor may try whether a message reaches the person."""
    if person.organ_id not in organs_within(session, visit.by, Action.TRY_CHANNEL):
        return []
    lines = channel_lines(session, person, visit.served.settings)
    return [line.channel for line in lines if line.address or line.sealed]


def _open_items(session: Session, visit: Visit, found: Person) -> dict[str, int | None]:
    """How many open items the list of items shows for the person, as far as the visitor may see them."""
    plan = visit.plan_or_none(session)
    if plan is None or found.organ_id != plan.organ_id:
        return {"open_items": None, "open_year": None}
    calendar = office_calendar(session, organ_id=plan.organ_id)
    choice = Choice(person=found.id, standing=NamedList.OPEN)
    listing = ItemListing(session, plan, by=visit.looking, calendar=calendar, choice=choice)
    return {"open_items": listing.count(), "open_year": plan.year}


def second_words(done: ImportedPeople) -> str:
    """What is said of appointments that wait for a second person."""
    return f"其中 {done.proposed} 项任职、代理须由第二人确认后生效，见“人员 → 提请”。" if done.proposed else ""
