"""The ratios as a picture: a line for each work and database, a dot for each size, a stroke where the bar is."""

import math
from collections.abc import Iterable
from html import escape
from itertools import groupby

from tests.benchmarks.records import Record, newest, worsened

LEFT, WIDTH, HEAD, LINE, RIGHT = 400, 560, 54, 20, 30
LOWEST, HIGHEST = 0.25, 8.0
MARKS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
SHADES = ((20_000, "#9ecae1"), (200_000, "#4292c6"), (math.inf, "#08306b"))
"""The more items, the darker."""
BAD = "#c0392b"


def x_of(ratio: float) -> float:
    """Where a ratio stands: twice as much is as far everywhere, and what is beyond an end stands at it."""
    within = min(max(ratio, LOWEST), HIGHEST)
    return LEFT + WIDTH * math.log(within / LOWEST) / math.log(HIGHEST / LOWEST)


def plot(records: Iterable[Record]) -> str:
    """The newest ratios as SVG. A dot right of its bar has a red rim, and one that has worsened a red line from where
    it was."""
    lines = [
        (work, database, list(group))
        for (work, database), group in groupby(newest(records), key=lambda pair: pair[0].place[:2])
    ]
    height = HEAD + LINE * len(lines) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + RIGHT}" height="{height}" '
        'font-family="sans-serif" font-size="12">',
        "<title>Ratios to the floor of the same run</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        '<text x="10" y="18">dots: up to 20,000, up to 200,000, more items; | the bar; red: beyond it, or worse than '
        "before by a fifth</text>",
    ]
    for mark in MARKS:
        x, weight = x_of(mark), 2 if mark == 1 else 1
        parts.append(
            f'<line x1="{x:.1f}" y1="{HEAD - 10}" x2="{x:.1f}" y2="{height - 8}" stroke="#dddddd" '
            f'stroke-width="{weight}"/><text x="{x:.1f}" y="{HEAD - 16}" text-anchor="middle">{mark:g}</text>'
        )
    for place, (work, database, pairs) in enumerate(lines):
        y = HEAD + LINE * place + LINE // 2
        parts.append(f'<text x="{LEFT - 12}" y="{y + 4}" text-anchor="end">{escape(work)}, {escape(database)}</text>')
        parts += [_drawn(now, before, y) for now, before in pairs]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _drawn(now: Record, before: Record | None, y: int) -> str:
    x = x_of(now.ratio)
    shade = next(colour for most, colour in SHADES if now.items <= most)
    said = f"{now.work}, {now.database}, {now.items:,}: {now.ratio:.2f}"
    drawn = (
        f'<circle cx="{x:.1f}" cy="{y}" r="5" fill="{shade}" stroke="{BAD if now.missed else "#ffffff"}" '
        f'stroke-width="{2 if now.missed else 1}"><title>{escape(said)}</title></circle>'
    )
    if before is not None and worsened(now, before):
        drawn = f'<line x1="{x_of(before.ratio):.1f}" y1="{y}" x2="{x:.1f}" y2="{y}" stroke="{BAD}"/>{drawn}'
    if now.bar is not None:
        bar = x_of(now.bar)
        drawn += f'<line x1="{bar:.1f}" y1="{y - 7}" x2="{bar:.1f}" y2="{y + 7}" stroke="{shade}" stroke-width="2"/>'
    return drawn
