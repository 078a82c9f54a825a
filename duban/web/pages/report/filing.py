"""报送办理: where a year's report stands on its way from draft to archive, and the form of whatever can be done now."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.acts.declaration import Deed
from duban.acts.filing import BY_VERB
from duban.web.acts.act_sent import given
from duban.web.acts.kept import KEEP, put_by
from duban.web.attachment import DOCX, attachment
from duban.web.attempt import Again, attempt
from duban.web.posted import Sent
from duban.web.prove_again import prove_again
from duban.web.refusals import status_of
from duban.web.report.reach import may_read_reports
from duban.web.visit import Signed, Visit
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import BadInputError, DubanError, NotFoundError
from models.people.permission import Action
from models.people.person import Person, Post, Role
from models.report.filing import ORDER, FilingAct, FilingState
from models.report.filing_rows import AddresseeKind, Adoption
from models.report.report import Report
from tasks.acting.authorize import organs_within, seats
from tasks.items.attach import pieces_of
from tasks.papers.official_document import render
from tasks.people.find import departments_of, find_plan, names_of, plan_of_year
from tasks.report.compiling.find_report import blocks_of, sections_of
from tasks.report.compiling.read_back import read_back
from tasks.report.filing.assign_step import assign_step
from tasks.report.filing.check import FilingFinding, FindingKind
from tasks.report.filing.consult import consultations_of
from tasks.report.filing.deadlines import FILE, ensure_filing_items, report_term, set_report_term
from tasks.report.filing.review import submit
from tasks.report.filing.send import public_document, public_edition
from tasks.report.filing.show import FilingShown, show_filing
from tasks.report.filing.step import filing_of, find_filing
from tasks.report.filing.step_posts import STEPS, assigned_posts, posts_of
from tasks.report.output.lay_out_report import lay_out_report
from tasks.report.upward.who_filed import who_filed

router = APIRouter()
_READERS = (Action.LEGAL_REVIEW, Action.SECRECY_REVIEW, Action.REPORT_SIGN)
"""Whoever looks over a report reads it, besides those who read all of the organ's."""


@dataclass(frozen=True)
class Reach:
    """How much of it the person may see: all of it, or what is asked of these departments."""

    whole: bool
    departments: frozenset[int]


@router.get("/reports/filing/{report_year:row}")
def filing(visit: Signed, report_year: int) -> HTMLResponse:
    """Where the report of the year stands."""
    with visit.reading() as session:
        return _page(session, visit, report_year)


@router.get("/reports/filing/{report_year:row}/draft.docx")
def draft(visit: Signed, report_year: int) -> Response:
    """The version on its way, for whoever has to read it: departments asked for their opinion too."""
    with visit.reading() as session:
        _reach(session, visit, report_year)
        row = find_filing(session, visit.organ, _in_range(report_year))
        found = session.get_one(Report, row.report_id)
        content = render(lay_out_report(read_back(session, found)))
        return attachment(content, f"{found.title}（送审第{found.version}版）.docx", DOCX)


@router.get("/reports/filing/{report_year:row}/public.docx")
def public(visit: Signed, report_year: int) -> Response:
    """The public edition of the version on its way."""
    with visit.reading() as session:
        _whole(session, visit, report_year)
        row = find_filing(session, visit.organ, _in_range(report_year))
        found = session.get_one(Report, row.report_id)
        return attachment(public_document(public_edition(session, found)), f"{found.title}（公开版）.docx", DOCX)


@router.post("/reports/filing/{report_year:row}/submit")
def submitted(sent: Sent, report_year: int) -> Response:
    """Send the newest version on."""
    visit = sent.visit
    with attempt(visit, _again(visit, report_year, sent.typed)) as session:
        _whole(session, visit, report_year)
        submit(session, visit.organ, report_year, by=visit.by, note=sent.text("note") or None)
    return visit.go(
        visit.link(f"/reports/filing/{report_year}"), "已送审，这一版的内容不再改动；要改的，退回后另出一版。"
    )


@router.post("/reports/filing/{report_year:row}/days")
def days(sent: Sent, report_year: int) -> Response:
    """Put the days of the report into the plan of the year they fall in; set the organ's own where it is typed."""
    visit = sent.visit
    with attempt(visit, _again(visit, report_year, sent.typed)) as session:
        _whole(session, visit, report_year)
        if sent.text("own_day"):
            own, origin = sent.text("own_day"), sent.text("origin") or None
            set_report_term(session, visit.organ, own, by=visit.by, note=origin)
        made = ensure_filing_items(session, find_plan(session, visit.organ, report_year + 1), by=visit.by)
    said = f"已列入 {report_year + 1} 年度计划 {len(made)} 项，下达之后开始提醒。" if made else "各项时限都已在计划中。"
    return visit.go(visit.link(f"/reports/filing/{report_year}"), said)


@router.post("/reports/filing/{report_year:row}/assign")
def assigned(sent: Sent, report_year: int) -> Response:
    """Give a review to a post, or take it back from there."""
    visit = sent.visit
    with attempt(visit, _again(visit, report_year, sent.typed)) as session:
        _whole(session, visit, report_year)
        step = next((one for one in STEPS if one.value == sent.text("step")), None)
        if step is None:
            raise BadInputError("请选择法制审核或保密审查。")
        number = sent.number("post", "岗位")
        post = session.get(Post, number) if number is not None else None
        if number is not None and post is None:
            raise NotFoundError("没有这个岗位：请选择本单位的岗位。")
        assign_step(session, visit.organ, step, post, by=visit.by)
    said = f"{step.label}已指定岗位。" if post else f"{step.label}不再指定岗位。"
    return visit.go(visit.link(f"/reports/filing/{report_year}"), said)


@router.post("/reports/filing/{report_year:row}/{act}")
def done(sent: Sent, report_year: int, act: str) -> Response:
    """Whatever else can be done to it."""
    visit = sent.visit
    declared = BY_VERB.get(act)
    if declared is None:
        raise NotFoundError("没有这个页面。")
    if sent.ticked(KEEP):
        return put_by(sent)
    if declared.proved:
        prove_again(sent)
    with attempt(visit, _again(visit, report_year, sent.typed | {"act": act})) as session:
        _reach(session, visit, report_year)
        found = find_filing(session, visit.organ, report_year)
        outcome = declared.does(Deed(session, found, visit.by, given(session, declared, sent)))
    return visit.go(visit.link(f"/reports/filing/{report_year}"), outcome.said)


def _again(visit: Visit, year: int, typed: Mapping[str, str]) -> Again:
    """The page once more, with why it was not done and what was typed; whoever may not read it is told no more."""
    return lambda session, error: _page(session, visit, year, typed=typed, error=error)


def _in_range(year: int) -> int:
    if not 1990 <= year <= 2200:
        raise NotFoundError("没有这个年度的报告。")
    return year


def _reach(session: Session, visit: Visit, year: int) -> Reach:
    """Raises NotFoundError for whom the report is no business of."""
    _in_range(year)
    organ_id = key(visit.organ.id)
    whole = may_read_reports(session, visit) or any(
        organ_id in organs_within(session, visit.looking, action) for action in _READERS
    )
    given = set(assigned_posts(session, organ_id).values())
    whole = whole or any(seat.post_id in given for seat in seats(session, visit.looking))
    mine = {
        key(seat.department_id)
        for seat in seats(session, visit.by)
        if seat.organ_id == organ_id and seat.department_id and seat.role in (Role.HANDLER, Role.DEPARTMENT_HEAD)
    }
    row = filing_of(session, visit.organ, year)
    asked = {one.department_id for one in consultations_of(session, row)} & mine if row else set()
    if not whole and not asked:
        raise NotFoundError("没有这份报告，或者它不在您的查看范围内。")
    return Reach(whole, frozenset(asked))


def _whole(session: Session, visit: Visit, year: int) -> None:
    if not _reach(session, visit, year).whole:
        raise NotFoundError("没有这份报告，或者它不在您的查看范围内。")


def _page(
    session: Session,
    visit: Visit,
    year: int,
    *,
    typed: Mapping[str, str] | None = None,
    error: DubanError | None = None,
) -> HTMLResponse:
    reach = _reach(session, visit, year)
    calendar = office_calendar(session, organ_id=visit.organ.id)
    shown = show_filing(session, visit.organ, year, by=visit.looking, calendar=calendar)
    departments = {key(one.id): one.name for one in departments_of(session, key(visit.organ.id))}
    asking = {one.department_id for one in shown.consultations if one.open}
    today = visit.on == visit.by.on
    plan = plan_of_year(session, key(visit.organ.id), year + 1)
    may_assign = today and visit.organ.id in organs_within(session, visit.by, Action.REPORT_ASSIGN)
    return visit.page(
        session, "report/report_filing.html", menu="/reports", status_code=status_of(error) if error else 200,
        error=error.message if error else "", typed=typed or {}, report_year=year, shown=shown, whole=reach.whole,
        acts=shown.acts if today else set(), Act=FilingAct, State=FilingState,
        consultations=[
            one for one in shown.consultations if reach.whole or one.department_id in reach.departments
        ],
        replying=sorted(asking & reach.departments) if today else [],
        departments=departments,
        to_ask=[(number, name) for number, name in departments.items() if number not in asking],
        earlier=[(state.value, state.label) for state in ORDER[: ORDER.index(shown.state)]],
        adoptions=[(one.value, one.label) for one in Adoption],
        kinds=[(one.value, one.label) for one in AddresseeKind],
        mends=_mends(session, visit, shown),
        people=_people(session, shown), evidence=_evidence(session, shown), plan=plan,
        term=report_term(session, key(visit.organ.id)),
        may_plan=today and visit.organ.id in organs_within(session, visit.by, Action.PLAN),
        assigned=_assigned(session, visit), posts=posts_of(session, visit.organ, by=visit.by) if may_assign else [],
        may_assign=may_assign, readable=may_read_reports(session, visit),
        below=who_filed(session, visit.organ, year, on=visit.on) if reach.whole else [],
    )  # fmt: skip


def _mends(session: Session, visit: Visit, shown: FilingShown) -> dict[FilingFinding, str]:
    """Where each finding is put right, for whoever may go there."""
    report, readable = shown.looked_at, may_read_reports(session, visit)
    if report is None:
        return {}
    rows = {row.key: row.id for row in blocks_of(session, sections_of(session, report))}
    drafting = shown.state is FilingState.DRAFTING

    def place(one: FilingFinding) -> str | None:
        if one.kind is FindingKind.OPINION:
            return "#h-opinions"
        if one.kind is FindingKind.ADDRESSEE and not drafting:
            return "#h-to"
        if not readable:
            return None
        if one.kind is FindingKind.FIGURES:
            return visit.link(f"/reports/{report.id}/check")
        if one.block is None:
            return visit.link("/reports/layout")
        row = rows.get(one.block)
        return visit.link(f"/reports/{report.id}", block=row) + (f"#b-{row}" if row else "")

    return {one: where for one in shown.findings if (where := place(one)) is not None}


def _assigned(session: Session, visit: Visit) -> list[tuple[FilingState, int | None, str]]:
    """Each review with the post that does it, in words."""
    given = assigned_posts(session, key(visit.organ.id))
    words = {post.id: said for post, said in posts_of(session, visit.organ, by=visit.looking)}
    return [(step, given.get(step), words.get(given.get(step), "岗位现无人担任")) for step in STEPS]


def _people(session: Session, shown: FilingShown) -> dict[int | None, str]:
    wanted = {number for row in shown.log for number in (row.person_id, row.for_id)}
    wanted |= {one.person_id for one in shown.consultations}
    return names_of(session, Person, wanted)


def _evidence(session: Session, shown: FilingShown) -> list[tuple[int, str]]:
    """The evidence of the item of the filing, among which receipts are found."""
    item = next((day.item for day in shown.days if day.code == FILE), None)
    if item is None:
        return []
    return [(key(piece.id), piece.name) for piece in pieces_of(session, item)]
