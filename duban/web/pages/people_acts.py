"""What is done to people: hand-over, leave, departure, contact, a new post; each shows first whom it concerns."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.acts.declaration import Act
from duban.acts.people import CONTACT, DEPART, LEAVE, proposed
from duban.web.acts.act_form import do, refusal
from duban.web.attempt import attempt
from duban.web.pages.people import person_staffed, require_staff, second_words
from duban.web.pages.people_accounts import account_act
from duban.web.posted import Sent
from duban.web.refusals import status_of
from duban.web.row_number import RowNumber
from duban.web.visit import Signed, Visit
from models.clock import day_of
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import BadInputError, DubanError, ForbiddenError, ImportRefusedError, NotFoundError
from models.people.organ import Department
from models.people.permission import Action
from models.people.person import Person, Post, Role
from models.people.staff_proposal import StaffProposal
from models.typed_text import day
from tasks.acting.authorize import authorize_organ
from tasks.people.find import departments_of, names_of
from tasks.people.roster import people_in_service, posts_to_hand_over
from tasks.staff.hand_over import hand_over
from tasks.staff.import_people import enlist
from tasks.staff.show_people import Load, loads_of, show_person

router = APIRouter()


# --- leave, departure, contact: one person, one form -----------------------------------------------------------------


_FORMS: Mapping[str, Act[Person]] = {act.verb: act for act in (LEAVE, DEPART, CONTACT)}


@router.get("/people/{person_id:row}/{act}")
def ask(visit: Signed, person_id: int, act: str) -> HTMLResponse:
    """The form of one act."""
    with visit.reading() as session:
        person = person_staffed(session, visit, person_id)
        return _form(session, visit, person, act)


@router.post("/people/{person_id:row}/{act}")
def act_done(sent: Sent, person_id: int, act: str) -> Response:
    """Do it."""
    visit = sent.visit
    if act not in _FORMS:
        return account_act(sent, person_id, act)

    def again(session: Session, error: DubanError) -> Response:
        person = person_staffed(session, visit, person_id)
        return _form(session, visit, person, act, typed=sent.typed, error=error)

    with attempt(visit, again, beyond=(NotFoundError, ForbiddenError)) as session:
        person = person_staffed(session, visit, person_id)
        said = do(session, person, _FORMS[act], sent).said
    return visit.go(visit.link(f"/people/{person_id}"), said)


def _form(
    session: Session,
    visit: Visit,
    person: Person,
    act: str,
    *,
    typed: Mapping[str, str] | None = None,
    error: DubanError | None = None,
) -> HTMLResponse:
    if act not in _FORMS:
        raise NotFoundError("没有这个页面。")
    day = day_of(visit.now)
    calendar = office_calendar(session, organ_id=person.organ_id)
    return visit.page(
        session, "people/person_act.html", menu="/settings", act=act, title=_FORMS[act].title, person=person,
        typed=typed or {},
        **refusal(_FORMS[act], error),
        today=day, sheet=show_person(session, person, on=day, calendar=calendar),
        people=people_in_service(session, person.organ_id, on=day, without=person.id),
    )  # fmt: skip


# --- hand-over: posts to a successor -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Passing:
    """What a hand-over would do: the posts that can pass, those chosen, to whom, from which day."""

    posts: Sequence[tuple[Post, str, Load]]
    chosen: frozenset[int]
    to: Person | None
    on: dt.date

    @property
    def passing(self) -> list[tuple[Post, str, Load]]:
        return [line for line in self.posts if line[0].id in self.chosen]


@router.get("/people/hand-over")
def ask_hand_over(
    visit: Signed, person: RowNumber = None, post: RowNumber = None, to: RowNumber = None, day: str | None = None
) -> HTMLResponse:
    """Choose posts, successor and day; with all of them, what passes is shown before anything is done."""
    wanted = {int(found) for found in visit.request.query_params.getlist("posts") if found.isdecimal()}
    with visit.reading() as session:
        require_staff(session, visit)
        try:
            on = _day(day, "交接日") if day else day_of(visit.now)
            return _hand_over(session, visit, _passing(session, visit, person, post, wanted, to, on), person, post)
        except BadInputError as error:
            if isinstance(error, NotFoundError):
                raise
            found = _passing(session, visit, person, post, wanted, to, day_of(visit.now))
            return _hand_over(session, visit, found, person, post, error=error)


@router.post("/people/hand-over")
def do_hand_over(sent: Sent) -> Response:
    """Pass the posts on."""
    visit = sent.visit
    person, post = sent.number("person", "人员编号"), sent.number("post", "岗位编号")
    wanted = {int(found) for found in sent.texts("posts") if found.isdecimal()}

    def again(session: Session, error: DubanError) -> Response:
        found = _passing(session, visit, person, post, wanted, sent.number("to", "接任者"), day_of(visit.now))
        return _hand_over(session, visit, found, person, post, error=error)

    with attempt(visit, again, beyond=(NotFoundError, ForbiddenError)) as session:
        require_staff(session, visit)
        on = _day(sent.text("day"), "交接日")
        found = _passing(session, visit, person, post, wanted, sent.number("to", "接任者"), on)
        if found.to is None or not found.passing:
            raise BadInputError("请选择要交接的岗位和接任的人。")
        passed = [(one, hand_over(session, one, by=visit.by, to=found.to, on=on)) for one, _, _ in found.passing]
        asked = [proposed(session, one, visit.by).said for _, one in passed if isinstance(one, StaffProposal)]
        titles = "、".join(post.title for post, one in passed if not isinstance(one, StaffProposal))
        done = f"{on} 起，“{titles}”由{found.to.name}任职；未办结的任务和以后的通知随岗位转给{found.to.name}。"
        said = "".join([*([done] if titles else []), *asked])
    return visit.go(visit.link("/people"), said)


def _passing(
    session: Session,
    visit: Visit,
    person: int | None,
    post: int | None,
    wanted: set[int],
    to: int | None,
    on: dt.date,
) -> _Passing:
    organ = visit.organ
    if post is not None:
        found = [one for one in [session.get(Post, post)] if one is not None and one.organ_id == organ.id]
    elif person is not None:
        former = person_staffed(session, visit, person)
        organ_of = None if former.organ_id != organ.id else organ
        found = posts_to_hand_over(session, former, None, organ_of, on=on)
        for one in found:
            authorize_organ(session, visit.by, Action.STAFF, one.organ_id)
    else:
        found = []
    if not found:
        raise NotFoundError("没有要交接的岗位：请从人员或空缺岗位的页面进入。")
    names = names_of(session, Department, [one.department_id for one in found])
    calendar = office_calendar(session, organ_id=organ.id)
    loads = loads_of(session, found, on=on, calendar=calendar)
    chosen = wanted or {one.id or 0 for one in found}
    successor = person_staffed(session, visit, to) if to is not None else None
    return _Passing(
        [(one, names.get(one.department_id, ""), loads[one.id or 0]) for one in found], frozenset(chosen), successor, on
    )


def _hand_over(
    session: Session,
    visit: Visit,
    found: _Passing,
    person: int | None,
    post: int | None,
    *,
    error: DubanError | None = None,
) -> HTMLResponse:
    former = session.get(Person, person) if person else None
    return visit.page(
        session, "people/people_hand_over.html", menu="/settings", status_code=status_of(error) if error else 200,
        passing=found, former=former, post=post, error=error.message if error else "",
        people=people_in_service(session, visit.organ.id or 0, on=found.on, without=person),
    )  # fmt: skip


# --- somebody new, by hand -----------------------------------------------------------------------------------------

_COLUMNS = {
    "name": "姓名", "department": "部门", "title": "职务", "role": "角色", "email": "邮箱", "mobile": "手机",
    "deputy": "代理人",
}  # fmt: skip
"""The fields of the form by the column of a staff list that each is."""


@router.get("/people/new")
def ask_new(visit: Signed) -> HTMLResponse:
    """The form for one person and one post."""
    with visit.reading() as session:
        require_staff(session, visit)
        return _new(session, visit, {}, {})


@router.post("/people/new")
def do_new(sent: Sent) -> Response:
    """Add the person, or a further post of somebody known."""
    visit = sent.visit
    try:
        with visit.writing() as session:
            require_staff(session, visit)
            text = {column: sent.text(name) for name, column in _COLUMNS.items()}
            done = enlist(session, visit.organ, text, by=visit.by, on=_day(sent.text("day"), "任职日"))
    except ForbiddenError:
        raise
    except DubanError as error:
        wrong = {}
        if isinstance(error, ImportRefusedError):
            fields = {column: name for name, column in _COLUMNS.items()}
            wrong = {fields[fault.column or ""]: fault.accepted for fault in error.errors if fault.column in fields}
        with visit.reading() as session:
            message = "没有保存：请更正标出的各处。" if wrong else error.message
            return _new(session, visit, sent.typed, wrong, error=message, status_code=status_of(error))
    return visit.go(visit.link("/people"), f"{sent.text('name')}已登记。{second_words(done)}")


def _new(
    session: Session,
    visit: Visit,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    *,
    error: str = "",
    status_code: int = 200,
) -> HTMLResponse:
    return visit.page(
        session, "people/people_new.html", menu="/settings", status_code=status_code, typed=typed, wrong=wrong,
        error=error,
        roles=[(role.label, role.label) for role in Role],
        departments=[one.name for one in departments_of(session, key(visit.organ.id))],
        people=[(name, name) for _, name in people_in_service(session, visit.organ.id or 0, on=day_of(visit.now))],
        today=day_of(visit.now),
    )  # fmt: skip


def _day(text: str | None, what: str) -> dt.date:
    if not text:
        raise BadInputError(f"请填写{what}。")
    return day(text, what)
