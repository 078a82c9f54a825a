"""下级报送: which organs below have filed their reports, the packages they sent, and what can be added up of them."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attachment import DOCX, attachment
from duban.web.attempt import attempt
from duban.web.background.waiting_file import WaitingFile, drop_waiting, find_waiting, keep_waiting
from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.report.reach import may_read_reports
from duban.web.visit import Signed, Visit
from models.database import key
from models.errors import BadInputError, DubanError, ForbiddenError, NotFoundError, UnconfirmedKeyError
from models.people.organ import Organ
from models.people.permission import Action
from models.report.filing import legal_last_day
from models.report.received_report import PackageKind, ReceivedReport
from tasks.acting.authorize import authorize_organ, organs_within
from tasks.files.file_store import FileStore
from tasks.people.find import plans_of
from tasks.report.upward.receive_report import PackageReceipt, receive_report, sender_of
from tasks.report.upward.report_package import read_package
from tasks.report.upward.signing_key import spaced
from tasks.report.upward.sum_below import gather_below
from tasks.report.upward.trust_key import key_of, trust_key
from tasks.report.upward.who_filed import received_years, who_filed

router = APIRouter()
KIND, ENDINGS = "upward", (".zip",)
HOME = "/reports/below"


@router.get(HOME)
def below(visit: Signed) -> HTMLResponse:
    """Who has filed and who has not, what was received, and the totals."""
    with visit.reading() as session:
        return _list(session, visit)


@router.post(f"{HOME}/upload")
def bring_in(sent: Sent) -> Response:
    """Receive a package; the first of an organ waits until somebody has compared its key."""
    visit = sent.visit
    with visit.reading() as session:
        authorize_organ(session, visit.by, Action.RECEIVE_REPORT, visit.organ.id)
    try:
        files = sent.files("file")
        if not files:
            raise BadInputError("请选择下级单位报送的上报包（.zip）。")
        file = keep_waiting(visit, KIND, files[0], ENDINGS)
        return _receive(visit, file, None)
    except ForbiddenError:
        raise
    except DubanError as error:
        return _refused(sent, error)


@router.post(f"{HOME}/confirm")
def confirm(sent: Sent) -> Response:
    """The key was compared: receive the package that waits."""
    visit = sent.visit
    with visit.reading() as session:
        authorize_organ(session, visit.by, Action.RECEIVE_REPORT, visit.organ.id)
    file = find_waiting(visit, KIND, sent.text("waiting"))
    if not sent.ticked("compared"):
        return _ask(visit, file, error="请先与对方核对指纹，一致的打勾；不一致的不要接收。")
    try:
        return _receive(visit, file, sent.text("fingerprint"))
    except ForbiddenError:
        raise
    except DubanError as error:
        return _refused(sent, error)


@router.post(f"{HOME}/key")
def change_key(sent: Sent) -> Response:
    """Know an organ below by another key from now on."""
    visit = sent.visit
    with attempt(
        visit, lambda session, error: _list(session, visit, typed=sent.typed, error=error), beyond=ForbiddenError
    ) as session:
        organ = session.get_one(Organ, visit.organ.id)
        trust_key(
            session, organ, sent.text("sender"), sent.text("fingerprint"), by=visit.by, reason=sent.text("reason")
        )
    return visit.go(visit.link(HOME), "已登记核对过的签名密钥。")


@router.get(f"{HOME}/{{received_id:row}}")
def received(visit: Signed, received_id: int) -> HTMLResponse:
    """A report that was received, as its sender packed it."""
    with visit.reading() as session:
        found = _received(session, visit, received_id)
        sender = session.get_one(Organ, found.sender_id)
        return visit.page(
            session, "report/report_received.html", menu="/reports", received=found, sender=sender, spaced=spaced
        )


@router.get(f"{HOME}/{{received_id:row}}/report.docx")
def document(visit: Signed, received_id: int) -> Response:
    """Its Word file, out of the package that is kept."""
    with visit.reading() as session:
        found = _received(session, visit, received_id)
    package = read_package(_store(visit).read(found.package_sha256))
    what = f"{found.kind.label}，{found.edition}，第{found.version}版"
    return attachment(package.document, f"{found.title}（{what}）.docx", DOCX)


def _receive(visit: Visit, file: WaitingFile, confirmed: str | None) -> Response:
    content = file.path.read_bytes()
    try:
        with visit.writing() as session:
            organ = session.get_one(Organ, visit.organ.id)
            receipt = receive_report(session, organ, content, by=visit.by, store=_store(visit), confirmed=confirmed)
    except UnconfirmedKeyError:
        return _ask(visit, file)
    except DubanError:
        drop_waiting(visit, KIND, file.token)
        raise
    drop_waiting(visit, KIND, file.token)
    return visit.go(visit.link(f"{HOME}/{receipt.report.id}"), _said(receipt))


def _said(receipt: PackageReceipt) -> str:
    row = receipt.report
    if receipt.new:
        draft = "草稿只供查看，不作为已报送，不计入合计。" if row.kind is PackageKind.DRAFT else ""
        what = f"{row.kind.label}，{row.edition}，第 {row.version} 版"
        return f"已接收{receipt.sender.name} {row.year} 年度报告（{what}）。{draft}"
    return f"这份报告已于 {row.received_on} 接收，未重复登记。"


def _ask(visit: Visit, file: WaitingFile, *, error: str = "") -> HTMLResponse:
    """The fingerprint of a first key, to be compared."""
    package = read_package(file.path.read_bytes())
    with visit.reading() as session:
        sender = sender_of(session, session.get_one(Organ, visit.organ.id), package)
        return visit.page(
            session, "report/report_confirm_key.html", menu="/reports", file=file, package=package, sender=sender,
            written=spaced(package.fingerprint), error=error, status_code=400 if error else 200,
        )  # fmt: skip


def _refused(sent: Posted, error: DubanError) -> HTMLResponse:
    with sent.visit.reading() as session:
        return _list(session, sent.visit, typed=sent.typed, error=error)


def _list(
    session: Session, visit: Visit, *, typed: dict[str, str] | None = None, error: DubanError | None = None
) -> HTMLResponse:
    organ, year = session.get_one(Organ, visit.organ.id), _year(visit)
    readable = may_read_reports(session, visit)
    filed = who_filed(session, organ, year, on=visit.on) if readable else []
    may_receive = organ.id in organs_within(session, visit.by, Action.RECEIVE_REPORT)
    return visit.page(
        session, "report/report_below.html", menu="/reports", year=year, years=_years(session, visit, year),
        readable=readable, filed=filed, missing=[one for one in filed if not one.has_filed],
        last_day=legal_last_day(year), days_left=(legal_last_day(year) - visit.on).days, may_receive=may_receive,
        sums=gather_below(session, organ, year, on=visit.on).sums if readable else [],
        keys={one.organ.code: trusted for one in filed if (trusted := key_of(session, one.organ))},
        spaced=spaced, typed=typed or {}, error=error.message if error else "",
        status_code=status_of(error) if error else 200,
    )  # fmt: skip


def _year(visit: Visit) -> int:
    """The year asked for; else the one whose reports are due next or were due last: the year before this."""
    return visit.year or visit.on.year - 1


def _years(session: Session, visit: Visit, year: int) -> Sequence[int]:
    planned = [plan.year for plan in plans_of(session, key(visit.organ.id))]
    return sorted({*planned, *received_years(session, visit.organ), year}, reverse=True)


def _received(session: Session, visit: Visit, received_id: int) -> ReceivedReport:
    found = session.get(ReceivedReport, received_id)
    if found is None or found.organ_id != visit.organ.id or not may_read_reports(session, visit):
        raise NotFoundError("没有这份下级报告，或者它不在您的查看范围内。")
    return found


def _store(visit: Visit) -> FileStore:
    return FileStore(visit.served.settings.evidence_store)
