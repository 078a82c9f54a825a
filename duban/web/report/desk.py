"""The page of one version: read by whoever may, and worked on where it is the newest."""

from collections.abc import Mapping

from fastapi.responses import HTMLResponse
from sqlmodel import Session

from duban.web.report.reach import may_edit_reports
from duban.web.report.view import address_of, chosen, pieces, shown
from duban.web.visit import Visit
from models.database import key
from models.errors import NotFoundError
from models.people.permission import Action
from models.report.report import Report, ReportBlock
from tasks.acting.authorize import organs_within
from tasks.report.compiling.find_report import reports_of, template_of_report
from tasks.report.compiling.read_back import read_back
from tasks.report.desk.second_look import second_look


def desk_page(
    session: Session,
    visit: Visit,
    report: Report,
    block: int | None = None,
    *,
    typed: Mapping[str, str] | None = None,
    error: str = "",
    status_code: int = 200,
) -> HTMLResponse:
    """The version as it will stand on paper, and the block that was chosen.

    After a refused form `typed` is what was sent, shown again beside `error`. Raises NotFoundError for a block of
    another version.
    """
    read = read_back(session, report)
    view = shown(session, report, read)
    found = _row(view.rows, block)
    newest = reports_of(session, report.organ_id, year=report.year, most=1)[0].version
    picked = chosen(session, report, view, found) if found else None
    may_edit = report.version == newest and may_edit_reports(session, visit)
    behind = [one.row for _, rows, _ in picked.figures for one in rows] if picked else []
    sources = [*(found.sources if found else ()), *behind]
    blocks = [one for part in view.parts for passage in part.passages for one in passage.blocks]
    order = template_of_report(report).order
    return visit.page(
        session, "report/report.html", menu="/reports", status_code=status_code, report=report, kept=read, view=view,
        newest=newest, unverified=sum(part.unverified for part in view.parts),
        unfounded=sum(len(one.unfounded) for one in blocks), figures=sum(len(one.figures) for one in blocks),
        open_comments=sum(view.comments.values()), remarks=len(second_look(session, report, read)), chosen=picked,
        pieces=pieces, typed=typed or {}, error=error,
        address=address_of(session, visit, sources), may_edit=may_edit,
        may_comment=key(visit.organ.id) in organs_within(session, visit.by, Action.COMMENT),
        sections=[(kind.value, kind.label) for kind in order],
    )  # fmt: skip


def _row(rows: Mapping[str, ReportBlock], block: int | None) -> ReportBlock | None:
    if block is None:
        return None
    for row in rows.values():
        if row.id == block:
            return row
    raise NotFoundError("报告中没有这一段。")
