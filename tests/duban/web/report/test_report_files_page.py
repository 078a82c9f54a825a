"""Files of a report by the pages: who gets them, what they are, and the organ's own Word template."""

import io
import json
import re
import zipfile
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader
from sqlalchemy import Engine

from models.audit import AuditEntry
from models.database import unit_of_work
from models.people.organ import Organ
from tasks.files.file_store import FileStore
from tasks.papers.word_template import starter_template
from tasks.report.compiling.compile_report import compile_report
from tasks.report.compiling.template import ReportTemplate
from tasks.trail.tell_entry import TAKE_FILE
from tests.filing import vouch
from tests.office import FIRST, HANDLER, OUTSIDER, SUPERVISOR, Office, day
from tests.web import Web

FILES = ("report.pdf", "report.html", "annex.zip", "figures.xlsx")


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    office = Office(engine, tmp_path / "home")
    office.store = FileStore(office.settings.evidence_store)
    office.assign("普法宣传", due="2026-06-10", number="1")
    office.attach("1", "小结.txt", on="2026-06-03", public=True)
    office.attach("1", "内部.txt", on="2026-06-03")
    office.close("1", on="2026-06-05")
    office.today = day("2026-06-12")
    with unit_of_work(engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, SUPERVISOR, "2026-06-12")
        compile_report(session, organ, 2026, by=by, on=day("2026-06-12"))
        vouch(session, organ, 2026)
    return office


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def uploaded(content: bytes, name: str = "模板.docx") -> dict[str, tuple[str, bytes, str]]:
    return {"file": (name, content, "application/octet-stream")}


def test_every_file_can_be_had_in_both_editions(web: Web) -> None:
    visitor = web.of(FIRST)
    page = visitor.get("/reports/1/files").text
    links = {link.partition("?")[0] for link in re.findall(r'href="(/reports/1/[^"]+)"', page)}
    assert {f"/reports/1/{name}" for name in (*FILES, "report.docx", "review.docx")} <= links
    for name in FILES:
        for edition in ("internal", "public"):
            answer = visitor.get(f"/reports/1/{name}", edition=edition)
            assert answer.status_code == 200
            assert answer.headers["content-disposition"].startswith("attachment;")
            assert ("公开版" in answer.headers["content-disposition"]) is False
            assert ("%E5%85%AC%E5%BC%80%E7%89%88" in answer.headers["content-disposition"]) is (edition == "public")
            assert answer.content == visitor.get(f"/reports/1/{name}", edition=edition).content
    assert len(PdfReader(io.BytesIO(visitor.get("/reports/1/report.pdf").content)).pages) >= 1
    assert (
        docx.Document(io.BytesIO(visitor.get("/reports/1/review.docx").content)).paragraphs[0].text.endswith("数据图")
    )


def test_a_number_given_by_the_page_stands_on_every_paper(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    assert "尚未编" not in visitor.read("/reports/1/files")
    with unit_of_work(web.office.engine) as session:
        organ, by = session.get_one(Organ, web.office.organ_id), web.office.by(session, SUPERVISOR, "2026-06-12")
        template = ReportTemplate(organ_code="青水", copies=("县司法局",))
        compile_report(session, organ, 2026, by=by, on=day("2026-06-12"), template=template)
    assert "文号 尚未编" in visitor.read("/reports/2/files")
    assert "应为 1 至 9999 的整数" in visitor.post("/reports/2/number", {"number": "0"}).text
    assert visitor.post("/reports/2/number", {"number": "12"}).status_code == 303
    assert "文号 青水〔2026〕12号" in visitor.read("/reports/2/files")
    assert "青水〔2026〕12号" in visitor.read("/reports/2")
    for name in ("report.pdf", "report.docx"):
        content = io.BytesIO(visitor.get(f"/reports/2/{name}").content)
        if name.endswith("pdf"):
            words = "".join(page.extract_text() for page in PdfReader(content).pages)
        else:
            words = "".join(one.text for one in docx.Document(content).paragraphs)
        assert "青水〔2026〕12号" in words
    assert web.of(HANDLER).post("/reports/2/number", {"number": "13"}).status_code in (403, 404)


def test_the_public_annex_holds_public_pieces_only(web: Web) -> None:
    def names(edition: str) -> list[str]:
        content = web.of(SUPERVISOR).get("/reports/1/annex.zip", edition=edition).content
        told = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("manifest.json"))
        return [one["name"] for one in told["files"]]

    assert (names("internal"), names("public")) == (["小结.txt", "内部.txt"], ["小结.txt"])
    assert "2 件" in web.of(SUPERVISOR).read("/reports/1/files")


def test_an_edition_there_is_not_gives_no_file(web: Web) -> None:
    assert [web.of(FIRST).get(f"/reports/1/{name}", edition="publik").status_code for name in FILES] == [400] * 4


def test_a_damaged_store_is_told_and_nothing_is_sent(web: Web, office: Office) -> None:
    for path in Path(office.settings.evidence_store).glob("??/*"):
        path.chmod(0o600)
        path.write_bytes(b"x")
    answer = web.of(FIRST).get("/reports/1/annex.zip")
    assert answer.status_code >= 400
    assert "小结.txt" in answer.text
    assert "缺失或已损坏" in answer.text


@pytest.mark.parametrize("who", [OUTSIDER, HANDLER])
def test_who_may_not_read_the_report_gets_none_of_its_files(web: Web, who: str) -> None:
    visitor = web.of(who)
    paths = [f"/reports/1/{name}" for name in (*FILES, "review.docx", "own.docx", "files")]
    expected = 404
    assert {visitor.get(path).status_code for path in paths} == {expected}
    assert {visitor.get(path.replace("/1/", "/99/")).status_code for path in paths} == {expected}


def test_a_template_is_checked_put_to_use_and_stopped(web: Web, office: Office) -> None:
    visitor = web.of(SUPERVISOR)
    assert "未设，用公文标准版式" in visitor.read("/reports/template")
    assert visitor.get("/reports/1/own.docx").status_code == 404
    starter = visitor.get("/reports/template/starter.docx").content
    assert starter == starter_template()
    assert "已启用为第 1 版" in visitor.act("/reports/template/upload", files=uploaded(starter))
    assert visitor.get("/reports/template/current.docx").content == starter
    said = [line.text for line in docx.Document(io.BytesIO(visitor.get("/reports/1/own.docx").content)).paragraphs]
    assert said[0] == "某局2026年度法治政府建设情况报告"
    assert "本单位模板第 1 版" in visitor.read("/reports/1/files")
    assert "已停用，改用公文标准版式" in visitor.act("/reports/template/stop")
    refused = visitor.post("/reports/template/stop")
    assert "没有在用的 Word 模板" in refused.text
    acts = [entry for entry in office.rows(AuditEntry) if entry.action != TAKE_FILE]
    entries = [(entry.action, entry.actor) for entry in acts][-2:]
    assert entries == [("compile", SUPERVISOR)] * 2


def test_a_template_that_does_not_fit_is_refused_with_everything_that_is_wrong(web: Web) -> None:
    visitor = web.of(SUPERVISOR)
    wrong = docx.Document()
    wrong.add_paragraph("{{ 局长 }}")
    made = io.BytesIO()
    wrong.save(made)
    page = visitor.post("/reports/template/upload", files=uploaded(made.getvalue()))
    assert page.status_code >= 400
    assert "“局长”不是已知的占位符" in page.text
    assert "模板中没有报告正文" in page.text
    assert "请选择模板文件" in visitor.post("/reports/template/upload").text
    assert "未设，用公文标准版式" in visitor.read("/reports/template")


@pytest.mark.parametrize("who", [FIRST, HANDLER])
def test_only_whoever_compiles_changes_the_template(web: Web, who: str) -> None:
    visitor = web.of(who)
    for path, sent in (("upload", uploaded(starter_template())), ("stop", None)):
        assert visitor.post(f"/reports/template/{path}", files=sent).status_code == 403
    assert "未设，用公文标准版式" in web.of(SUPERVISOR).read("/reports/template")
