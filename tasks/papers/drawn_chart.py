"""Charts drawn as SVG: for a page of the office's site and for a PDF, the same picture as Word draws from the numbers.

Lengths are tenths of a millimetre. Colours and texts stand in attributes, so that the picture needs no style sheet.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tasks.papers import paper
from tasks.papers.charts import WIDTH, BarChart, Chart, Series, chart_height, in_words, readable_on, scale, written
from tasks.papers.wordprocessing import attribute, escaped

_SIDE, _HEAD, _FOOT, _TEXT, _TITLE = 40, 110, 150, 37, 42
_NAME_ROOM, _TITLE_ROOM = 10, 32
_GRID, _AXIS, _INK = "D9D9D9", "7F7F7F", "000000"


@dataclass(frozen=True)
class _Plot:
    """Where the axes lie: left, top, width and height, and what one unit of value measures."""

    left: float
    top: float
    wide: float
    high: float
    unit: float


def drawn(chart: Chart, font: str = "sans-serif") -> str:
    """The chart as an `<svg>` of the text block's width, said in words for whoever cannot see it.

    `font` is what its texts are set in. The same chart gives the same text.
    """
    lying = isinstance(chart, BarChart) and chart.horizontal
    stacked = isinstance(chart, BarChart) and chart.stacked
    sums = [sum(values) for values in zip(*(one.values for one in chart.series), strict=True)]
    step, top = scale(max(sums) if stacked else max(value for one in chart.series for value in one.values))
    wide, high = WIDTH * 10, round(chart_height(chart) * 10)
    names = max(paper.width(paper.shortened(name, _NAME_ROOM)) for name in chart.categories)
    left = _SIDE + _TEXT * (names if lying else max(2.0, paper.width(written(top)))) + 15
    room = (wide - left - _SIDE, high - _HEAD - _FOOT)
    plot = _Plot(left, _HEAD, *room, (room[0] if lying else room[1]) / top)
    body = "".join((*_grid(plot, step, top, lying=lying), *_marks(chart, plot), *_names(chart, plot, lying=lying)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDTH}mm" height="{high / 10:g}mm"'
        f' viewBox="0 0 {wide} {high}" font-family={attribute(font)} font-size="{_TEXT}" fill="#{_INK}">'
        f"<title>{escaped(in_words(chart))}</title>"
        f"{_text(wide / 2, 55, paper.shortened(chart.title, _TITLE_ROOM), anchor='middle', size=_TITLE)}"
        f"{body}{''.join(_legend(chart, wide, high))}</svg>"
    )


def _grid(plot: _Plot, step: float, top: float, *, lying: bool) -> Iterator[str]:
    for place in range(round(top / step) + 1):
        value = place * step
        if lying:
            x = plot.left + value * plot.unit
            yield _line(x, plot.top, x, plot.top + plot.high, _GRID)
            yield _text(x, plot.top + plot.high + _TEXT + 8, written(value), anchor="middle")
        else:
            y = plot.top + plot.high - value * plot.unit
            yield _line(plot.left, y, plot.left + plot.wide, y, _GRID)
            yield _text(plot.left - 12, y + _TEXT / 3, written(value), anchor="end")
    yield _line(plot.left, plot.top, plot.left, plot.top + plot.high, _AXIS)
    if not lying:
        yield _line(plot.left, plot.top + plot.high, plot.left + plot.wide, plot.top + plot.high, _AXIS)


def _names(chart: Chart, plot: _Plot, *, lying: bool) -> Iterator[str]:
    share = (plot.high if lying else plot.wide) / len(chart.categories)
    for place, category in enumerate(chart.categories):
        middle = (place + 0.5) * share
        if lying:
            name = paper.shortened(category, _NAME_ROOM)
            yield _text(plot.left - 12, plot.top + middle + _TEXT / 3, name, anchor="end")
        else:
            name = paper.shortened(category, max(2.0, share / _TEXT))
            yield _text(plot.left + middle, plot.top + plot.high + _TEXT + 8, name, anchor="middle")


def _marks(chart: Chart, plot: _Plot) -> Iterator[str]:
    if isinstance(chart, BarChart):
        yield from _bars(chart, plot)
        return
    share = plot.wide / len(chart.categories)
    for one in chart.series:
        points = [
            (plot.left + (place + 0.5) * share, plot.top + plot.high - value * plot.unit)
            for place, value in enumerate(one.values)
        ]
        joined = " ".join(f"{_length(x)},{_length(y)}" for x, y in points)
        yield f'<polyline points="{joined}" fill="none" stroke="#{one.colour}" stroke-width="8"/>'
        for (x, y), value in zip(points, one.values, strict=True):
            yield f'<circle cx="{_length(x)}" cy="{_length(y)}" r="12" fill="#{one.colour}"/>'
            yield _text(x, y - 20, written(value), anchor="middle", colour=one.colour)


def _bars(chart: BarChart, plot: _Plot) -> Iterator[str]:
    share = (plot.high if chart.horizontal else plot.wide) / len(chart.categories)
    thick = share / 1.7 / (1 if chart.stacked else len(chart.series))
    begun = [0.0] * len(chart.categories)
    for row, one in enumerate(chart.series):
        for place, value in enumerate(one.values):
            across = (place + 0.5) * share - share / 3.4 + (0 if chart.stacked else row * thick)
            yield from _bar(chart, plot, one, value, begun[place], across, thick)
            begun[place] += value if chart.stacked else 0


def _bar(
    chart: BarChart, plot: _Plot, one: Series, value: float, begun: float, across: float, thick: float
) -> Iterator[str]:
    """One bar with its number: inside a piece of a stacked bar that has room for it, else at its end."""
    long, start = value * plot.unit, begun * plot.unit
    if chart.horizontal:
        x, y, wide, high = plot.left + start, plot.top + across, long, thick
    else:
        x, y, wide, high = plot.left + across, plot.top + plot.high - start - long, thick, long
    if value:
        yield (
            f'<rect x="{_length(x)}" y="{_length(y)}" width="{_length(wide)}" height="{_length(high)}"'
            f' fill="#{one.colour}" stroke="#FFFFFF" stroke-width="2"/>'
        )
    number = written(value)
    if chart.stacked:
        if value and long >= (paper.width(number) * _TEXT if chart.horizontal else _TEXT):
            yield _text(x + wide / 2, y + high / 2 + _TEXT / 3, number, anchor="middle", colour=readable_on(one.colour))
    elif chart.horizontal:
        yield _text(x + wide + 10, y + high / 2 + _TEXT / 3, number, anchor="start")
    else:
        yield _text(x + wide / 2, y - 10, number, anchor="middle")


def _legend(chart: Chart, wide: float, high: float) -> Iterator[str]:
    names = [paper.shortened(one.name, _NAME_ROOM) for one in chart.series]
    widths = [_TEXT * (paper.width(name) + 2.5) for name in names]
    x = (wide - sum(widths)) / 2
    for one, name, taken in zip(chart.series, names, widths, strict=True):
        yield f'<rect x="{_length(x)}" y="{high - 62}" width="30" height="30" fill="#{one.colour}"/>'
        yield _text(x + 42, high - 62 + 30, name, anchor="start")
        x += taken


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    ends = f'x1="{_length(x1)}" y1="{_length(y1)}" x2="{_length(x2)}" y2="{_length(y2)}"'
    return f'<line {ends} stroke="#{colour}" stroke-width="2"/>'


def _text(x: float, y: float, words: str, *, anchor: str, colour: str = _INK, size: int = _TEXT) -> str:
    place = f'x="{_length(x)}" y="{_length(y)}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}" fill="#{colour}">{escaped(words)}</text>'


def _length(value: float) -> str:
    return f"{math.floor(value * 10 + 0.5) / 10:g}"
