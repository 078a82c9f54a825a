"""公开版不写的: what the public edition of a version leaves out, and why."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from duban.web.report.reach import readable_report
from duban.web.visit import Signed
from models.errors import BadInputError
from tasks.report.output.edition import LeftOut, edition_of

router = APIRouter()


@router.get("/reports/{report_id:row}/internal")
def internal(visit: Signed, report_id: int) -> HTMLResponse:
    """The list; where a secrecy marking stops the editions, that is what is told."""
    with visit.reading() as session:
        report = readable_report(session, visit, report_id)
        left_out: list[LeftOut] = []
        stopped = ""
        try:
            left_out = edition_of(session, report, public=True, proof=True).left_out
        except BadInputError as error:
            stopped = error.message
        return visit.page(
            session, "report/report_internal.html", menu="/reports", report=report, left_out=left_out, stopped=stopped
        )
