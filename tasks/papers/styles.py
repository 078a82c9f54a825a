"""The styles of an official document: GB/T 9704-2012 fonts and sizes under Word's own style names.

Headings carry Word's built-in names, so that the navigation pane, a table of contents and other
programs see them; parts that only an official document has carry their Chinese names.
Fonts are named, not shipped: whoever opens the file needs them (docx names a substitute each).
"""

from dataclasses import astuple, dataclass

from tasks.papers import paper
from tasks.papers.wordprocessing import DECLARATION, NAMESPACES, attribute


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
DOCUMENT_NUMBER, ADDRESSEE, ATTACHMENT = "DocumentNumber", "Addressee", "Attachment"
SIGNATURE, DATE = "IssuingOrgan", "DateOfIssue"
FORM_LABEL, FORM_TEXT, FORM_FIGURE, FORM_BAND = "FormLabel", "FormText", "FormFigure", "FormBand"
DENSE_HEADER, DENSE_TEXT, GAP, CHART = "DenseHeader", "DenseText", "Gap", "Chart"
BODY_CHARACTERS, UNVERIFIED = "BodyCharacters", "Unverified"


def heading(level: int) -> str:
    """The style id of a heading, level 1 to 4."""
    return f"Heading{level}"


def _fonts(east_asian: str, latin: str) -> str:
    chinese, western = attribute(east_asian), attribute(latin)
    return f"<w:rFonts w:ascii={western} w:hAnsi={western} w:eastAsia={chinese} w:cs={western}/>"


def _size(points: float) -> str:
    return f'<w:sz w:val="{points * 2:.0f}"/><w:szCs w:val="{points * 2:.0f}"/>'


def _spacing(*, before: int = 0, after: int = 0) -> str:
    """Fixed line spacing of one grid line; `before` and `after` are whole lines."""
    return (
        f'<w:spacing w:beforeLines="{before * 100}" w:before="{before * paper.LINE_PITCH}"'
        f' w:afterLines="{after * 100}" w:after="{after * paper.LINE_PITCH}"'
        f' w:line="{paper.LINE_PITCH}" w:lineRule="exact"/>'
    )


def _line_height(points: float) -> str:
    """Fixed line spacing off the grid."""
    return f'<w:spacing w:line="{points * 20:.0f}" w:lineRule="exact"/>'


BLANK_LINE_BEFORE = f'<w:spacing w:beforeLines="100" w:before="{paper.LINE_PITCH}"/>'
_FIRST_LINE_INDENT = f'<w:ind w:firstLineChars="200" w:firstLine="{paper.characters(2)}"/>'


def _paragraph_style(
    identifier: str,
    name: str,
    *,
    paragraph: str = "",
    characters: str = "",
    based_on: str = NORMAL,
    following: str | None = None,
) -> str:
    following_style = f'<w:next w:val="{following}"/>' if following else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{identifier}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based_on}"/>{following_style}<w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{characters}</w:rPr></w:style>"
    )


def _heading_styles(fonts: Fonts) -> str:
    """7.3.3: 黑体, 楷体, then 仿宋 twice; the standard asks for neither bold nor colour."""
    return "".join(
        _paragraph_style(
            heading(level),
            f"heading {level}",
            paragraph=f'<w:keepNext/>{_spacing()}{_FIRST_LINE_INDENT}<w:outlineLvl w:val="{level - 1}"/>',
            characters=_fonts(font, fonts.latin)
            + '<w:b w:val="0"/><w:i w:val="0"/><w:color w:val="auto"/>'
            + _size(paper.BODY_POINTS),
            following=BODY,
        )
        for level, font in enumerate((fonts.heading_1, fonts.heading_2, fonts.body, fonts.body), start=1)
    )


def _text_styles(fonts: Fonts) -> str:
    """Title, addressee, body, attachments, signature and date (7.2.5, 7.3.1 to 7.3.5)."""
    return (
        _paragraph_style(DOCUMENT_NUMBER, "发文字号", paragraph=_spacing(after=2) + '<w:jc w:val="center"/>')
        + _paragraph_style(
            TITLE,
            "Title",
            paragraph="<w:keepNext/>" + _spacing(after=1) + '<w:jc w:val="center"/>',
            characters=_fonts(fonts.title, fonts.latin) + '<w:b w:val="0"/>' + _size(paper.TITLE_POINTS),
            following=ADDRESSEE,
        )
        + _paragraph_style(ADDRESSEE, "主送机关", following=BODY)
        + _paragraph_style(BODY, "Body Text", paragraph=_FIRST_LINE_INDENT)
        + _paragraph_style(ATTACHMENT, "附件说明", paragraph='<w:jc w:val="left"/>')
        + _paragraph_style(SIGNATURE, "发文机关署名", paragraph='<w:keepNext/><w:jc w:val="right"/>', following=DATE)
        + _paragraph_style(DATE, "成文日期", paragraph='<w:jc w:val="right"/>')
    )


def _table_styles(fonts: Fonts) -> str:
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        _paragraph_style(
            CAPTION,
            "caption",
            paragraph='<w:keepNext/><w:jc w:val="center"/>',
            characters=_fonts(fonts.heading_1, fonts.latin),
        )
        + _paragraph_style(
            TABLE_TEXT,
            "表格文字",
            paragraph=_line_height(paper.TABLE_POINTS * 1.5),
            characters='<w:spacing w:val="0"/>' + _size(paper.TABLE_POINTS),
        )
        + _paragraph_style(
            TABLE_HEADER,
            "表头文字",
            paragraph='<w:keepNext/><w:jc w:val="center"/>',
            characters=_fonts(fonts.heading_1, fonts.latin),
            based_on=TABLE_TEXT,
        )
        + '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="85" w:type="dxa"/>'
        '<w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        f'<w:style w:type="table" w:styleId="{TABLE}"><w:name w:val="公文表格"/>'
        f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr></w:style>'
    )


def _supervision_styles(fonts: Fonts) -> str:
    """Forms, dense lists and charts: paper of the supervision, which GB/T 9704 leaves to the office."""
    black = _fonts(fonts.heading_1, fonts.latin)
    left, centred = '<w:jc w:val="left"/>', '<w:jc w:val="center"/>'
    return (
        _paragraph_style(FORM_TEXT, "表单内容", paragraph=left, based_on=TABLE_TEXT)
        + _paragraph_style(FORM_LABEL, "表单栏目", paragraph=centred, characters=black, based_on=TABLE_TEXT)
        + _paragraph_style(
            FORM_FIGURE,
            "表单数字",
            paragraph=_line_height(paper.FIGURE_LINE / 20) + centred,
            characters=black + _size(paper.FIGURE_POINTS),
            based_on=TABLE_TEXT,
        )
        + _paragraph_style(
            FORM_BAND,
            "表单色带",
            paragraph=_line_height(paper.BAND_LINE / 20) + centred,
            characters=black + '<w:color w:val="FFFFFF"/>' + _size(paper.PAGE_NUMBER_POINTS),
            based_on=TABLE_TEXT,
        )
        + _paragraph_style(
            DENSE_TEXT,
            "清单文字",
            paragraph=_line_height(paper.DENSE_LINE / 20),
            characters=_size(paper.DENSE_POINTS),
            based_on=TABLE_TEXT,
        )
        + _paragraph_style(
            DENSE_HEADER, "清单表头", paragraph=f"<w:keepNext/>{centred}", characters=black, based_on=DENSE_TEXT
        )
        + _paragraph_style(GAP, "表后间隔", paragraph=_line_height(paper.GAP / 20))
        # A picture in a line of fixed height would be cut off.
        + _paragraph_style(CHART, "图", paragraph=f'<w:spacing w:line="240" w:lineRule="auto"/>{centred}')
    )


def _character_styles(fonts: Fonts) -> str:
    """正文字体 sets text that runs on after a heading; 待核 marks a sentence that names no source."""
    body = _fonts(fonts.body, fonts.latin)
    return (
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>'
        f'<w:style w:type="character" w:styleId="{BODY_CHARACTERS}"><w:name w:val="正文字体"/>'
        f"<w:qFormat/><w:rPr>{body}</w:rPr></w:style>"
        f'<w:style w:type="character" w:styleId="{UNVERIFIED}"><w:name w:val="待核"/>'
        f'<w:basedOn w:val="{BODY_CHARACTERS}"/><w:qFormat/><w:rPr><w:u w:val="wave" w:color="C00000"/>'
        '<w:shd w:val="clear" w:color="auto" w:fill="FFF2CC"/></w:rPr></w:style>'
    )


def styles_part(fonts: Fonts, *, supervision: bool = False) -> str:
    """`word/styles.xml`, with the styles of forms, dense lists and charts only where they are used.

    No theme: a theme's fonts would override the standard's.
    """
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_fonts(fonts.body, fonts.latin)}{_size(paper.BODY_POINTS)}"
        '<w:lang w:val="zh-CN" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
    )
    # The grid's pitch is a little narrower than the text. Word sets the text closer; LibreOffice gives each
    # character two cells. So text keeps the pitch by its own line and character spacing, the same in both,
    # instead of snapping. Without widow control a page always fills its 22 lines; without automatic space
    # between Chinese and western text two digits take the place of one character.
    normal = (
        f'<w:style w:type="paragraph" w:default="1" w:styleId="{NORMAL}"><w:name w:val="Normal"/><w:qFormat/>'
        '<w:pPr><w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'<w:adjustRightInd w:val="0"/><w:snapToGrid w:val="0"/>{_spacing()}<w:jc w:val="both"/></w:pPr>'
        f'<w:rPr>{_fonts(fonts.body, fonts.latin)}<w:snapToGrid w:val="0"/>'
        f'<w:spacing w:val="{paper.CHARACTER_SPACING}"/>{_size(paper.BODY_POINTS)}</w:rPr></w:style>'
    )
    footer = _paragraph_style(
        FOOTER,
        "footer",
        paragraph=_line_height(paper.PAGE_NUMBER_POINTS),
        characters=_fonts(fonts.page_number, fonts.page_number)
        + '<w:spacing w:val="0"/>'
        + _size(paper.PAGE_NUMBER_POINTS),
    )
    return (
        f"{DECLARATION}<w:styles {NAMESPACES}>{defaults}{normal}{_heading_styles(fonts)}{_text_styles(fonts)}"
        f"{footer}{_character_styles(fonts)}{_table_styles(fonts)}"
        f"{_supervision_styles(fonts) if supervision else ''}</w:styles>"
    )


def font_table_part(fonts: Fonts) -> str:
    """`word/fontTable.xml`: every font in use, with the substitute Word may take."""
    entries = "".join(
        f"<w:font w:name={attribute(name)}>"
        + (f"<w:altName w:val={attribute(_SUBSTITUTES[name])}/>" if name in _SUBSTITUTES else "")
        + "</w:font>"
        for name in dict.fromkeys(astuple(fonts))
    )
    return f"{DECLARATION}<w:fonts {NAMESPACES}>{entries}</w:fonts>"
