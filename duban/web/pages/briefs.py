"""通报、简报、文书: what was issued, with its number and Word file; drawing up a circular or a brief now."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attempt import attempt
from duban.web.posted import Sent
from duban.web.refusals import status_of
from duban.web.row_number import RowNumber
from duban.web.visit import Signed, Visit
from models.actor import Actor
from models.database import key
from models.dates.day_override import office_calendar
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError, DubanError, NotFoundError
from models.items.plan import AnnualPlan
from models.papers.circular import CircularKind, closing_day
from models.papers.document import DocumentKind
from models.people.permission import Action
from models.people.person import Person
from models.typed_text import day
from tasks.acting.authorize import authorize_organ, may_see_organ, organs_within
from tasks.oversight.compile_brief import compile_brief, first_reader, gather_brief
from tasks.oversight.compile_circular import circular_lacks, compile_circular, gather_circular
from tasks.papers.brief import share_out
from tasks.papers.list_documents import list_documents

router = APIRouter()

SIZE = 50
"""Documents on a page."""
ROOM = 30
"""Rows that the four lists of a brief share on one printed page."""


@router.get("/briefs")
def briefs(
    visit: Signed,
    kind: Annotated[str, Query(max_length=20)] = "",
    after: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """What was issued, the newest first."""
    chosen = next((one for one in DocumentKind if one.value == kind), None)
    with visit.reading() as session:
        organ_id = key(visit.organ.id)
        if not may_see_organ(session, visit.looking, organ_id):
            raise NotFoundError("没有这个单位的文书，或者它不在您的查看范围内。")
        rows = list_documents(
            session, visit.organ, by=visit.looking, year=visit.year, kind=chosen, behind=_place(after), most=SIZE + 1
        )
        plan = visit.plan_or_none(session)
        return visit.page(
            session,
            "briefs/briefs.html",
            menu="/scores",
            rows=rows[:SIZE],
            next=f"{rows[SIZE - 1].issued_on}.{rows[SIZE - 1].id}" if len(rows) > SIZE else None,
            after=after,
            kind=chosen,
            kinds=list(DocumentKind),
            plan=plan,
            periods=list(CircularKind),
            may_preview=plan is not None and organ_id in organs_within(session, visit.by, Action.VIEW),
            may_circulate=organ_id in organs_within(session, visit.by, Action.CIRCULATE),
            may_brief=organ_id in organs_within(session, visit.by, Action.BRIEF),
        )


@router.get("/briefs/circular")
def circular(visit: Signed, period: str = CircularKind.MONTH.value, until: str = "") -> HTMLResponse:
    """What a circular would say: of which days, about whom, before it gets a number."""
    with visit.reading() as session:
        return _circular(session, visit, {"period": period, "until": until})


@router.post("/briefs/circular")
def circulated(sent: Sent) -> Response:
    """Draw up the circular that was shown."""
    visit = sent.visit
    with attempt(
        visit, lambda session, error: _circular(session, visit, sent.typed, error), beyond=NotFoundError
    ) as session:
        plan = visit.plan(session)
        calendar = office_calendar(session, organ_id=plan.organ_id)
        kind = _kind(sent.text("period"))
        document = compile_circular(
            session, plan, by=visit.by, kind=kind, calendar=calendar, again=sent.ticked("again"),
            until=_closes(sent.text("until"), kind, visit.by, calendar),
        )  # fmt: skip
        said = f"{document.written_number}《{document.title}》已留存，可下载 Word 文件。"
    return visit.go(visit.link("/briefs", kind=DocumentKind.CIRCULAR.value), said)


@router.get("/briefs/today")
def today(visit: Signed, person: RowNumber = None) -> HTMLResponse:
    """The one-page brief of today: one's own, or of another reader for whoever draws them up."""
    with visit.reading() as session:
        plan = visit.plan(session)
        reader = _reader(session, visit, plan, person)
        calendar = office_calendar(session, organ_id=plan.organ_id)
        content = gather_brief(session, visit.organ, reader, by=visit.looking, calendar=calendar)
        rows = [content.red_rows, content.waiting_rows, content.instruction_rows, content.next_rows]
        return visit.page(
            session,
            "briefs/brief.html",
            menu="/scores",
            brief=content,
            reader=reader,
            limits=share_out([len(part) for part in rows], [1] * len(rows), ROOM),
            may_keep=plan.organ_id in organs_within(session, visit.by, Action.BRIEF) and visit.on == visit.by.on,
        )


@router.post("/briefs/today")
def kept(sent: Sent) -> Response:
    """Number the brief and keep it."""
    visit = sent.visit
    with visit.writing() as session:
        plan = visit.plan(session)
        authorize_organ(session, visit.by, Action.BRIEF, plan.organ_id)
        reader = _reader(session, visit, plan, sent.number("person", "呈报人"))
        calendar = office_calendar(session, organ_id=plan.organ_id)
        document = compile_brief(session, plan, reader, by=visit.by, calendar=calendar, again=True)
        said = f"《{document.title}》已留存，可下载 Word 文件。"
    return visit.go(visit.link("/briefs", kind=DocumentKind.BRIEF.value), said)


def _reader(session: Session, visit: Visit, plan: AnnualPlan, person: int | None) -> Person:
    """Whom the brief is for: the one named, else whoever asks; for a supervisor the first responsible person.

    Raises NotFoundError, or ForbiddenError for the brief of somebody else.
    """
    if person is None or person == visit.person.id:
        mine = visit.person.organ_id == plan.organ_id
        draws_up = plan.organ_id in organs_within(session, visit.looking, Action.BRIEF)
        if mine and (person is not None or not draws_up):
            return visit.person
        authorize_organ(session, visit.looking, Action.BRIEF, plan.organ_id)
        return first_reader(session, visit.organ, visit.on)
    authorize_organ(session, visit.looking, Action.BRIEF, plan.organ_id)
    found = session.get(Person, person)
    if found is None or found.organ_id != plan.organ_id:
        raise NotFoundError("没有这个人，或者不在本单位。")
    return found


def _circular(
    session: Session, visit: Visit, asked: Mapping[str, str], error: DubanError | None = None
) -> HTMLResponse:
    plan = visit.plan(session)
    authorize_organ(session, visit.by, Action.VIEW, plan.organ_id)
    calendar = office_calendar(session, organ_id=plan.organ_id)
    kind = _kind(asked.get("period", ""))
    closes = closing_day(kind, visit.on, calendar)
    if error is None:
        closes = _closes(asked.get("until", ""), kind, visit.looking, calendar)
    content = gather_circular(session, plan, kind=kind, until=closes, issued_on=visit.on, calendar=calendar)
    return visit.page(
        session,
        "briefs/briefs_circular.html",
        menu="/scores",
        status_code=status_of(error) if error else 200,
        error=error.message if error else None,
        content=content,
        lacks=circular_lacks(session, plan, content, today=visit.by.on),
        kind=kind,
        kinds=[(one.value, one.label) for one in CircularKind],
        closes=closes,
        may_circulate=plan.organ_id in organs_within(session, visit.by, Action.CIRCULATE),
    )


def _closes(until: str, kind: CircularKind, by: Actor, calendar: WorkCalendar) -> dt.date:
    """The day the circular closes on. Raises BadInputError for one that is still to come."""
    if not until:
        return closing_day(kind, by.on, calendar)
    closes = day(until, "截至日")
    if closes > by.on:
        raise BadInputError(f"截至日 {closes} 还没有到：通报只说已经发生的，最晚写 {by.on}。")
    return closes


def _kind(period: str) -> CircularKind:
    try:
        return CircularKind(period or CircularKind.MONTH.value)
    except ValueError as error:
        accepted = "、".join(f"{one.value}（{one.label}）" for one in CircularKind)
        raise BadInputError(f"通报种类“{period}”无法识别；可用：{accepted}。") from error


def _place(after: str) -> tuple[dt.date, int] | None:
    if not after:
        return None
    day, _, number = after.partition(".")
    try:
        return dt.date.fromisoformat(day), int(number[:10])
    except ValueError as error:
        raise BadInputError("网址中的翻页位置无法识别：请从文书的第一页重新翻起。") from error
