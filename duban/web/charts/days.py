"""The strip of coming days: a column for each day, as high as it has deadlines; rest days shaded, 调休 named."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Protocol

from markupsafe import Markup, escape

CELL, HIGH, TOP, FOOT = 15, 40, 14, 40


class DayBar(Protocol):
    """What the strip has to know of a day."""

    @property
    def on(self) -> dt.date: ...
    @property
    def deadlines(self) -> int: ...
    @property
    def working(self) -> bool: ...
    @property
    def why(self) -> str: ...
    @property
    def special(self) -> bool: ...


def day_strip(days: Sequence[DayBar], link: Callable[[dt.date], str]) -> Markup:
    """The strip; each day with deadlines leads to them by `link`."""
    most = max((day.deadlines for day in days), default=0)
    width, height = CELL * len(days), TOP + HIGH + FOOT
    cells = "".join(_cell(place * CELL, day, most, link, last=CELL * (len(days) - 1)) for place, day in enumerate(days))
    total = sum(day.deadlines for day in days)
    return Markup(  # noqa: S704 - numbers and our own words; what others wrote is escaped in the cells
        f'<svg class="chart days" viewBox="0 0 {width} {height}" role="group"'
        f' aria-label="今后 {len(days)} 天的时限，共 {total} 个">{cells}</svg>'
    )


def _cell(x: int, day: DayBar, most: int, link: Callable[[dt.date], str], *, last: int) -> str:
    # Put together as text: as Markup, piece by piece, a strip takes longer than the rest of its page.
    count = f"，{day.deadlines} 个时限" if day.deadlines else ""
    words = escape(f"{day.on.month}月{day.on.day}日 {day.why}{count}")
    middle, ground = x + CELL / 2, "fill-wash" if day.working else "fill-rest"
    body = (
        f'<title>{words}</title><rect class="{ground}" x="{x + 0.5}" y="{TOP}" width="{CELL - 1}" height="{HIGH}"/>'
        + _text(middle, TOP + HIGH + 13, day.on.day)
    )
    if day.deadlines:
        high = max(4, round(HIGH * day.deadlines / most))
        y = TOP + HIGH - high
        body += f'<rect class="fill-accent" x="{x + 3}" y="{y}" width="{CELL - 6}" height="{high}"/>'
        body += _text(middle, y - 3, day.deadlines)
    if day.special:
        body += _text(middle, TOP + HIGH + 26, "班" if day.working else "休", "quiet")
    if day.on.day == 1:
        # The name is wider than its day: where the day stands at an end of the strip, it reaches inwards.
        place, anchor = (x, "start") if x == 0 else (x + CELL, "end") if x == last else (middle, "middle")
        body += _text(place, TOP + HIGH + 39, f"{day.on.month}月", "quiet", anchor)
    if not day.deadlines:
        return f"<g>{body}</g>"
    return f'<a href="{escape(link(day.on))}" aria-label="{words}">{body}</a>'


def _text(x: float, y: float, words: object, kind: str = "", anchor: str = "middle") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{named}>{words}</text>'
