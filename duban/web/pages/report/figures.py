"""报告的数字: each figure of a version with what it counts, opened down to its rows, and the cross-checks."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from duban.web.report.reach import readable_report
from duban.web.report.view import SHOWN, address_of
from duban.web.row_number import RowNumber
from duban.web.visit import Signed
from models.errors import NotFoundError
from models.report.report import Report
from tasks.report.compiling.check_report import check_report
from tasks.report.compiling.draft import unfounded_in
from tasks.report.compiling.keep_draft import read_draft
from tasks.report.compiling.trace_figure import described
from tasks.report.figures.gather_figures import figures_in_text

router = APIRouter()


@router.get("/reports/{report_id:row}/figures")
def figures(visit: Signed, report_id: int, figure: RowNumber = None) -> HTMLResponse:
    """The figures of the text in order; of the one chosen its rows."""
    with visit.reading() as session:
        report = readable_report(session, visit, report_id)
        lines = figures_in_text(session, report)
        chosen = next((line for line in lines if line.figure.id == figure), None)
        if figure is not None and chosen is None:
            raise NotFoundError("报告中没有这个数字。")
        rows = chosen.figure.rows[:SHOWN] if chosen else []
        try:
            findings = check_report(session, report).findings
        except NotFoundError:
            # The year's plan was taken back: what was counted from it cannot be checked against it.
            findings = []
        return visit.page(
            session, "report/report_figures.html", menu="/reports", report=report, lines=lines, chosen=chosen,
            rows=described(session, rows), more=len(chosen.figure.rows) - len(rows) if chosen else 0,
            address=address_of(session, visit, rows), findings=findings, unfounded=_unfounded(session, report),
        )  # fmt: skip


def _unfounded(session: Session, report: Report) -> list[tuple[str, str]]:
    """Each number that nothing bears out, with its sentence."""
    blocks = [block for section in read_draft(session, report) for block in section.blocks]
    known = [figure for block in blocks for figure in block.figures]
    return [
        (one.written, one.sentence) for block in blocks if not block.withdrawn for one in unfounded_in(block, known)
    ]
