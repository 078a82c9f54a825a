"""The styles of an official document: GB/T 9704-2012 fonts and sizes under Word's own style names.

Headings carry Word's built-in names, so that the navigation pane, a table of contents and other
programs see them; parts that only an official document has carry their Chinese names.
Fonts are named, not shipped: whoever opens the file needs them (docx names a substitute each).
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import partial
from typing import TYPE_CHECKING

from models.later import later
from tasks.papers import paper
from tasks.papers.wordprocessing import attribute, clean, element, elements, indent

if TYPE_CHECKING:
    from docx import shared as units
    from docx.document import Document
    from docx.enum import style as kinds
    from docx.enum import text as choices
    from docx.oxml import ns
    from docx.styles.style import CharacterStyle, ParagraphStyle
else:
    units = later("docx.shared")
    kinds = later("docx.enum.style")
    choices = later("docx.enum.text")
    ns = later("docx.oxml.ns")


@dataclass(frozen=True)
class Fonts:
    """Font names by use; the defaults are the ones Chinese offices install."""

    title: str = "方正小标宋简体"
    body: str = "仿宋_GB2312"
    heading_1: str = "黑体"
    heading_2: str = "楷体_GB2312"
    page_number: str = "宋体"
    latin: str = "Times New Roman"


STANDARD_FONTS = Fonts()

# What Word should take when a font is not installed; Windows and WPS carry these.
_SUBSTITUTES = {
    "方正小标宋简体": "方正小标宋_GBK",
    "仿宋_GB2312": "仿宋",
    "楷体_GB2312": "楷体",
    "黑体": "SimHei",
    "宋体": "SimSun",
}

# Style ids, as paragraphs and runs name them.
NORMAL, TITLE, BODY, CAPTION, FOOTER = "Normal", "Title", "BodyText", "Caption", "Footer"
TABLE, TABLE_HEADER, TABLE_TEXT = "OfficialTable", "TableHeader", "TableText"
DENSE_TABLE, FORM = "DenseTable", "Form"
DOCUMENT_NUMBER, ADDRESSEE, ATTACHMENT = "DocumentNumber", "Addressee", "Attachment"
SIGNATURE, DATE = "IssuingOrgan", "DateOfIssue"
NUMBER_AND_SIGNER, SIGNER, IMPRINT = "NumberAndSigner", "Signer", "Imprint"
FORM_LABEL, FORM_TEXT, FORM_FIGURE, FORM_BAND = "FormLabel", "FormText", "FormFigure", "FormBand"
DENSE_HEADER, DENSE_TEXT, GAP, CHART = "DenseHeader", "DenseText", "Gap", "Chart"
BODY_CHARACTERS, UNVERIFIED = "BodyCharacters", "Unverified"

# Twips: what a cell keeps free at either side, and above and below its text.
SIDE, DENSE_SIDE, DENSE_ROOM, FORM_ROOM = 85, 60, 20, 60

_LEFT, _CENTRED, _RIGHT, _JUSTIFIED = "LEFT", "CENTER", "RIGHT", "JUSTIFY"
SET_AS_TEXT = 3
"""From this level on a heading is set in the font of the text."""
_THIN = 'w:sz="4" w:color="auto"'

# Without them LibreOffice takes its own, and sets some pairs of letters closer. Western text has its own language, for
# in Chinese a number is broken wherever the line ends.
_DEFAULTS = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr>'
    "</w:rPrDefault><w:pPrDefault/></w:docDefaults>"
)


def heading(level: int) -> str:
    """The style id of a heading, level 1 to 4."""
    return f"Heading{level}"


def add_styles(word: Document, fonts: Fonts) -> None:
    """All that the papers use, in a document that has none."""
    word.styles.element.extend(elements(_DEFAULTS))
    _add_normal(word, fonts)
    _add_text_styles(word, fonts)
    _add_table_styles(word, fonts)
    _add_character_styles(word, fonts)


def font_table(fonts: Fonts) -> bytes:
    """`word/fontTable.xml`: every font in use, with the substitute Word may take."""
    entries = "".join(
        f"<w:font w:name={attribute(name)}>"
        + (f"<w:altName w:val={attribute(_SUBSTITUTES[name])}/>" if name in _SUBSTITUTES else "")
        + "</w:font>"
        for name in dict.fromkeys(astuple(fonts))
    )
    return f"<w:fonts {ns.nsdecls('w')}>{entries}</w:fonts>".encode()


def _add_normal(word: Document, fonts: Fonts) -> None:
    """What all others are based on.

    The grid's pitch is a little narrower than the text. Word sets the text closer; LibreOffice gives each
    character two cells. So text keeps the pitch by its own line and character spacing, the same in both,
    instead of snapping. Without widow control a page always fills its 22 lines; without automatic space
    between Chinese and western text two digits take the place of one character.
    """
    normal = _add(
        word, NORMAL, "Normal", based_on=None, alignment=_JUSTIFIED, line=paper.LINE_PITCH, after=0,
        face=(fonts.body, fonts.latin), points=paper.BODY_POINTS,
    )  # fmt: skip
    normal.element.default = True
    normal.paragraph_format.widow_control = False
    for name in ("autoSpaceDE", "autoSpaceDN", "adjustRightInd", "snapToGrid"):
        normal.element.pPr.insert_element_before(element(name, val=0), "w:spacing")
    normal.font.snap_to_grid = False
    _space_characters(normal, paper.CHARACTER_SPACING)


def _add_text_styles(word: Document, fonts: Fonts) -> None:
    """Title, headings, addressee, body, attachments, signature and date (7.2.5, 7.3.1 to 7.3.5)."""
    add = partial(_add, word)
    add(DOCUMENT_NUMBER, "发文字号", alignment=_CENTRED, after=2)
    beside = add(NUMBER_AND_SIGNER, "发文字号和签发人", alignment=_LEFT, after=2).paragraph_format
    indent(beside, paper.CHARACTER, left=1, right=1)
    beside.tab_stops.add_tab_stop(
        units.Twips(round(paper.TEXT_WIDTH - paper.CHARACTER)), choices.WD_TAB_ALIGNMENT.RIGHT
    )
    add(
        TITLE, "Title", following=ADDRESSEE, alignment=_CENTRED, after=1, keep_next=True,
        face=(fonts.title, fonts.latin), points=paper.TITLE_POINTS,
    )  # fmt: skip
    # 7.3.3: 黑体, 楷体, then 仿宋 twice; the standard asks for neither bold nor colour.
    for level, font in enumerate((fonts.heading_1, fonts.heading_2, fonts.body, fonts.body)):
        style = add(
            heading(level + 1), f"heading {level + 1}", following=BODY, keep_next=True, after=0,
            face=(font, fonts.latin), points=paper.BODY_POINTS,
        )  # fmt: skip
        style.font.bold = style.font.italic = False
        style.element.pPr.get_or_add_outlineLvl().set(ns.qn("w:val"), str(level))
        indent(style.paragraph_format, paper.CHARACTER, firstLine=2)
    add(ADDRESSEE, "主送机关", following=BODY)
    indent(add(BODY, "Body Text").paragraph_format, paper.CHARACTER, firstLine=2)
    add(ATTACHMENT, "附件说明", alignment=_LEFT)
    add(SIGNATURE, "发文机关署名", following=DATE, alignment=_RIGHT, keep_next=True)
    add(DATE, "成文日期", alignment=_RIGHT)
    imprint = add(IMPRINT, "版记", points=paper.IMPRINT_POINTS)
    imprint.paragraph_format.widow_control = False
    _space_characters(imprint, 0)
    footer = add(
        FOOTER, "footer", line=paper.PAGE_NUMBER_POINTS * 20,
        face=(fonts.page_number, fonts.page_number), points=paper.PAGE_NUMBER_POINTS,
    )  # fmt: skip
    _space_characters(footer, 0)


def _add_table_styles(word: Document, fonts: Fonts) -> None:
    """Captions and cells, and what GB/T 9704 leaves to the office: forms, dense lists and charts of the supervision."""
    add, black = partial(_add, word), (fonts.heading_1, fonts.latin)
    add(CAPTION, "caption", alignment=_CENTRED, keep_next=True, face=black)
    text = add(TABLE_TEXT, "表格文字", line=paper.TABLE_LINE, points=paper.TABLE_POINTS)
    _space_characters(text, 0)
    add(TABLE_HEADER, "表头文字", based_on=TABLE_TEXT, alignment=_CENTRED, keep_next=True, face=black)
    add = partial(_add, word, based_on=TABLE_TEXT, offered=False)
    add(FORM_TEXT, "表单内容", alignment=_LEFT)
    add(FORM_LABEL, "表单栏目", alignment=_CENTRED, face=black)
    add(FORM_FIGURE, "表单数字", line=paper.FIGURE_LINE, alignment=_CENTRED, face=black, points=paper.FIGURE_POINTS)
    band = add(
        FORM_BAND, "表单色带", line=paper.BAND_LINE, alignment=_CENTRED, face=black, points=paper.PAGE_NUMBER_POINTS
    )
    band.font.color.rgb = units.RGBColor(0xFF, 0xFF, 0xFF)
    add(DENSE_TEXT, "清单文字", line=paper.DENSE_LINE, points=paper.DENSE_POINTS)
    add(DENSE_HEADER, "清单表头", based_on=DENSE_TEXT, alignment=_CENTRED, keep_next=True, face=black)
    add(GAP, "表后间隔", based_on=NORMAL, line=paper.GAP)
    # A picture in a line of fixed height would be cut off.
    add(CHART, "图", based_on=NORMAL, alignment=_CENTRED).paragraph_format.line_spacing = 1.0
    for identifier, name, side, room in (
        (TABLE, "公文表格", SIDE, 0),
        (DENSE_TABLE, "清单表格", DENSE_SIDE, DENSE_ROOM),
        (FORM, "表单", SIDE, FORM_ROOM),
    ):
        style = word.styles.add_style(name, kinds.WD_STYLE_TYPE.TABLE)
        style.element.styleId = identifier
        free = {"top": room, "left": side, "bottom": room, "right": side}
        margins = "".join(f'<w:{where} w:w="{width}" w:type="dxa"/>' for where, width in free.items())
        style.element.extend(elements(f"<w:tblPr>{borders()}<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"))


def borders(outside: str = _THIN) -> str:
    """`w:tblBorders`: thin lines between the cells, and those around the table as told."""
    lines = dict.fromkeys(("top", "left", "bottom", "right"), outside) | dict.fromkeys(("insideH", "insideV"), _THIN)
    drawn = (f'<w:{side} w:val="single" w:space="0" {line}/>' for side, line in lines.items())
    return f"<w:tblBorders>{''.join(drawn)}</w:tblBorders>"


def _add_character_styles(word: Document, fonts: Fonts) -> None:
    """正文字体 sets text that runs on after a heading; 待核 marks a sentence that names no source."""
    word.styles.add_style("Default Paragraph Font", kinds.WD_STYLE_TYPE.CHARACTER, builtin=True).element.default = True
    named = {
        BODY_CHARACTERS: ("正文字体", fonts.body),
        UNVERIFIED: ("待核", fonts.body),
        SIGNER: ("签发人姓名", fonts.heading_2),
    }
    made = {}
    for identifier, (name, font) in named.items():
        made[identifier] = style = word.styles.add_style(name, kinds.WD_STYLE_TYPE.CHARACTER)
        style.element.styleId = identifier
        style.quick_style = True
        _set_face(style, font, fonts.latin)
    body, unverified = made[BODY_CHARACTERS], made[UNVERIFIED]
    unverified.base_style = body
    unverified.font.underline = choices.WD_UNDERLINE.WAVY
    unverified.element.rPr.u.set(ns.qn("w:color"), "C00000")
    unverified.element.rPr.append(element("shd", val="clear", color="auto", fill="FFF2CC"))


def _add(
    word: Document,
    identifier: str,
    name: str,
    *,
    based_on: str | None = NORMAL,
    following: str | None = None,
    alignment: str | None = None,
    line: int | None = None,
    after: int | None = None,
    keep_next: bool | None = None,
    face: tuple[str, str] | None = None,
    points: float | None = None,
    offered: bool = True,
) -> ParagraphStyle:
    """A paragraph style: `line` is a fixed height in twips, `after` are whole lines of the grid, `face` the fonts
    of Chinese and western text; `offered` ones stand in the gallery of whoever edits the paper.
    """
    style: ParagraphStyle = word.styles.add_style(name, kinds.WD_STYLE_TYPE.PARAGRAPH, builtin=name.isascii())
    style.element.styleId, style.element.basedOn_val = identifier, based_on
    style.quick_style = offered
    if following:
        style.element.get_or_add_next().val = following
    layout = style.paragraph_format
    layout.alignment = None if alignment is None else getattr(choices.WD_ALIGN_PARAGRAPH, alignment)
    layout.keep_with_next = keep_next
    layout.line_spacing = None if line is None else units.Twips(line)
    if after is not None:
        layout.space_before, layout.space_after = units.Twips(0), units.Twips(after * paper.LINE_PITCH)
    if face:
        _set_face(style, *face)
    style.font.size = None if points is None else units.Pt(points)
    return style


def _set_face(style: CharacterStyle, east_asian: str, latin: str) -> None:
    style.font.name = clean(latin)
    style.element.rPr.rFonts.set(ns.qn("w:eastAsia"), clean(east_asian))


def _space_characters(style: CharacterStyle, twips: int) -> None:
    style.element.get_or_add_rPr().insert_element_before(element("spacing", val=twips), "w:sz")
