"""Charts in an official document: DrawingML that Word draws itself, so that a chart can be read, copied and restyled.

The numbers stand in the chart as literals; no workbook is embedded. What the picture shows is also said in words
(the alternative text), for whoever prints without colour or has the page read out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING

from models.later import later
from tasks.papers import paper, styles
from tasks.papers.styles import Fonts
from tasks.papers.wordprocessing import add_paragraph, attribute, elements, escaped

if TYPE_CHECKING:
    from docx.document import Document
    from docx.opc import constants, packuri
    from docx.opc import part as parts
else:
    constants = later("docx.opc.constants")
    packuri = later("docx.opc.packuri")
    parts = later("docx.opc.part")

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_CHART = f"{_DRAWING}/chart"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_EMU_PER_MILLIMETRE = 36_000

# Millimetres: the text block is 156 wide and 225 high.
WIDTH = 156
_FRAME, _UPRIGHT, _HIGHEST = 34, 78, 200
_BAR, _GAP = 4.5, 3.5

# Hundredths of a point.
_TITLE_SIZE, _TEXT_SIZE = 1200, 1050

# Full-width characters that names may take in the picture; the alternative text says them whole.
_TITLE_ROOM, _NAME_ROOM = 32, 10

_LARGEST = 1e15

_CATEGORY_AXIS, _VALUE_AXIS = 1001, 1002
_AXIS_IDS = f'<c:axId val="{_CATEGORY_AXIS}"/><c:axId val="{_VALUE_AXIS}"/>'
_MARKERS = ("circle", "square", "diamond", "triangle")


@dataclass(frozen=True)
class Series:
    """One row of numbers under one name; `colour` is RRGGBB, `values` go with the categories one by one.

    Raises ValueError for another colour, and for a value that is negative, not finite or beyond 10^15.
    """

    name: str
    colour: str
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not re.fullmatch("[0-9A-Fa-f]{6}", self.colour):
            raise ValueError(f"a colour is six hexadecimal digits, not {self.colour!r}")
        if not all(0 <= value <= _LARGEST for value in self.values):
            raise ValueError("a chart shows numbers that are not negative, and none beyond all counting")


@dataclass(frozen=True)
class BarChart:
    """Bars: lying or upright, the series of a category in one bar (stacked) or side by side.

    Lying bars stand in the order of the categories, the first on top. Raises ValueError where a series has
    another number of values than there are categories, or there is nothing to draw.
    """

    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    horizontal: bool = True
    stacked: bool = True

    def __post_init__(self) -> None:
        _check(self.categories, self.series)


@dataclass(frozen=True)
class LineChart:
    """A line for each series over the categories in their order (a trend). Raises ValueError as `BarChart` does."""

    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]

    def __post_init__(self) -> None:
        _check(self.categories, self.series)


Chart = BarChart | LineChart


def _check(categories: Sequence[str], series: Sequence[Series]) -> None:
    if not categories or not series or any(len(one.values) != len(categories) for one in series):
        raise ValueError("every series of a chart has a value for each category, and there is one of either at least")


def in_words(block: Chart) -> str:
    """All the chart says, as a sentence a category: 甲科：正常3，逾期1。"""
    sentences = (
        f"{category}：{'，'.join(f'{one.name}{written(one.values[place])}' for one in block.series)}。"
        for place, category in enumerate(block.categories)
    )
    return f"{block.title}。{''.join(sentences)}"


def add_chart(word: Document, block: Chart, number: int, fonts: Fonts) -> None:
    """The chart of that number, counted from 1, in a paragraph of its own and as wide as the text block."""
    part = parts.Part(
        packuri.PackURI(f"/word/charts/chart{number}.xml"),
        constants.CONTENT_TYPE.DML_CHART,
        _part(block, fonts).encode(),
    )
    width, height = (round(length * _EMU_PER_MILLIMETRE) for length in (WIDTH, chart_height(block)))
    drawing = (
        f'<w:drawing><wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing" distT="0" distB="0" distL="0"'
        f' distR="0"><wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:docPr id="{number}" name="图表 {number}" descr={attribute(in_words(block))}/><wp:cNvGraphicFramePr/>'
        f'<a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData uri="{_CHART}">'
        f'<c:chart xmlns:c="{_CHART}" xmlns:r="{_RELATIONSHIPS}"'
        f' r:id="{word.part.relate_to(part, constants.RELATIONSHIP_TYPE.CHART)}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    add_paragraph(word, styles.CHART).add_run()._r.extend(elements(drawing))


def _part(block: Chart, fonts: Fonts) -> str:
    """`word/charts/chartN.xml`."""
    drawn = _bars(block, fonts) if isinstance(block, BarChart) else _lines(block, fonts)
    return (
        f'<c:chartSpace xmlns:c="{_CHART}" xmlns:a="{_DRAWING}/main" xmlns:r="{_RELATIONSHIPS}">'
        '<c:date1904 val="0"/><c:lang val="zh-CN"/><c:roundedCorners val="0"/>'
        f'<c:chart>{_title(block.title, fonts)}<c:autoTitleDeleted val="0"/>'
        f"<c:plotArea><c:layout/>{drawn}{_axes(block, fonts)}</c:plotArea>"
        f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{_text(fonts)}</c:legend>'
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr>{_fill('FFFFFF')}<a:ln><a:noFill/></a:ln></c:spPr>{_text(fonts)}</c:chartSpace>"
    )


def chart_height(block: Chart) -> float:
    """In millimetres: lying bars as many as there are, up to nearly a page."""
    if isinstance(block, LineChart) or not block.horizontal:
        return _UPRIGHT
    bars = 1 if block.stacked else len(block.series)
    return min(_FRAME + len(block.categories) * (bars * _BAR + _GAP), _HIGHEST)


def _title(words: str, fonts: Fonts) -> str:
    look = _characters(fonts.heading_1, fonts.latin, _TITLE_SIZE)
    return (
        "<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr>"
        f'<a:defRPr {look}</a:defRPr></a:pPr><a:r><a:rPr lang="zh-CN" {look}</a:rPr>'
        f"<a:t>{escaped(paper.shortened(words, _TITLE_ROOM))}</a:t></a:r></a:p></c:rich></c:tx>"
        '<c:overlay val="0"/></c:title>'
    )


def _bars(block: BarChart, fonts: Fonts) -> str:
    series = "".join(
        _series(
            place,
            one,
            block.categories,
            # White edges keep the pieces of a bar apart where their colours come out alike.
            before=f"<c:spPr>{_fill(one.colour)}{_edge('FFFFFF', 9525) if block.stacked else ''}</c:spPr>"
            '<c:invertIfNegative val="0"/>'
            + (
                _labels(one, fonts, "ctr", colour=readable_on(one.colour), zeros=False)
                if block.stacked
                else _labels(one, fonts, "outEnd", colour="000000", zeros=True)
            ),
        )
        for place, one in enumerate(block.series)
    )
    return (
        f'<c:barChart><c:barDir val="{"bar" if block.horizontal else "col"}"/>'
        f'<c:grouping val="{"stacked" if block.stacked else "clustered"}"/><c:varyColors val="0"/>{series}'
        f'<c:gapWidth val="70"/><c:overlap val="{100 if block.stacked else 0}"/>{_AXIS_IDS}</c:barChart>'
    )


def _lines(block: LineChart, fonts: Fonts) -> str:
    series = "".join(
        _series(
            place,
            one,
            block.categories,
            # Lines differ by their marks too, for paper without colour.
            before=f"<c:spPr>{_edge(one.colour, 28575)}</c:spPr>"
            f'<c:marker><c:symbol val="{_MARKERS[place % len(_MARKERS)]}"/><c:size val="7"/>'
            f"<c:spPr>{_fill(one.colour)}{_edge(one.colour, 9525)}</c:spPr></c:marker>"
            + _labels(one, fonts, "t", colour=one.colour, zeros=True),
            after='<c:smooth val="0"/>',
        )
        for place, one in enumerate(block.series)
    )
    return (
        f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}'
        f'<c:marker val="1"/>{_AXIS_IDS}</c:lineChart>'
    )


def _series(place: int, one: Series, categories: Sequence[str], *, before: str, after: str = "") -> str:
    names = _points(escaped(paper.shortened(category, _NAME_ROOM)) for category in categories)
    values = _points(map(written, one.values))
    return (
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/>'
        f"<c:tx><c:v>{escaped(paper.shortened(one.name, _NAME_ROOM))}</c:v></c:tx>{before}"
        f"<c:cat><c:strLit>{names}</c:strLit></c:cat>"
        f"<c:val><c:numLit><c:formatCode>General</c:formatCode>{values}</c:numLit></c:val>{after}</c:ser>"
    )


def _points(texts: Iterable[str]) -> str:
    points = [f'<c:pt idx="{place}"><c:v>{text}</c:v></c:pt>' for place, text in enumerate(texts)]
    return f'<c:ptCount val="{len(points)}"/>{"".join(points)}'


def _labels(one: Series, fonts: Fonts, position: str, *, colour: str, zeros: bool) -> str:
    """The numbers beside their marks; nothings inside a stacked bar would only cover their neighbours."""
    code = "0" if all(value == int(value) for value in one.values) else "0.0"
    shown = code if zeros else f"{code};;"
    return (
        f'<c:dLbls><c:numFmt formatCode="{shown}" sourceLinked="0"/>'
        "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f'{_text(fonts, colour)}<c:dLblPos val="{position}"/><c:showLegendKey val="0"/><c:showVal val="1"/>'
        '<c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
    )


def _axes(block: Chart, fonts: Fonts) -> str:
    lying = isinstance(block, BarChart) and block.horizontal
    stacked = isinstance(block, BarChart) and block.stacked
    sums = [sum(values) for values in zip(*(one.values for one in block.series), strict=True)]
    step, top = scale(max(sums) if stacked else max(value for one in block.series for value in one.values))
    # Lying categories run from the top; the axis of the values then stands at their far end, the bottom.
    return (
        f'<c:catAx><c:axId val="{_CATEGORY_AXIS}"/>'
        f'<c:scaling><c:orientation val="{"maxMin" if lying else "minMax"}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{"l" if lying else "b"}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f"<c:spPr>{_edge('7F7F7F', 9525)}</c:spPr>{_text(fonts)}"
        f'<c:crossAx val="{_VALUE_AXIS}"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        '<c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="{_VALUE_AXIS}"/><c:scaling><c:orientation val="minMax"/>'
        f'<c:max val="{written(top)}"/><c:min val="0"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{"b" if lying else "l"}"/><c:majorGridlines><c:spPr>{_edge("D9D9D9", 6350)}</c:spPr>'
        '</c:majorGridlines><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>'
        f'{_text(fonts)}<c:crossAx val="{_CATEGORY_AXIS}"/><c:crosses val="{"max" if lying else "autoZero"}"/>'
        f'<c:crossBetween val="between"/><c:majorUnit val="{written(step)}"/></c:valAx>'
    )


def scale(largest: float) -> tuple[float, float]:
    """The step of the value axis (1, 2, 5, 10, …) and its end, with room for a label above the largest value."""
    step, factors = 1.0, cycle((2, 2.5, 2))
    while step * 5 < largest:
        step *= next(factors)
    return step, step * max(1, math.ceil(largest * 1.04 / step))


def written(value: float) -> str:
    """The number as a chart shows it: whole without a point."""
    return str(int(value)) if value == int(value) else repr(float(value))


def _text(fonts: Fonts, colour: str = "000000") -> str:
    look = _characters(fonts.body, fonts.latin, _TEXT_SIZE, colour)
    return (
        f"<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr {look}</a:defRPr></a:pPr>"
        '<a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )


def _characters(east_asian: str, latin: str, size: int, colour: str = "000000") -> str:
    """The rest of a character property element, from its attributes on."""
    faces = f"<a:latin typeface={attribute(latin)}/><a:ea typeface={attribute(east_asian)}/>"
    return f'sz="{size}" b="0">{_fill(colour)}{faces}'


def _fill(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour.upper()}"/></a:solidFill>'


def _edge(colour: str, width: int) -> str:
    """A line so many English Metric Units wide (12,700 to the point)."""
    return f'<a:ln w="{width}">{_fill(colour)}</a:ln>'


def readable_on(colour: str) -> str:
    """White while its contrast is four to one, else black (WCAG 2 relative luminance)."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return "FFFFFF" if 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4 else "000000"
