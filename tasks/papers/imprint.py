"""版记: the lines at the foot of the last page, who gets a copy and who printed it when (7.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.later import later
from tasks.papers import paper, styles
from tasks.papers.wordprocessing import escaped

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml import ns, parser
else:
    ns = later("docx.oxml.ns")
    parser = later("docx.oxml.parser")

_CHARACTER = paper.IMPRINT_POINTS * 20
_LINE = paper.IMPRINT_POINTS * 28
_RULE = 60
_THICK, _THIN = 8, 6
"""Eighths of a point: 0.35 mm above and below, 0.25 mm between (7.4.1)."""
_EMU = 635  # of a twip
_SHAPE = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"


def add_imprint(word: Document, lines: Sequence[tuple[str, str]]) -> None:
    """Write the lines, each as what stands at the left and at the right, at the foot of the page on which the last
    paragraph ends, whatever stands above.
    """
    written, height = _rule(_THICK), _RULE
    for number, (left, right) in enumerate(lines, start=1):
        room = paper.TEXT_WIDTH / _CHARACTER - (2 if right else 5)
        written += _line(left, right) + _rule(_THICK if number == len(lines) else _THIN)
        height += _RULE + _LINE * (1 if right else paper.lines(left.removeprefix("抄送："), room))
    word.paragraphs[-1]._p.append(parser.parse_xml(_anchored(written, height)))


def _anchored(content: str, height: int) -> str:
    """A text box without a line of its own, at the foot of the text; text above keeps clear of it."""
    size = f'cx="{paper.TEXT_WIDTH * _EMU}" cy="{height * _EMU}"'
    return (
        f'<w:r {ns.nsdecls("w", "wp", "a")} xmlns:wps="{_SHAPE}"><w:drawing><wp:anchor distT="0" distB="0" distL="0" '
        'distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="0">'
        '<wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="margin"><wp:align>center</wp:align></wp:positionH>'
        '<wp:positionV relativeFrom="margin"><wp:align>bottom</wp:align></wp:positionV>'
        f'<wp:extent {size}/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapTopAndBottom/>'
        f'<wp:docPr id="1000" name="版记"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{_SHAPE}"><wps:wsp>'
        f'<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>'
        f"<wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx>"
        '<wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"/></wps:wsp></a:graphicData></a:graphic></wp:anchor>'
        "</w:drawing></w:r>"
    )


def _rule(eighths: int) -> str:
    border = f'<w:pBdr><w:bottom w:val="single" w:sz="{eighths}" w:space="0" w:color="auto"/></w:pBdr>'
    height = f'<w:spacing w:line="{_RULE}" w:lineRule="exact"/>'
    return f'<w:p><w:pPr><w:pStyle w:val="{styles.IMPRINT}"/>{border}{height}</w:pPr></w:p>'


def _line(left: str, right: str) -> str:
    # What is too long for a line begins under the first name.
    first, hanging = (1, 0) if right else (4, 3)
    indents = f'<w:ind w:left="{first * _CHARACTER}" w:right="{_CHARACTER}" w:hanging="{hanging * _CHARACTER}"/>'
    stop = f'<w:tabs><w:tab w:val="right" w:pos="{paper.TEXT_WIDTH - _CHARACTER}"/></w:tabs>'
    height = f'<w:spacing w:line="{_LINE}" w:lineRule="exact"/>'
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{styles.IMPRINT}"/>{stop}{height}{indents}</w:pPr>'
        f"{_run(left)}{f'<w:r><w:tab/></w:r>{_run(right)}' if right else ''}</w:p>"
    )


def _run(text: str) -> str:
    return f'<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">{escaped(text)}</w:t></w:r>'
