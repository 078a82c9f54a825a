"""版本比较: two versions of a report side by side in text and figures, and what the records say by now."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from duban.web.report.reach import readable_report
from duban.web.visit import Signed
from models.errors import NotFoundError
from models.report.report import Report
from tasks.report.compiling.find_report import reports_of
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
        versions = reports_of(session, report.organ_id, year=report.year)
        asked = visit.request.query_params.get("with", "")
        other = _other(versions, report, asked)
        older, newer = sorted((other, report), key=lambda one: one.version) if other else (None, report)
        comparison = compare(session, older, newer) if older else None
        later = figures_now(session, report)
        figures = [*(comparison.figures if comparison else ()), *later]
        rows = [row for figure in figures for row in (*figure.added[:SHOWN], *figure.removed[:SHOWN])]
        return visit.page(
            session, "report/report_compare.html", menu="/reports", report=report, older=older, newer=newer,
            versions=[one for one in versions if one.id != report.id], found=comparison, later=later, most=SHOWN,
            words={row.row: row for row in described(session, dict.fromkeys(rows))},
        )  # fmt: skip


def _other(versions: Sequence[Report], report: Report, asked: str) -> Report | None:
    """The version to compare with: the one asked for by its number, else the one before. Raises NotFoundError."""
    if asked:
        for one in versions:
            if str(one.id) == asked and one.id != report.id:
                return one
        raise NotFoundError("没有这一版，或者它不是同一份报告的。")
    return next((one for one in versions if one.version < report.version), None)
