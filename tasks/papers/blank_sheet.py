"""The blank sheet of an official document (GB/T 9704-2012): geometry, grid, styles and page numbers, made once."""

import io
from functools import cache

import docx
from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.shared import Twips

from tasks.papers import paper
from tasks.papers.package import packed
from tasks.papers.page_numbers import add_page_numbers
from tasks.papers.styles import Fonts, add_styles, font_table
from tasks.papers.wordprocessing import element, elements

_KEPT = (
    RELATIONSHIP_TYPE.OFFICE_DOCUMENT,
    RELATIONSHIP_TYPE.STYLES,
    RELATIONSHIP_TYPE.SETTINGS,
    RELATIONSHIP_TYPE.CORE_PROPERTIES,
)

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
    part = Part(PackURI("/word/fontTable.xml"), CONTENT_TYPE.WML_FONT_TABLE, font_table(fonts), word.part.package)
    word.part.relate_to(part, RELATIONSHIP_TYPE.FONT_TABLE)
    add_styles(word, fonts)
    [section] = word.sections
    section.page_width, section.page_height = Twips(paper.PAGE_WIDTH), Twips(paper.PAGE_HEIGHT)
    section.top_margin, section.bottom_margin = Twips(paper.MARGIN_TOP), Twips(paper.MARGIN_BOTTOM)
    section.left_margin, section.right_margin = Twips(paper.MARGIN_LEFT), Twips(paper.MARGIN_RIGHT)
    section.header_distance, section.footer_distance = Twips(paper.HEADER_DISTANCE), Twips(paper.FOOTER_DISTANCE)
    section.gutter = Twips(0)
    section._sectPr.append(
        element("docGrid", type="linesAndChars", linePitch=paper.LINE_PITCH, charSpace=paper.CHARACTER_SPACE)
    )
    add_page_numbers(word)
    return packed(word)


def _bare() -> Document:
    """The library's own blank document without its author, and without theme and styles, which bring their fonts."""
    word = docx.Document()
    for relationships in (word.part.rels, word.part.package.rels):
        for key in [key for key, one in relationships.items() if one.reltype not in _KEPT]:
            del relationships[key]
    for root in (word.styles.element, word.settings.element, word.core_properties._element, word.sections[0]._sectPr):
        root.clear()
    return word
