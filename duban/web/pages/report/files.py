"""A report as files: Word in the organ's own layout, PDF, a page for the site, evidence, figures, charts."""

import tempfile
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attachment import DOCX, XLSX, attachment, streamed
from duban.web.attempt import attempt
from duban.web.posted import Sent
from duban.web.refusals import status_of
from duban.web.report.reach import may_edit_reports, may_read_reports, readable_report
from duban.web.visit import Signed, Visit
from models.database import key
from models.errors import BadInputError, DubanError, ForbiddenError, NotFoundError
from tasks.files.file_store import FileStore
from tasks.papers.official_document import render
from tasks.papers.placeholders import OF_PARAGRAPH, OF_PART, OPENING, PARTS, SINGLE
from tasks.papers.word_template import LARGEST, MEGABYTE, starter_template
from tasks.report.desk.number_report import LARGEST as LARGEST_NUMBER
from tasks.report.desk.number_report import number_report
from tasks.report.output.edition import edition_of
from tasks.report.output.keep_word_template import (
    check_template_file,
    keep_word_template,
    newest_word_template,
    stop_word_template,
    template_bytes,
)
from tasks.report.output.write_annex import annex_pieces, write_annex
from tasks.report.output.write_report import review_of, write_report

router = APIRouter()

Which = Annotated[Literal["internal", "public"], Query()]
PDF, HTML, ZIP = "application/pdf", "text/html; charset=utf-8", "application/zip"


@router.get("/reports/{report_id:row}/files")
def files(visit: Signed, report_id: int) -> HTMLResponse:
    """Every file there is of the report, in both editions."""
    with visit.reading() as session:
        return _files_page(session, visit, report_id)


@router.post("/reports/{report_id:row}/number")
def number(sent: Sent, report_id: int) -> Response:
    """Give the report its number: the one that was typed, else the next."""
    visit = sent.visit
    with attempt(visit, lambda session, error: _files_page(session, visit, report_id, error=error)) as session:
        report = readable_report(session, visit, report_id)
        given = number_report(session, report, by=visit.by, number=sent.number("number", "文号的顺序号"))
        written = given.written
    return visit.go(visit.link(f"/reports/{report_id}/files"), f"文号为 {written}，各版都用它。")


@router.get("/reports/{report_id:row}/own.docx")
def own_word(visit: Signed, report_id: int, edition: Which = "internal") -> Response:
    """The report in the organ's own Word template."""
    with visit.reading() as session:
        report = readable_report(session, visit, report_id)
        if newest_word_template(session, report.organ_id) is None:
            raise NotFoundError(f"{visit.organ.name}没有在用的 Word 模板：请先上传模板，或下载标准版式的 Word 文件。")
        return _file(session, visit, report_id, ".docx", DOCX, edition)


@router.get("/reports/{report_id:row}/report.pdf")
def pdf(visit: Signed, report_id: int, edition: Which = "internal") -> Response:
    """The report as a PDF file fit for the archive."""
    with visit.reading() as session:
        return _file(session, visit, report_id, ".pdf", PDF, edition)


@router.get("/reports/{report_id:row}/report.html")
def html(visit: Signed, report_id: int, edition: Which = "internal") -> Response:
    """The report as one page for the office's site; to be kept, like every file."""
    with visit.reading() as session:
        return _file(session, visit, report_id, ".html", HTML, edition)


@router.get("/reports/{report_id:row}/figures.xlsx")
def figures(visit: Signed, report_id: int, edition: Which = "internal") -> Response:
    """Every figure with the rows behind it; the public edition keeps the rows in the house."""
    with visit.reading() as session:
        return _file(session, visit, report_id, ".xlsx", XLSX, edition, "数字")


@router.get("/reports/{report_id:row}/annex.zip")
def annex(visit: Signed, report_id: int, edition: Which = "internal") -> Response:
    """The evidence by category; made on disk, sent piece by piece."""
    public = edition == "public"
    made = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever sends it
    try:
        with visit.reading() as session:
            report = readable_report(session, visit, report_id)
            compiled = edition_of(session, report, public=public).compiled
            write_annex(session, compiled, made, FileStore(visit.served.settings.evidence_store), public=public)
            name = _name(report.title, report.version, public, ".zip", "佐证材料")
        size = made.tell()
        made.seek(0)
    except BaseException:
        made.close()
        raise
    return streamed(made, name, ZIP, size)


@router.get("/reports/{report_id:row}/review.docx")
def review(visit: Signed, report_id: int) -> Response:
    """The year in charts, for the house."""
    with visit.reading() as session:
        report = readable_report(session, visit, report_id)
        document = review_of(session, report, edition_of(session, report, public=False))
        return attachment(render(document), f"{document.title}.docx", DOCX)


@router.get("/reports/template")
def template(visit: Signed) -> HTMLResponse:
    """The organ's Word template: the one in use, what may stand in one, and a form for the next."""
    with visit.reading() as session:
        return _template_page(session, visit)


@router.get("/reports/template/starter.docx")
def starter(visit: Signed) -> Response:
    """A template to begin with."""
    return attachment(starter_template(), "报告模板.docx", DOCX)


@router.get("/reports/template/current.docx")
def current(visit: Signed) -> Response:
    """The template in use, as it was brought."""
    with visit.reading() as session:
        _require_reader(session, visit)
        kept = newest_word_template(session, key(visit.organ.id))
        if kept is None:
            raise NotFoundError(f"{visit.organ.name}没有在用的 Word 模板。")
        content = template_bytes(kept, FileStore(visit.served.settings.evidence_store))
        return attachment(content, kept.name, DOCX)


@router.post("/reports/template/upload")
def upload(sent: Sent) -> Response:
    """Check a template and put it to use; one that does not fit is refused with everything that is wrong."""
    visit = sent.visit
    try:
        chosen = sent.files("file")
        if not chosen:
            raise BadInputError("请选择模板文件（.docx）。")
        template = check_template_file(chosen[0])
        with visit.writing() as session:
            kept = keep_word_template(
                session, visit.organ, by=visit.by, store=FileStore(visit.served.settings.evidence_store), file=template
            )
            revision = kept.revision
    except ForbiddenError:
        raise
    except DubanError as error:
        with visit.reading() as session:
            return _template_page(session, visit, error=error)
    return visit.go(visit.link("/reports/template"), f"模板可用，已启用为第 {revision} 版。")


@router.post("/reports/template/stop")
def stop(sent: Sent) -> Response:
    """Have reports laid out in the standard way again."""
    visit = sent.visit
    with attempt(
        visit, lambda session, error: _template_page(session, visit, error=error), told=NotFoundError
    ) as session:
        stopped = stop_word_template(session, visit.organ, by=visit.by)
        name = stopped.name
    return visit.go(visit.link("/reports/template"), f"模板“{name}”已停用，改用公文标准版式。")


def _file(
    session: Session, visit: Visit, report_id: int, ending: str, media_type: str, edition: str, what: str = ""
) -> Response:
    report = readable_report(session, visit, report_id)
    public = edition == "public"
    store = FileStore(visit.served.settings.evidence_store)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"report{ending}"
        write_report(session, report, path, settings=visit.served.settings, store=store, public=public)
        return attachment(path.read_bytes(), _name(report.title, report.version, public, ending, what), media_type)


def _files_page(session: Session, visit: Visit, report_id: int, *, error: DubanError | None = None) -> HTMLResponse:
    report = readable_report(session, visit, report_id)
    internal = edition_of(session, report, public=False).compiled
    pieces = annex_pieces(session, internal, public=False)
    public = annex_pieces(session, edition_of(session, report, public=True, proof=True).compiled, public=True)
    return visit.page(
        session, "report/report_files.html", menu="/reports", report=report, pieces=len(pieces),
        public_pieces=len(public), size=sum(piece.size for piece in pieces), kept=internal,
        may_edit=may_edit_reports(session, visit), largest=LARGEST_NUMBER,
        word=newest_word_template(session, report.organ_id), error=error.message if error else "",
        status_code=status_of(error) if error else 200,
    )  # fmt: skip


def _name(title: str, version: int, public: bool, ending: str, what: str = "") -> str:
    return f"{title}{what}（第{version}版{'，公开版' if public else ''}）{ending}"


def _require_reader(session: Session, visit: Visit) -> None:
    if not may_read_reports(session, visit):
        raise NotFoundError("没有这个模板，或者它不在您的查看范围内。")


def _template_page(session: Session, visit: Visit, *, error: DubanError | None = None) -> HTMLResponse:
    _require_reader(session, visit)
    return visit.page(
        session, "report/report_word_template.html", menu="/reports",
        kept=newest_word_template(session, key(visit.organ.id)), may_edit=may_edit_reports(session, visit),
        groups=[
            ("单独使用", SINGLE), ("循环", (OPENING, PARTS)), ("部分之内", OF_PART), ("段落和导语之内", OF_PARAGRAPH),
        ],
        largest=LARGEST // MEGABYTE, error=error.message if error else "",
        status_code=status_of(error) if error else 200,
    )  # fmt: skip
