"""Official documents as PDF files (GB/T 9704-2012), made from the same words as the Word file.

The layout is a fixed program (typeset.typ); the document reaches it as data, so that no text of a person is ever
read as a command of the typesetter. The file is PDF/A-2b, fit for the archive: a character that no font shows is
refused by name and never printed as a box.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import DubanError
from models.later import later
from tasks.papers import paper
from tasks.papers.charts import Chart, in_words
from tasks.papers.drawn_chart import drawn
from tasks.papers.forms import CellRole, Form
from tasks.papers.official_document import (
    Block,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    TextRun,
    closing_paragraphs,
    closing_places,
    title_lines,
)
from tasks.papers.tables import column_shares
from tasks.papers.typeset_fonts import ChosenFonts, MissingFontError, TypesetFonts, choose_fonts
from tasks.papers.wordprocessing import clean

if TYPE_CHECKING:
    import typst
else:
    typst = later("typst")

_PROGRAM = Path(__file__).with_name("typeset.typ")
_ROLES = {CellRole.LABEL: "label", CellRole.CONTENT: "content", CellRole.FIGURE: "figure"}
_UNSHOWN = re.compile(r'the text .*?"(.*?)"', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")
_UNDATED = dt.date(1980, 1, 1)


def typeset(document: OfficialDocument, *, fonts: TypesetFonts | None = None) -> bytes:
    """The PDF file, dated by the document's own day. Equal documents and fonts give equal bytes.

    Raises MissingFontError where no font for Chinese is there, or none shows one of the characters.
    """
    chosen = choose_fonts(fonts or TypesetFonts())
    data = json.dumps(_data(document, chosen), ensure_ascii=False)
    day = document.dated_on or _UNDATED
    with tempfile.TemporaryDirectory() as nothing:
        # The program reads no file; an empty root keeps it so.
        compiler = typst.Compiler(root=nothing, font_paths=chosen.files, sys_inputs={"document": data})
        try:
            made = compiler.compile(
                _PROGRAM.read_bytes(),
                format="pdf",
                pdf_standards=["a-2b"],
                timestamp=dt.datetime.combine(day, dt.time(), dt.UTC),
            )
        except typst.TypstError as error:
            raise _explained(error) from error
    assert isinstance(made, bytes)  # noqa: S101 - without an output file the typesetter answers with one PDF
    return made


def _explained(error: typst.TypstError) -> DubanError:
    unshown = _UNSHOWN.search(error.message)
    if unshown and "could not be displayed" in error.message:
        named = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), unshown[1])
        return MissingFontError(
            f"现有字体中没有“{named}”这个字，未生成 PDF：请把含有它的字体放入 pdf_font_folder"
            "（环境变量 DUBAN_PDF_FONT_FOLDER）所指的文件夹，或改用其他写法。"
        )
    return DubanError(f"PDF 排版未能完成：{error.message}。")


def _data(document: OfficialDocument, fonts: ChosenFonts) -> dict[str, Any]:
    text_width = paper.TEXT_WIDTH / 20
    pitch = text_width / paper.CHARACTERS_PER_LINE
    signature_right, dated_right = closing_places(document)
    # The archive's standard wants a date of every file.
    day = document.dated_on or _UNDATED
    return {
        "char": pitch,
        "pitch": paper.LINE_PITCH / 20,
        "size": paper.BODY_POINTS,
        # A hair closer than the grid, so that rounding never costs a line its 28th character.
        "tracking": pitch - paper.BODY_POINTS - 0.005,
        "title-size": paper.TITLE_POINTS,
        "page-number": paper.PAGE_NUMBER_POINTS,
        "table": paper.TABLE_POINTS,
        "table-line": paper.TABLE_LINE / 20,
        "dense": paper.DENSE_POINTS,
        "dense-line": paper.DENSE_LINE / 20,
        "figure": paper.FIGURE_POINTS,
        "fonts": {
            "title": fonts.title,
            "body": fonts.body,
            "heading": fonts.heading,
            "subheading": fonts.subheading,
            "latin": fonts.latin,
        },
        "title": clean(document.title).replace("\n", ""),
        "author": clean(document.signature or ""),
        "day": [day.year, day.month, day.day],
        "number": clean(document.document_number) if document.document_number else None,
        "title-lines": title_lines(clean(document.title)),
        "addressee": clean(document.addressed),
        "body": [_block(block, fonts) for block in document.body],
        "signer": None if document.signer is None else clean(document.signer) or "　　　",
        "imprint": [_cleaned(line) for line in document.imprint],
        "imprint-size": paper.IMPRINT_POINTS,
        "closing": _closing(document),
        "attachments": [
            {"label": label, "name": clean(name), "hanging": paper.width(label), "left": 2.0 if number == 0 else 5.0}
            for number, (label, name) in enumerate(document.listed_attachments)
        ],
        "signature": clean(document.signature) if document.signature else None,
        "signature-right": signature_right,
        "dated": document.day,
        "dated-right": dated_right,
    }


def _closing(document: OfficialDocument) -> int:
    """How many paragraphs at the end of the text stay with the signature."""
    if document.attachments or not (document.signature or document.dated_on):
        return 0
    count, most = 0, 1
    for block in reversed(document.body):
        # A heading alone stays with what follows it as any heading does.
        if count == most or not isinstance(block, Paragraph | Heading) or not _words_of(block):
            break
        most = closing_paragraphs(_words_of(block)) if count == 0 else most
        count += 1
    return count


def _words_of(block: Paragraph | Heading) -> str:
    """The paragraph of text; empty for a heading without any."""
    if isinstance(block, Paragraph):
        return clean("".join(run.text for run in block.runs))
    return clean(block.number + block.sentence + "".join(run.text for run in block.following)) * bool(block.following)


def _block(block: Block, fonts: ChosenFonts) -> dict[str, Any]:
    if isinstance(block, Heading):
        runs = _runs(block.following)
        said = clean(block.sentence if runs else block.text)
        return {"kind": "heading", "level": block.level, "number": clean(block.number), "text": said, "runs": runs}
    if isinstance(block, Table):
        shares, centred = column_shares(block)
        return {
            "kind": "table", "header": _cleaned(block.header), "rows": [_cleaned(row) for row in block.rows],
            "caption": clean(block.caption) if block.caption else None, "dense": block.dense,
            "widths": shares, "centred": centred,
        }  # fmt: skip
    if isinstance(block, Form):
        return _form(block)
    if isinstance(block, Chart):
        return {"kind": "chart", "svg": drawn(block, fonts.body[0]), "words": in_words(block)}
    return {"kind": "paragraph", "runs": _runs(block.runs)}


def _form(block: Form) -> dict[str, Any]:
    rows = [
        {
            "lines": row.lines,
            "cells": [
                {"text": clean(cell.text), "span": cell.span, "role": _ROLES[cell.role], "foot": clean(cell.foot)}
                for cell in row.cells
            ],
        }
        for row in block.rows
    ]
    band = {"text": clean(block.band.text), "colour": block.band.colour} if block.band else None
    return {"kind": "form", "widths": block.widths, "rows": rows, "band": band}


def _runs(runs: Sequence[TextRun]) -> list[dict[str, Any]]:
    return [{"text": clean(run.text), "mark": run.mark} for run in runs]


def _cleaned(texts: Sequence[str]) -> list[str]:
    return [clean(text) for text in texts]
