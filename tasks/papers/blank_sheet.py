"""The blank sheet of an official document (GB/T 9704-2012): geometry, grid, styles and page numbers, made once."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

from models.later import later
from tasks.papers import paper
from tasks.papers.package import packed
from tasks.papers.page_numbers import add_page_numbers
from tasks.papers.styles import Fonts, add_styles, font_table
from tasks.papers.wordprocessing import element, elements

if TYPE_CHECKING:
    import docx
    from docx import shared as units
    from docx.document import Document
    from docx.opc import constants, packuri
    from docx.opc import part as parts
else:
    docx = later("docx")
    units = later("docx.shared")
    constants = later("docx.opc.constants")
    packuri = later("docx.opc.packuri")
    parts = later("docx.opc.part")

# Full-width punctuation keeps its place on the grid; a line break in a justified paragraph does not stretch the
# line. Mode 15 keeps Word from opening the file as an old format.
_SETTINGS = (
    '<w:defaultTabStop w:val="420"/><w:characterSpacingControl w:val="doNotCompress"/>'
    "<w:compat><w:balanceSingleByteDoubleByteWidth/><w:doNotExpandShiftReturn/><w:useFELayout/>"
    '<w:compatSetting w:name="compatibilityMode" w:val="15" w:uri="http://schemas.microsoft.com/office/word"/>'
    '</w:compat><w:themeFontLang w:val="zh-CN" w:eastAsia="zh-CN"/>'
)


def blank_sheet(fonts: Fonts) -> Document:
    """A document to write on. Nothing in it knows a day, an author or the library."""
    return docx.Document(io.BytesIO(_made(fonts)))


@cache
def _made(fonts: Fonts) -> bytes:
    word = _bare()
    word.core_properties.language = "zh-CN"
    word.settings.element.extend(elements(_SETTINGS))
    part = parts.Part(
        packuri.PackURI("/word/fontTable.xml"),
        constants.CONTENT_TYPE.WML_FONT_TABLE,
        font_table(fonts),
        word.part.package,
    )
    word.part.relate_to(part, constants.RELATIONSHIP_TYPE.FONT_TABLE)
    add_styles(word, fonts)
    [section] = word.sections
    section.page_width, section.page_height = units.Twips(paper.PAGE_WIDTH), units.Twips(paper.PAGE_HEIGHT)
    section.top_margin, section.bottom_margin = units.Twips(paper.MARGIN_TOP), units.Twips(paper.MARGIN_BOTTOM)
    section.left_margin, section.right_margin = units.Twips(paper.MARGIN_LEFT), units.Twips(paper.MARGIN_RIGHT)
    section.header_distance, section.footer_distance = (
        units.Twips(paper.HEADER_DISTANCE),
        units.Twips(paper.FOOTER_DISTANCE),
    )
    section.gutter = units.Twips(0)
    section._sectPr.append(
        element("docGrid", type="linesAndChars", linePitch=paper.LINE_PITCH, charSpace=paper.CHARACTER_SPACE)
    )
    add_page_numbers(word)
    return packed(word)


def _bare() -> Document:
    """The library's own blank document without its author, and without theme and styles, which bring their fonts."""
    word = docx.Document()
    of = constants.RELATIONSHIP_TYPE
    kept = {of.OFFICE_DOCUMENT, of.STYLES, of.SETTINGS, of.CORE_PROPERTIES}
    for relationships in (word.part.rels, word.part.package.rels):
        for key in [key for key, one in relationships.items() if one.reltype not in kept]:
            del relationships[key]
    for root in (word.styles.element, word.settings.element, word.core_properties._element, word.sections[0]._sectPr):
        root.clear()
    return word
