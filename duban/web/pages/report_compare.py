"""版本比较: two versions of a report side by side in text and figures, and what the records say by now."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import Session, col, select

from duban.web.report_reach import readable_report
from duban.web.visit import Signed
from models.errors import NotFoundError
from models.report import Report
from tasks.report.compiling.trace_figure import described
from tasks.report.desk.compare_versions import compare, figures_now

router = APIRouter()
SHOWN = 50
"""Rows of a figure that are listed; more are counted."""


@router.get("/reports/{report_id:row}/compare")
def compared(visit: Signed, report_id: int) -> HTMLResponse:
    """What is new in this version against the one before, or against the one that was chosen."""
    with visit.reading() as session:
        report = readable_report(session, visit, report_id)
        versions = _versions(session, report)
        asked = visit.request.query_params.get("with", "")
        other = _other(versions, report, asked)
        older, newer = sorted((other, report), key=lambda one: one.version) if other else (None, report)
        found = compare(session, older, newer) if older else None
        later = figures_now(session, report)
        figures = [*(found.figures if found else ()), *later]
        rows = [row for figure in figures for row in (*figure.added[:SHOWN], *figure.removed[:SHOWN])]
        return visit.page(
            session, "report_compare.html", menu="/reports", report=report, older=older, newer=newer,
            versions=[one for one in versions if one.id != report.id], found=found, later=later, most=SHOWN,
            words={row.row: row for row in described(session, dict.fromkeys(rows))},
        )  # fmt: skip


def _versions(session: Session, report: Report) -> list[Report]:
    """All versions of the year's report, the newest first."""
    query = select(Report).where(Report.organ_id == report.organ_id, Report.year == report.year)
    return list(session.exec(query.order_by(col(Report.version).desc())))


def _other(versions: list[Report], report: Report, asked: str) -> Report | None:
    """The version to compare with: the one asked for by its number, else the one before. Raises NotFoundError."""
    if asked:
        for one in versions:
            if str(one.id) == asked and one.id != report.id:
                return one
        raise NotFoundError("没有这一版,或者它不是同一份报告的。")
    return next((one for one in versions if one.version < report.version), None)
