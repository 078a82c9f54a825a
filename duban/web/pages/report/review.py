"""审稿意见: what a second pair of eyes would strike in a version, with a button for each."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from duban.web.report.reach import may_edit_reports, readable_report
from duban.web.visit import Signed
from tasks.report.compiling.find_report import find_block
from tasks.report.desk.at_desk import block_hash
from tasks.report.desk.second_look import second_look

router = APIRouter()


@router.get("/reports/{report_id:row}/review")
def review(visit: Signed, report_id: int) -> HTMLResponse:
    """The remarks on the version, each linked to its block."""
    with visit.reading() as session:
        report = readable_report(session, visit, report_id)
        remarks = second_look(session, report)
        blocks = {one.block: find_block(session, report, one.block) for one in remarks if one.block}
        return visit.page(
            session, "report/report_review.html", menu="/reports", report=report, remarks=remarks,
            rows={name: block.id for name, block in blocks.items()},
            seen={name: block_hash(block) for name, block in blocks.items()},
            may_edit=may_edit_reports(session, visit),
        )  # fmt: skip
