"""Official documents on paper: what one consists of, and the Word file it becomes (GB/T 9704-2012).

The words come from the caller, numbers included ("一、", "(一)", "1."): nothing is counted or invented
here. The red head and the seal are the office's own; the layout is that of a document without a seal.
"""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from models.errors import DubanError
from models.later import later
from tasks.papers import paper, styles
from tasks.papers.blank_sheet import blank_sheet
from tasks.papers.charts import BarChart, Chart, LineChart, Series, add_chart
from tasks.papers.forms import Form, add_form
from tasks.papers.imprint import add_imprint
from tasks.papers.package import packed
from tasks.papers.styles import STANDARD_FONTS, Fonts
from tasks.papers.tables import Table, add_table
from tasks.papers.wordprocessing import add_paragraph, add_text, clean, indent

if TYPE_CHECKING:
    from docx import shared as units
    from docx.document import Document
    from docx.text.paragraph import Paragraph as WordParagraph
else:
    units = later("docx.shared")

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
    "composed",
    "render",
    "title_lines",
    "write",
]


_COLONS = ":： "
_LONGEST_PROPERTY = 255


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
    signer: 签发人, beside the number of paper that goes upward (7.2.6), empty for room to write it; None: other paper.
    copies, issued_by: 抄送 and 印发机关, the lines at the foot of the last page (7.4); without both there are none.
    """

    title: str
    addressee: str | None
    body: tuple[Block, ...]
    signature: str | None
    dated_on: date | None
    document_number: str | None = None
    attachments: tuple[str, ...] = ()
    signer: str | None = None
    copies: tuple[str, ...] = ()
    issued_by: str | None = None

    @property
    def imprint(self) -> tuple[tuple[str, str], ...]:
        """版记: each of its lines as what stands at the left and at the right."""
        copied = ((f"抄送：{'，'.join(self.copies)}。", ""),) if self.copies else ()
        issued = ((self.issued_by, f"{self.day}印发" if self.day else ""),) if self.issued_by else ()
        return (*copied, *issued)

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


def closing_paragraphs(last: str) -> int:
    """How many paragraphs stay with the signature: the last one, and the one before where that is a single line."""
    return 2 if 2 + paper.width(clean(last)) <= paper.CHARACTERS_PER_LINE else 1


def render(document: OfficialDocument, fonts: Fonts = STANDARD_FONTS) -> bytes:
    """The .docx file. Equal documents give equal bytes on any machine, at any time, with the releases of python-docx
    and lxml that are locked.

    Characters that a Word file cannot hold (control characters) are left out.
    """
    return packed(composed(document, fonts))


def composed(document: OfficialDocument, fonts: Fonts = STANDARD_FONTS) -> Document:
    """The document as python-docx holds it, to be changed further."""
    word = blank_sheet(fonts)
    _describe(word, document)
    _add_opening(word, document)
    _add_body(word, document, fonts)
    _add_attachments(word, document)
    _add_closing(word, document)
    if document.imprint:
        add_imprint(word, document.imprint)
    return word


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


def _describe(word: Document, document: OfficialDocument) -> None:
    """The file's own properties; created and modified are the document's own day, never the moment of writing.

    The standard of the file allows them 255 characters.
    """
    properties = word.core_properties
    properties.title = clean(document.title.replace("\n", ""))[:_LONGEST_PROPERTY]
    properties.author = clean(document.signature or "")[:_LONGEST_PROPERTY]
    if document.dated_on:
        properties.created = properties.modified = datetime.combine(document.dated_on, time())


def _add_opening(word: Document, document: OfficialDocument) -> None:
    if document.document_number and document.signer is not None:
        line = add_text(add_paragraph(word, styles.NUMBER_AND_SIGNER), f"{document.document_number}\t签发人：")
        add_text(line, document.signer or "　　　", styles.SIGNER)
    elif document.document_number:
        add_text(add_paragraph(word, styles.DOCUMENT_NUMBER), document.document_number)
    add_text(add_paragraph(word, styles.TITLE), "\n".join(title_lines(clean(document.title))))
    if document.addressee:
        add_text(add_paragraph(word, styles.ADDRESSEE), document.addressed)


def _add_body(word: Document, document: OfficialDocument, fonts: Fonts) -> None:
    charts = count(1)
    for block in document.body:
        match block:
            case Heading():
                _add_heading(word, block)
            case Paragraph():
                _write_runs(add_paragraph(word, styles.BODY), block.runs)
            case Table():
                add_table(word, block)
            case Form():
                add_form(word, block)
            case _:
                add_chart(word, block, next(charts), fonts)
    closes = bool(document.signature or document.dated_on) and not document.attachments
    if closes and document.body and not isinstance(document.body[-1], Table | Form):
        # 7.3.5.5: the signature never stands on a page without text, nor with one line of it.
        text = isinstance(document.body[-1], Paragraph | Heading)
        several = closing_paragraphs(word.paragraphs[-1].text) if text else 1
        for line in word.paragraphs[-several:]:
            line.paragraph_format.keep_with_next = line.paragraph_format.widow_control = True


def _add_heading(word: Document, block: Heading) -> None:
    # Set as the text is, it is a paragraph of it: the navigation pane shows headings only.
    as_text = block.run_in and block.level >= styles.SET_AS_TEXT
    line = add_paragraph(word, styles.BODY if as_text else styles.heading(block.level))
    add_text(line, block.number + (block.sentence if block.run_in else block.text))
    if block.run_in:
        _write_runs(line, block.following, None if as_text else styles.BODY_CHARACTERS)
        # A heading stays with what follows; a whole paragraph of text must not.
        line.paragraph_format.keep_with_next = False


def _write_runs(line: WordParagraph, runs: tuple[TextRun, ...], style: str | None = None) -> None:
    for piece in runs:
        add_text(line, piece.text, styles.UNVERIFIED if piece.mark else style)


def _add_attachments(word: Document, document: OfficialDocument) -> None:
    """7.3.4: a blank line, two characters from the left; wrapped lines align with the name."""
    for number, (label, name) in enumerate(document.listed_attachments, start=1):
        line = add_text(add_paragraph(word, styles.ATTACHMENT), label + name)
        line.paragraph_format.keep_with_next = True
        if number == 1:
            line.paragraph_format.space_before = units.Twips(paper.LINE_PITCH)
        hanging = paper.width(label)
        indent(line.paragraph_format, paper.CHARACTER, left=(2 if number == 1 else 5) + hanging, hanging=hanging)


def _add_closing(word: Document, document: OfficialDocument) -> None:
    lines = zip(
        (styles.SIGNATURE, styles.DATE), (document.signature, document.day), closing_places(document), strict=True
    )
    gap: units.Length | None = units.Twips(paper.LINE_PITCH)
    for style, text, right in lines:
        if text:
            line = add_text(add_paragraph(word, style), text).paragraph_format
            line.space_before, gap = gap, None
            indent(line, paper.CHARACTER, right=right)
