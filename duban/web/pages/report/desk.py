"""报告台: every form upon a block of a report, done by one address; what was refused is told in the page."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from duban.acts.declaration import Deed
from duban.acts.report_desk import BY_VERB
from duban.web.acts.act_sent import given
from duban.web.acts.kept import KEEP, put_by
from duban.web.attempt import attempt
from duban.web.posted import Sent
from duban.web.refusals import status_of
from duban.web.report.desk import desk_page
from duban.web.report.reach import readable_report
from models.database import key
from models.errors import DubanError, NotFoundError
from models.report.report import ReportBlock
from tasks.report.compiling.find_report import find_block
from tasks.report.desk.at_desk import report_of

router = APIRouter()


@router.post("/reports/{report_id:row}/desk/{verb}")
def act(sent: Sent, report_id: int, verb: str) -> Response:
    """Do it, and show the block in the version it now belongs to: the next one where this one was bound."""
    visit = sent.visit
    with visit.reading() as session:
        readable_report(session, visit, report_id)
    if sent.ticked(KEEP):
        return put_by(sent)

    def again(session: Session, error: DubanError) -> Response:
        report = readable_report(session, visit, report_id)
        try:
            found = key(find_block(session, report, sent.text("key")).id)
        except NotFoundError:
            found = None
        return desk_page(
            session, visit, report, found, typed={**sent.typed, "verb": verb}, error=error.message,
            status_code=status_of(error),
        )  # fmt: skip

    with attempt(visit, again) as session:
        report = readable_report(session, visit, report_id)
        if verb not in BY_VERB:
            raise NotFoundError("没有这种办理。")
        done = BY_VERB[verb].does(Deed(session, report, visit.by, given(session, BY_VERB[verb], sent)))
        if done.rows:
            block = session.get_one(ReportBlock, done.rows[0])
        else:
            block = find_block(session, report, sent.text("key"))
        where, version = key(block.id), report_of(session, block)
    moved_on = f"{done.said}原来的一版已送审，改动写入了新的一版。" if version != report_id else done.said
    return visit.go(visit.link(f"/reports/{version}", block=where) + f"#b-{where}", moved_on)
