"""Page numbers of GB/T 9704-2012 (7.5): 4 号半角宋体 between dashes, odd pages right, even pages left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.later import later
from tasks.papers.paper import PAGE_NUMBER_POINTS
from tasks.papers.wordprocessing import add_text, element, indent

if TYPE_CHECKING:
    from docx.document import Document
    from docx.enum import text as choices
else:
    choices = later("docx.enum.text")

_ONE_CHARACTER = PAGE_NUMBER_POINTS * 20


def add_page_numbers(word: Document) -> None:
    """`— 1 —` right on odd pages, `— 2 —` left on even ones, one character from the edge of the text block."""
    word.settings.odd_and_even_pages_header_footer = True
    [section] = word.sections
    for footer, side, alignment in (
        (section.footer, "right", choices.WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, "left", choices.WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        line = add_text(footer.paragraphs[0], "— ")
        code = element("instrText")
        code.text = "PAGE"
        for piece in (element("fldChar", fldCharType="begin"), code, element("fldChar", fldCharType="separate")):
            line.add_run()._r.append(piece)
        line.add_run("1")
        line.add_run()._r.append(element("fldChar", fldCharType="end"))
        add_text(line, " —")
        line.alignment = alignment
        indent(line.paragraph_format, _ONE_CHARACTER, **{side: 1})
