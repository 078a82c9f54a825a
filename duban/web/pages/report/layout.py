"""报告体例: how the organ's reports are put together, as a form or as a file."""

import re
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attachment import attachment
from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.report.reach import may_edit_reports, may_read_reports
from duban.web.visit import Signed, Visit
from models.database import key
from models.errors import BadInputError, DubanError, ForbiddenError
from models.ledgers.kinds import KINDS
from models.report.report import SectionKind
from tasks.report.compiling.template import Numbering, ReportTemplate, read_template_text, template_from, template_text
from tasks.report.desk.set_report_template import newest_template, set_report_template, template_for

router = APIRouter()
LARGEST = 100_000
"""Bytes of a file with a template."""
PARTS = [(kind.value, kind.label) for kind in ReportTemplate().order]


@router.get("/reports/layout")
def layout(visit: Signed) -> HTMLResponse:
    """The template that counts, as a form for whoever compiles."""
    with visit.reading() as session:
        return _page(session, visit)


@router.get("/reports/layout.toml")
def download(visit: Signed) -> Response:
    """The template as a file that can be changed and sent back."""
    with visit.reading() as session:
        _check_reader(session, visit)
        content = template_text(template_for(session, visit.organ, visit.served.settings.home))
    return attachment(content.encode(), "报告体例.toml", "application/toml")


@router.post("/reports/layout")
def save(sent: Sent) -> Response:
    """Keep what the form says, or the file that was sent with it, as the next revision."""
    visit = sent.visit
    try:
        template = _sent_file(sent) or template_from(_typed(sent), "报告体例")
        with visit.writing() as session:
            seen = sent.number("seen", "版次")
            kept = set_report_template(session, visit.organ, template, by=visit.by, seen=seen)
            revision = kept.revision
    except ForbiddenError:
        raise
    except DubanError as error:
        with visit.reading() as session:
            return _page(session, visit, typed=sent, error=error.message, status_code=status_of(error))
    return visit.go(visit.link("/reports/layout"), f"已保存为第 {revision} 版，下次编制起用。")


def _sent_file(sent: Posted) -> ReportTemplate | None:
    files = sent.files("file")
    if not files:
        return None
    content = files[0].source.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise BadInputError("文件过大：报告体例是一个不到 100 KB 的文本文件（.toml）。")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError("文件无法读取：请保存为 UTF-8 文本（.toml）。") from error
    return read_template_text(text, f"文件 {files[0].name}")


def _typed(sent: Posted) -> dict[str, Any]:
    """What the form says, as the template takes it; fields left empty are as usual."""
    order = sorted((place, value) for value, _ in PARTS if (place := sent.number(f"place_{value}", "次序")) is not None)
    data: dict[str, Any] = {
        "addressees": _lines(sent.text("addressees")),
        "copies": _lines(sent.text("copies")),
        "kept_words": _lines(sent.text("kept_words")),
        "ledger_headings": dict(_places(sent.text("ledger_headings"))),
        "order": [value for _, value in order],
        "headings": {value: text for value, _ in PARTS if (text := sent.text(f"heading_{value}"))},
        "within": {value: into for value, _ in PARTS if (into := sent.text(f"within_{value}"))},
        "numberings": {value: text for value, _ in PARTS if (text := sent.text(f"numbering_{value}"))},
    }
    plain = ("title", "short_name", "organ_code", "opening", "signature", "numbering")
    usual = {name: text for name in plain if (text := sent.text(name))}
    return data | usual


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _places(text: str) -> Iterator[tuple[str, str]]:
    """Ledgers with their headings, one a line. Raises BadInputError for a line that is none."""
    for line in _lines(text):
        ledger, mark, heading = re.sub("[:=＝]", "：", line, count=1).partition("：")
        if not (mark and ledger.strip() and heading.strip()):
            raise BadInputError(f"“{line}”应写成“台账：小标题”，一行一个，如“执法案件：规范行政执法”。")
        yield ledger.strip(), heading.strip()


def _check_reader(session: Session, visit: Visit) -> None:
    if not may_read_reports(session, visit):
        raise ForbiddenError("报告体例由单位负责人、督办员和监督检查人员查看。")


def _page(
    session: Session, visit: Visit, *, typed: Posted | None = None, error: str = "", status_code: int = 200
) -> HTMLResponse:
    _check_reader(session, visit)
    kept = newest_template(session, key(visit.organ.id))
    template = template_for(session, visit.organ, visit.served.settings.home)
    values = _values(template)
    if typed is not None:
        values |= {name: text for name, text in typed.typed.items() if name in values}
    return visit.page(
        session, "report/report_layout.html", menu="/reports", status_code=status_code, values=values, error=error,
        revision=kept.revision if kept else 0, kept=kept, may_edit=may_edit_reports(session, visit), parts=PARTS,
        numberings=[(one.value, one.value) for one in Numbering],
        usual={kind.value: ReportTemplate().heading(kind) for kind in ReportTemplate().order},
    )  # fmt: skip


def _values(template: ReportTemplate) -> dict[str, Any]:
    """The template as the form's fields."""
    places = {kind: place for place, kind in enumerate(template.order, start=1)}
    values: dict[str, Any] = {
        "title": template.title,
        "short_name": template.short_name,
        "organ_code": template.organ_code,
        "addressees": "\n".join(template.addressees or ([template.addressee] if template.addressee else [])),
        "copies": "\n".join(template.copies),
        "kept_words": "\n".join(template.kept_words),
        "ledger_headings": "\n".join(f"{KINDS[code].title}：{text}" for code, text in template.ledger_headings.items()),
        "opening": template.opening or "",
        "signature": template.signature,
        "numbering": template.numbering.value,
    }
    for value, _ in PARTS:
        kind = SectionKind(value)
        values[f"place_{value}"] = places.get(kind, "")
        values[f"heading_{value}"] = template.headings.get(kind, "")
        values[f"within_{value}"] = into.value if (into := template.within.get(kind)) else ""
        values[f"numbering_{value}"] = number.value if (number := template.numberings.get(kind)) else ""
    return values
