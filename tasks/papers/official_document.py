"""Official documents on paper: what one consists of, and the Word file it becomes (GB/T 9704-2012).

The words come from the caller, numbers included ("一、", "(一)", "1."): nothing is counted or invented
here. The red head and the seal are the office's own; the layout is that of a document without a seal.
"""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from uuid import uuid4

from models.errors import DubanError
from tasks.papers import page_numbers, paper, styles
from tasks.papers.charts import BarChart, Chart, LineChart, Series, chart_paragraph, chart_part
from tasks.papers.forms import Form, form
from tasks.papers.package import EVEN_FOOTER, ODD_FOOTER, chart_part_name, core_properties_part, package
from tasks.papers.styles import STANDARD_FONTS, Fonts
from tasks.papers.tables import Table, table
from tasks.papers.wordprocessing import DECLARATION, NAMESPACES, clean, paragraph, run

__all__ = [
    "BarChart",
    "Block",
    "Fonts",
    "Form",
    "Heading",
    "LineChart",
    "OfficialDocument",
    "Paragraph",
    "Series",
    "Table",
    "TextRun",
    "closing_places",
    "render",
    "title_lines",
    "write",
]


_COLONS = ":： "


@dataclass(frozen=True)
class TextRun:
    """A piece of body text; `mark` sets it off visibly (待核: no source, to be verified)."""

    text: str
    mark: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4; its number ("一、" "(一)" "1." "(1)") is part of the text, as typed.

    `run_in` is body text that follows the heading sentence in the same paragraph. A heading sentence
    without closing punctuation is then closed with "。", so that the two never grow together.
    """

    level: int
    number: str
    text: str
    run_in: str | tuple[TextRun, ...] | None = None

    def __post_init__(self) -> None:
        if self.level not in range(1, 5):
            raise ValueError(f"a heading has level 1 to 4, not {self.level}")

    @property
    def sentence(self) -> str:
        """The heading as a sentence of its own, for text to follow it."""
        return self.text if re.search(r"[。！？；：，、.!?;:,]$", self.text) else f"{self.text}。"

    @property
    def following(self) -> tuple[TextRun, ...]:
        """The body text behind it; none where nothing runs in."""
        return (TextRun(self.run_in),) if isinstance(self.run_in, str) else self.run_in or ()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of body text, indented by two characters."""

    runs: tuple[TextRun, ...]


Block = Heading | Paragraph | Table | Form | Chart
"""What the body of a document is made of."""


@dataclass(frozen=True)
class OfficialDocument:
    """A document as an office sends it.

    title: a line feed breaks the line where the author wants it; without one, `title_lines` decides.
    addressee: 主送机关, with or without its colon.
    dated_on: 成文日期; also the created and modified day of the file.
    document_number: 发文字号, for paper that carries the office's head.
    attachments: names of the attachments, numbered here when there are several.
    """

    title: str
    addressee: str | None
    body: tuple[Block, ...]
    signature: str | None
    dated_on: date | None
    document_number: str | None = None
    attachments: tuple[str, ...] = ()

    @property
    def day(self) -> str:
        """成文日期 as it is written (2026年1月15日); empty without one."""
        on = self.dated_on
        return f"{on.year}年{on.month}月{on.day}日" if on else ""

    @property
    def addressed(self) -> str:
        """主送机关 with its colon; empty without one."""
        return f"{self.addressee.rstrip(_COLONS)}：" if self.addressee else ""

    @property
    def listed_attachments(self) -> tuple[tuple[str, str], ...]:
        """Each attachment as what stands before its name (附件：1.) and the name (7.3.4)."""
        several = len(self.attachments) > 1
        return tuple(
            (("附件：" if number == 1 else "") + (f"{number}." if several else ""), name)
            for number, name in enumerate(self.attachments, start=1)
        )


def closing_places(document: OfficialDocument) -> tuple[float, float]:
    """How many characters signature and date keep from the right edge (7.3.5.2, without a seal).

    The signature ends two from it, and the date begins two to the right of where the signature begins; a date
    longer than the signature ends two from the edge itself, and the signature moves left.
    """
    signature_width, day_width = paper.width(clean(document.signature or "")), paper.width(document.day)
    right = signature_width - day_width
    if not document.day:
        return 2.0, 2.0
    return (2.0, right) if right >= 0 else (4.0 - right, 2.0)


def render(document: OfficialDocument, fonts: Fonts = STANDARD_FONTS) -> bytes:
    """The .docx file. Equal documents give equal bytes, on any machine, at any time.

    Characters that a Word file cannot hold (control characters) are left out.
    """
    charts = [block for block in document.body if isinstance(block, Chart)]
    return package(
        {
            "word/document.xml": _document_part(document),
            "word/styles.xml": styles.styles_part(fonts, supervision=any(map(_of_supervision, document.body))),
            "word/fontTable.xml": styles.font_table_part(fonts),
            "word/footer1.xml": page_numbers.odd_footer_part(),
            "word/footer2.xml": page_numbers.even_footer_part(),
            "docProps/core.xml": core_properties_part(
                title=document.title.replace("\n", ""), creator=document.signature or "", on=document.dated_on
            ),
            **{chart_part_name(number): chart_part(block, fonts) for number, block in enumerate(charts, start=1)},
        }
    )


_TITLE_BREAKS = re.compile(r"(?=关于)|(?<!关于)(?<!\d)(?=\d{4}年)|(?<=\d{4}年度)|(?<=\d{4}年)(?![\d度])")
_WHY_NOT_WRITTEN = {
    errno.ENOENT: "文件夹不存在",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "该位置已有同名文件夹",
    errno.EACCES: "没有写入权限，或文件正被其他程序打开",
    errno.EPERM: "没有写入权限，或文件正被其他程序打开",
    errno.EROFS: "所在磁盘只读",
    errno.ENOSPC: "磁盘空间不足",
    errno.ENAMETOOLONG: "文件名过长",
}


def write(document: OfficialDocument, path: Path, fonts: Fonts = STANDARD_FONTS) -> None:
    """Write the .docx file to `path`, whole or not at all; an older file there is replaced.

    Raises DubanError, saying why, when the place cannot be written; nothing is left behind then.
    """
    content = render(document, fonts)
    unfinished = path.with_name(f".duban-{uuid4().hex}.tmp")
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        why = _WHY_NOT_WRITTEN.get(error.errno or 0, f"系统返回“{error.strerror}”")
        raise DubanError(f"无法写入文件 {path}：{why}。") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def title_lines(title: str) -> tuple[str, ...]:
    """The lines of a title (7.3.1: words stay whole, lines form a trapezium or a lozenge).

    A title that fits on one line, or that already has line feeds, is taken as it is. A longer one is
    broken before 关于 or around the year, where the two lines come out most alike; where none of these
    makes two lines, the title stays in one piece and Word breaks it.
    """
    if "\n" in title or paper.width(title) <= paper.TITLE_ROOM:
        return tuple(title.split("\n"))
    places = [place.start() for place in _TITLE_BREAKS.finditer(title)]
    halves = [(title[:place], title[place:]) for place in places if 0 < place < len(title)]
    fitting = [pair for pair in halves if max(map(paper.width, pair)) <= paper.TITLE_ROOM]
    return min(fitting, key=lambda pair: abs(paper.width(pair[0]) - paper.width(pair[1])), default=(title,))


def _document_part(document: OfficialDocument) -> str:
    content = "".join((*_opening(document), *_body(document), *_attachments(document), *_closing(document)))
    section = paper.section_properties(ODD_FOOTER, EVEN_FOOTER)
    return f"{DECLARATION}<w:document {NAMESPACES}><w:body>{content}{section}</w:body></w:document>"


def _opening(document: OfficialDocument) -> Iterator[str]:
    if document.document_number:
        yield paragraph(styles.DOCUMENT_NUMBER, run(document.document_number))
    yield paragraph(styles.TITLE, run("\n".join(title_lines(clean(document.title)))))
    if document.addressee:
        yield paragraph(styles.ADDRESSEE, run(document.addressed))


def _body(document: OfficialDocument) -> Iterator[str]:
    closes = bool(document.signature or document.dated_on) and not document.attachments
    last = len(document.body) - 1
    charts = count(1)
    for place, block in enumerate(document.body):
        # 7.3.5.5: the signature never stands on a page without text.
        keep_next = closes and place == last
        if isinstance(block, Heading):
            yield _heading(block, keep_next=keep_next)
        elif isinstance(block, Table):
            yield table(block)
        elif isinstance(block, Form):
            yield form(block)
        elif isinstance(block, Chart):
            yield chart_paragraph(block, next(charts), keep_next=keep_next)
        else:
            keep = "<w:keepNext/>" if keep_next else ""
            yield paragraph(styles.BODY, *(_body_run(piece) for piece in block.runs), properties=keep)


def _of_supervision(block: Block) -> bool:
    """Whether a block needs styles that a report does not."""
    return isinstance(block, Form | Chart) or (isinstance(block, Table) and block.dense)


def _heading(block: Heading, *, keep_next: bool) -> str:
    if not block.run_in:
        return paragraph(styles.heading(block.level), run(block.number + block.text))
    return paragraph(
        styles.heading(block.level),
        run(block.number + block.sentence),
        *(_body_run(piece, styles.BODY_CHARACTERS) for piece in block.following),
        # A heading stays with what follows; a whole paragraph of text must not.
        properties="" if keep_next else '<w:keepNext w:val="0"/>',
    )


def _body_run(piece: TextRun, style: str | None = None) -> str:
    return run(piece.text, styles.UNVERIFIED if piece.mark else style)


def _attachments(document: OfficialDocument) -> Iterator[str]:
    """7.3.4: a blank line, two characters from the left; wrapped lines align with the name."""
    for number, (label, name) in enumerate(document.listed_attachments, start=1):
        hanging = paper.width(label)
        left = (2 if number == 1 else 5) + hanging
        indent = (
            f'<w:ind w:leftChars="{left * 100:.0f}" w:left="{paper.characters(left)}"'
            f' w:hangingChars="{hanging * 100:.0f}" w:hanging="{paper.characters(hanging)}"/>'
        )
        gap = styles.BLANK_LINE_BEFORE if number == 1 else ""
        yield paragraph(styles.ATTACHMENT, run(label + name), properties=f"<w:keepNext/>{gap}{indent}")


def _closing(document: OfficialDocument) -> Iterator[str]:
    signature_right, day_right = closing_places(document)
    if document.signature:
        yield paragraph(
            styles.SIGNATURE,
            run(document.signature),
            properties=styles.BLANK_LINE_BEFORE + _right_indent(signature_right),
        )
    if document.day:
        gap = "" if document.signature else styles.BLANK_LINE_BEFORE
        yield paragraph(styles.DATE, run(document.day), properties=gap + _right_indent(day_right))


def _right_indent(count: float) -> str:
    return f'<w:ind w:rightChars="{count * 100:.0f}" w:right="{paper.characters(count)}"/>'
