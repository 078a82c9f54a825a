"""报送前核对: what of a report's figures does not fit, what changed a lot since last year, what is still 待核; and the
package in which the version goes to the organ above."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from duban.web.attachment import attachment
from duban.web.posted import Sent
from duban.web.report.reach import may_edit_reports, readable_report
from duban.web.visit import Signed
from models.errors import BadInputError
from tasks.report.compiling.check_report import check_report
from tasks.report.compiling.marks import marks_sentence
from tasks.report.filing.approval import approval_of
from tasks.report.filing.pack_report import pack_report
from tasks.report.upward.receive_report import MEDIA_TYPE
from tasks.report.upward.signing_key import FILE, fingerprint_of, signing_key, spaced

router = APIRouter()


@router.get("/reports/{report_id:row}/check")
def check(visit: Signed, report_id: int) -> HTMLResponse:
    """The findings of one version."""
    with visit.reading() as session:
        report = readable_report(session, visit, report_id)
        home, may_pack = visit.served.settings.home, may_edit_reports(session, visit)
        # Looking makes no key: the first package does.
        own = spaced(fingerprint_of(signing_key(home))) if may_pack and (home / FILE).exists() else ""
        checked = check_report(session, report)
        return visit.page(
            session, "report/report_check.html", menu="/reports", report=report, checked=checked,
            marks=marks_sentence(checked.marks),
            may_pack=may_pack, fingerprint=own, approval=approval_of(session, report) if may_pack else None,
        )  # fmt: skip


@router.post("/reports/{report_id:row}/package")
def package(sent: Sent, report_id: int) -> Response:
    """The signed package of this version, to be sent to the organ above."""
    visit = sent.visit
    edition = sent.text("edition") or "internal"
    if edition not in ("internal", "public"):
        raise BadInputError("请选择内部版或公开版。")
    key = signing_key(visit.served.settings.home)
    with visit.writing() as session:
        report = readable_report(session, visit, report_id)
        packed = pack_report(
            session, report, by=visit.by, key=key, public=edition == "public", draft=sent.text("kind") == "draft"
        )
    return attachment(packed.content, packed.name, MEDIA_TYPE)
