"""The same content in every kind of file that offices send: a report with its plan, its people and its cases."""

import io
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from functools import lru_cache
from html import escape
from pathlib import Path

import pytest
import typst
from docx import Document

from tasks.containers import office_helper
from tasks.containers.office_helper import find_helper
from tasks.reading import document, sheet
from tests.documents import sheet as workbook
from tests.sent.old_files import old_sheet

Rows = Sequence[Sequence[str]]

TITLE = "某局2025年度法治政府建设情况报告"
PARAGRAPHS = (
    TITLE,
    "一、主要举措和成效",
    "（一）深化学法用法。组织领导干部集中学习16次，参加人员320人次，全年办理行政复议案件13件，办结率100%。",
    "二、2026年度主要安排",
    "1.编制年度普法计划。",
    "2.每季度组织开展行政执法案卷评查。",
)
TASKS: Rows = (
    ("2026年度重点工作任务清单", "", "", ""),
    ("序号", "任务内容", "牵头单位", "完成时限"),
    ("1", "编制年度普法计划", "办公室", "6月底前"),
    ("2", "组织开展行政执法案卷评查", "法制科", "9月底前"),
)
PEOPLE: Rows = (
    ("单位", "部门", "姓名", "职务", "角色"),
    ("某局", "办公室", "孙丽", "主任", "科室负责人"),
    ("某局", "法制科", "赵敏", "科长", "科室负责人"),
)
CASES: Rows = (
    ("决定书文号", "处罚决定日期", "处罚程序"),
    ("某司罚决〔2026〕1号", "2026-03-05", "普通程序"),
    ("某司罚决〔2026〕2号", "2026-04-08", "简易程序"),
)
TABLES = (PEOPLE, CASES)
_ABOVE = 3
"""Paragraphs above the tables, which stand in the report's first part."""


def word_file() -> bytes:
    """The text with both tables, as a .docx."""
    document = Document()
    for paragraph in PARAGRAPHS[:_ABOVE]:
        document.add_paragraph(paragraph)
    for rows in TABLES:
        document.add_paragraph()
        table = document.add_table(len(rows), len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    for paragraph in PARAGRAPHS[_ABOVE:]:
        document.add_paragraph(paragraph)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def page(*blocks: str) -> str:
    """A page of a site: a menu, a place, the blocks, what is linked and who runs it."""
    menu = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("首页", "政务公开", "办事服务", "互动交流"))
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>某局-政务公开</title>'
        "<script>var 计数 = 16;</script><style>.a{color:red}</style></head><body>"
        f'<div class="top"><ul class="nav">{menu}</ul></div>'
        '<div class="position">当前位置：<a href="/">首页</a>&gt; 报告</div>'
        f'<form><div class="main"><div class="content">{"".join(blocks)}</div></div></form>'
        f'<div class="related"><h3>相关文章</h3><ul>{menu}</ul></div>'
        '<div class="footer">主办：某局 备案号00000000</div>'
        "</body></html>"
    )


def html_table(rows: Rows) -> str:
    """The rows as a table of a page."""
    return "<table>" + "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    ) + "</table>"  # fmt: skip


def web_file() -> bytes:
    """The text with both tables, as a saved page."""
    head = f'<h1>{PARAGRAPHS[0]}</h1><p class="info">发布时间：2026-01-15 浏览次数：16</p>'
    texts = [f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS]
    return page(head, *texts[1:_ABOVE], *map(html_table, TABLES), *texts[_ABOVE:]).encode()


def archived_page() -> bytes:
    """The same as one file, as browsers and Word save it."""
    message = EmailMessage()
    message["Subject"] = "报告"
    message.set_content(web_file().decode(), subtype="html", cte="quoted-printable")
    message.make_related()
    message.add_related(b"\x89PNG", "image", "png", cid="<1>")
    return message.as_bytes()


def pdf_file() -> bytes:
    """The text with both tables, as a PDF with a running head and page numbers."""
    above, below = (
        "\n\n".join(f"#[{paragraph}]" for paragraph in part) for part in (PARAGRAPHS[1:_ABOVE], PARAGRAPHS[_ABOVE:])
    )
    tables = "\n".join(
        f"#table(columns: {len(rows[0])}, {', '.join(f'[{cell}]' for row in rows for cell in row)})" for rows in TABLES
    )
    return typst.compile(
        (
            '#set page(paper: "a4", numbering: "— 1 —", header: [某局文件])\n'
            '#set text(font: "Noto Serif CJK SC", lang: "zh", size: 16pt)\n'
            "#set par(first-line-indent: (amount: 2em, all: true))\n"
            f"#align(center, text(size: 22pt)[{TITLE}])\n\n{above}\n\n#pagebreak()\n{tables}\n\n{below}"
        ).encode()
    )


def open_sheet(rows: Rows) -> bytes:
    """An .ods, as LibreOffice writes it: a failed formula says so beside its value, blank rows are repeated."""
    told = ""
    for row in rows:
        told += "<table:table-row>"
        for cell in row:
            failed = ' calcext:value-type="error"' if cell.startswith("#") else ""
            said = f"<text:p>{escape(cell)}</text:p>"
            told += f'<table:table-cell office:value-type="string"{failed}>{said}</table:table-cell>'
        told += '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
    names = "".join(
        f' xmlns:{prefix}="{address}"'
        for prefix, address in (
            ("office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"),
            ("table", "urn:oasis:names:tc:opendocument:xmlns:table:1.0"),
            ("text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"),
            ("calcext", "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"),
        )
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content{names}><office:body><office:spreadsheet>"
            f'<table:table table:name="台账">{told}<table:table-row table:number-rows-repeated="1000000">'
            '<table:table-cell table:number-columns-repeated="16000"/></table:table-row></table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return content.getvalue()


def as_csv(rows: Rows) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode("gb18030")


WHOLE = {".docx": word_file, ".pdf": pdf_file, ".html": web_file, ".htm": web_file, ".mht": archived_page}
"""Kinds that hold the text and both tables at once."""
TABLE_ONLY: Mapping[str, Callable[[Rows], bytes]] = {
    ".xlsx": lambda rows: workbook(*rows), ".xlsm": lambda rows: workbook(*rows), ".csv": as_csv, ".ods": open_sheet,
    ".xls": old_sheet, ".et": old_sheet,
    ".tsv": lambda rows: "\n".join("\t".join(row) for row in rows).encode("utf-16"),
}  # fmt: skip
"""Kinds of one table each."""
BY_HELPER = {".doc": "doc", ".wps": "doc", ".rtf": "rtf", ".odt": "odt", ".xml": "xml:MS Word 2003 XML"}
"""Kinds that hold the text and both tables, and need LibreOffice to be written as to be read."""


def saved_as(folder: Path, kinds: Sequence[str]) -> Mapping[str, bytes]:
    """The Word file saved as each of these kinds by LibreOffice."""
    source = folder / "报告.docx"
    source.write_bytes(word_file())
    program = find_helper()
    assert program is not None
    for kind in kinds:
        subprocess.run(
            [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", kind,
             "--outdir", str(folder), str(source)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    return {kind: (folder / f"报告.{kind.partition(':')[0]}").read_bytes() for kind in kinds}


@lru_cache
def converted_once(content: bytes, what: str, into: str) -> bytes:
    """Each file is converted once for all that read it: that takes seconds."""
    return office_helper.converted(content, "文件", what, into)


def convert_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have readers wait for LibreOffice the first time only."""
    for reader in (document, sheet):
        monkeypatch.setattr(reader, "converted", lambda content, _name, *asked: converted_once(content, *asked))


@lru_cache
def old_documents() -> Mapping[str, bytes]:
    """The Word file as each kind that the helper reads, by its ending, written once. Skips where there is no helper."""
    if find_helper() is None:
        pytest.skip("这台机器上没有 LibreOffice (LibreOffice is not installed)")
    with tempfile.TemporaryDirectory() as folder:
        saved = saved_as(Path(folder), sorted(set(BY_HELPER.values())))
    return {ending: saved[kind] for ending, kind in BY_HELPER.items()}
