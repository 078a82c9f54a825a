"""The organ's own Word template: checked before it is used, filled from a report, and one to begin with.

A template comes from outside and is treated so: nothing in it is run, nothing outside it is fetched.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from jinja2 import TemplateError, TemplateSyntaxError

from models.errors import BadInputError
from models.later import later
from tasks.papers.official_document import Heading, OfficialDocument, Paragraph, TextRun, composed
from tasks.papers.package import packed, repacked
from tasks.papers.placeholders import OF_PART, RefusedTemplateError, TemplateLanguage, values
from tasks.papers.template_parts import unsafe_parts

if TYPE_CHECKING:
    import docxtpl
    from lxml import etree
else:
    docxtpl = later("docxtpl")
    etree = later("lxml.etree")

MEGABYTE = 1024 * 1024
LARGEST = 5 * MEGABYTE
"""Bytes of the file."""

_MOST_TEXT = 2 * MEGABYTE
_MOST_BRACES = 2000
"""A template names some placeholders; what reads them takes ever longer for each."""
_TEXT_PARTS = (
    ("正文", re.compile(r"word/document\d*\.xml")),
    ("页眉", re.compile(r"word/header\d*\.xml")),
    ("页脚", re.compile(r"word/footer\d*\.xml")),
    ("脚注", re.compile(r"word/footnotes\.xml")),
    ("文档属性", re.compile(r"docProps/core\.xml")),
)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_SYNTAX = (
    (re.compile(r"Unexpected end of template|innermost block"), "循环或条件没有结束：缺少 endfor 或 endif"),
    (re.compile(r"unknown tag 'end|Encountered unknown tag 'end"), "endfor、endif 多写了，或与开头不对应"),
    (re.compile(r"unknown tag"), "花括号中的写法不能识别：只能写 for、if 和占位符"),
)
_BROKEN = (
    zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, OSError, RuntimeError, LookupError,
    AttributeError, TypeError,
)  # fmt: skip
"""What the readers of a file from anywhere raise, each after its own library; of lxml it is a SyntaxError."""

_SAMPLE = OfficialDocument(
    title="报告标题",
    addressee="主送机关",
    body=(
        Paragraph((TextRun("导语。"),)),
        Heading(1, "一、", "部分标题"),
        Heading(2, "（一）", "小标题"),
        Paragraph((TextRun("正文<&>。"),)),
    ),
    signature="署名",
    dated_on=date(2000, 1, 1),
    document_number="发文字号",
)


# A condition that tears the file shows with one answer only.
_SAMPLES = (_SAMPLE, replace(_SAMPLE, addressee=None, document_number=None, body=_SAMPLE.body[1:]))

_TORN = (
    "填写后不是完整的 Word 文件：循环和条件应各占一个段落，写成“{%p for 节 in 部分 %}”“{%p endfor %}”，"
    "开头和结尾应在同一处（都在正文，或都在同一表格）。"
)


def check_word_template(content: bytes) -> list[str]:
    """What stands against using the file as a template, each with its place and what would be accepted; none: it fits.

    What is looked at is what is filled in: text, headers, footers, footnotes and the file's own properties.
    """
    if len(content) > LARGEST:
        return [f"文件过大：模板最大 {LARGEST // MEGABYTE} MB，请压缩其中的图片。"]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            problems = list(_unsafe(archive))
            if problems:
                return problems
            problems = list(_misspelt(archive))
    except _BROKEN:
        return ["不是 Word 文件（.docx），或文件已损坏：请用 Word 或 WPS 另存为 .docx 后再上传。"]
    if not problems:
        try:
            _filled(content, _SAMPLES[0], organ="单位", year=2000)
        except (TemplateError, *_BROKEN):
            problems.append(_TORN)
    return problems


def fill_word_template(template: bytes, document: OfficialDocument, *, organ: str, year: int) -> bytes:
    """The report in the organ's own layout; the same template and document give the same bytes.

    Raises BadInputError with what is wrong where the template does not pass `check_word_template`.
    """
    problems = check_word_template(template)
    if problems:
        raise BadInputError(f"Word 模板不可用：{' '.join(problems)}")
    return _filled(template, document, organ=organ, year=year)


def starter_template() -> bytes:
    """A template to begin with: the standard layout with every placeholder in its place."""
    body = [
        "{%p for 段 in 导语 %}", "{{ 段.文字 }}", "{%p endfor %}", "{%p for 节 in 部分 %}", None,
        "{%p for 段 in 节.段落 %}", "{%p if 段.级别 == 2 %}", Heading(2, "", "{{ 段.标题 }}"), "{%p else %}",
        "{{ 段.标题 }}{{ 段.文字 }}", "{%p endif %}", "{%p endfor %}", "{%p endfor %}",
    ]  # fmt: skip
    part = Heading(1, "", f"{{{{ 节.{OF_PART[0].name} }}}}")
    document = OfficialDocument(
        title="{{ 标题 }}",
        addressee="{{ 主送 }}",
        body=tuple(
            Paragraph((TextRun(one),)) if isinstance(one, str) else one if isinstance(one, Heading) else part
            for one in body
        ),
        signature="{{ 署名 }}\n{{ 成文日期 }}",
        dated_on=None,
    )
    word = composed(document)
    [addressee] = [line for line in word.paragraphs if document.addressed in line.text]
    addressee.runs[0].text = f"{{% if 主送 %}}{addressee.text}{{% endif %}}"
    return packed(word)


def _unsafe(archive: zipfile.ZipFile) -> Iterator[str]:
    """What must not even be opened; raises what a damaged archive raises."""
    for part in archive.infolist():
        where = _place(part.filename)
        if where and part.file_size > _MOST_TEXT:
            yield f"{where}过大：最多 {_MOST_TEXT // MEGABYTE} MB 的文字，模板只需版式和占位符。"
            return
    yield from unsafe_parts(archive)


def _misspelt(archive: zipfile.ZipFile) -> Iterator[str]:
    """Placeholders and loops that cannot be filled in, by the place they stand in."""
    language = TemplateLanguage()
    patch: Callable[[str], str] = docxtpl.DocxTemplate(io.BytesIO()).patch_xml
    told = False
    for name in sorted(archive.namelist()):
        where = _place(name)
        if where is None:
            continue
        raw = archive.read(name).decode("utf-8-sig")
        if raw.count("{") > _MOST_BRACES:
            yield f"{where}中的占位符过多：花括号最多 {_MOST_BRACES} 个。"
            told = True
            continue
        text = patch(raw)
        try:
            template = language.from_string(_DECLARATION.sub("", text))
            for sample in _SAMPLES:
                # Strictly read: what fills the file in would mend it silently, and lose what it cannot mend.
                etree.fromstring(
                    template.render(values(sample, organ="单位", year=2000)).encode(),
                    etree.XMLParser(resolve_entities=False, no_network=True),
                )
        except TemplateSyntaxError as error:
            yield f"{where}中的占位符不可用：{_said(error)}。"
        except (TemplateError, etree.XMLSyntaxError):
            yield f"{where}{_TORN}"
        told = told or bool(re.search(r"\{%[^}]*\.\s*(段落|paragraphs)\b", text))
    if not told:
        yield "模板中没有报告正文：请写入“{%p for 节 in 部分 %}”和其中的“{%p for 段 in 节.段落 %}”，见起始模板。"


def _place(name: str) -> str | None:
    """What a person calls the part, where it is one that is filled in."""
    return next((where for where, pattern in _TEXT_PARTS if pattern.fullmatch(name)), None)


def _said(error: TemplateSyntaxError) -> str:
    message = error.message or ""
    if isinstance(error, RefusedTemplateError):
        return message
    return next((said for pattern, said in _SYNTAX if pattern.search(message)), f"写法有误（{message}）")


def _filled(template: bytes, document: OfficialDocument, *, organ: str, year: int) -> bytes:
    made = docxtpl.DocxTemplate(io.BytesIO(template))
    made.render(values(document, organ=organ, year=year), jinja_env=TemplateLanguage(), autoescape=True)
    buffer = io.BytesIO()
    made.save(buffer)
    # What was filled in came from elsewhere than the template: the whole is looked at as if it had been sent.
    with zipfile.ZipFile(buffer) as archive:
        problems = list(unsafe_parts(archive))
    if problems:
        raise BadInputError(f"填写后的 Word 文件不可用：{' '.join(problems)}")
    return repacked(buffer.getvalue())
