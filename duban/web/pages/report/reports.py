"""年度报告: the versions of each year; each sentence with its sources, each figure with the rows behind it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.edge import today
from duban.web.attachment import DOCX, attachment
from duban.web.background.jobs import start_job
from duban.web.posted import Sent
from duban.web.refusals import status_of
from duban.web.report.desk import desk_page
from duban.web.report.reach import may_edit_reports, may_read_reports, readable_report
from duban.web.report.view import SHOWN
from duban.web.report.work import COMPILE
from duban.web.row_number import RowNumber
from duban.web.visit import Signed, Visit
from models.clock import day_of
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import BadInputError, DubanError, ForbiddenError
from models.people.permission import Action
from models.report.filing import legal_last_day, public_last_day
from models.report.report import Report
from tasks.acting.authorize import authorize_organ
from tasks.papers.official_document import render
from tasks.people.find import plans_of
from tasks.report.compiling.compile_report import report_day
from tasks.report.compiling.find_report import count_unverified, reports_of
from tasks.report.filing.owed import owed_year
from tasks.report.output.edition import edition_of
from tasks.report.output.lay_out_report import lay_out_report

router = APIRouter()


@router.get("/reports")
def reports(visit: Signed) -> HTMLResponse:
    """The versions there are, and a form to compile the next."""
    with visit.reading() as session:
        return _list(session, visit)


@router.post("/reports/compile")
def compile_now(sent: Sent) -> Response:
    """Have the report of a year compiled in the background."""
    visit = sent.visit
    try:
        with visit.reading() as session:
            authorize_organ(session, visit.by, Action.COMPILE, visit.organ.id)
            year = sent.number("report_year", "年度")
            if year is None or not 1990 <= year <= 2200:
                raise BadInputError("请填写报告的年度，如 2026。")
            written = sent.text("dated_on")
            day = today(written) if written else _usual_day(session, visit, year)
            if day < dt.date(year, 1, 1):
                raise BadInputError(f"成文日期 {day} 早于 {year} 年度：应不早于 {year}-01-01。")
    except ForbiddenError:
        raise
    except DubanError as error:
        with visit.reading() as session:
            return _list(session, visit, typed=sent.typed, error=error.message, status_code=status_of(error))
    asked = {"year": year, "on": day.isoformat()}
    return visit.go(visit.link(f"/jobs/{start_job(visit, COMPILE, f'编制 {year} 年度报告', asked)}"))


@router.get("/reports/{report_id:row}")
def report(visit: Signed, report_id: int, block: RowNumber = None) -> HTMLResponse:
    """The report as it will stand on paper, with all that is known of the block that was chosen."""
    with visit.reading() as session:
        return desk_page(session, visit, readable_report(session, visit, report_id), block)


@router.get("/reports/{report_id:row}/report.docx")
def download(visit: Signed, report_id: int, edition: Annotated[str, Query(max_length=10)] = "internal") -> Response:
    """The report as a document; the same version gives the same bytes."""
    with visit.reading() as session:
        found = readable_report(session, visit, report_id)
        public = edition == "public"
        content = render(lay_out_report(edition_of(session, found, public=public).compiled))
        name = f"{found.title}（第{found.version}版{'，公开版' if public else ''}）.docx"
        return attachment(content, name, DOCX)


def _list(
    session: Session, visit: Visit, *, typed: Mapping[str, str] | None = None, error: str = "", status_code: int = 200
) -> HTMLResponse:
    organ_id = key(visit.organ.id)
    readable = may_read_reports(session, visit)
    listed: Sequence[Report] = []
    unverified: dict[int, int] = {}
    if readable:
        listed = reports_of(session, organ_id, most=SHOWN)
        unverified = count_unverified(session, listed)
    years = [plan.year for plan in plans_of(session, organ_id)]
    owed = owed_year(session, visit.organ, on=visit.on)
    year = owed or visit.year or (visit.on.year if visit.on.year in years or not years else years[0])
    return visit.page(
        session, "report/reports.html", menu="/reports", reports=listed, unverified=unverified, years=years,
        readable=readable, may_compile=may_edit_reports(session, visit),
        typed=typed or {"report_year": str(year)}, error=error, status_code=status_code,
        usual=_usual_day(session, visit, year), owed=owed,
        days=(legal_last_day(owed), public_last_day(owed)) if owed else (),
    )  # fmt: skip


def _usual_day(session: Session, visit: Visit, year: int) -> dt.date:
    """The day a report bears unless another is named: today while its year lasts, so that nothing still to come counts
    as missed; afterwards as `report_day` says."""
    present = day_of(visit.now)
    if present.year == year:
        return present
    return report_day(year, office_calendar(session, organ_id=visit.organ.id))
