"""The year's trend: a column a month, stacked by what became of the deadlines that fell into it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from markupsafe import Markup, escape

STEP, WIDE, HIGH, TOP, FOOT = 34, 20, 56, 14, 18


class MonthBars(Protocol):
    """What the chart has to know of a month."""

    @property
    def month(self) -> int: ...
    @property
    def in_time(self) -> int: ...
    @property
    def late(self) -> int: ...
    @property
    def open(self) -> int: ...
    @property
    def total(self) -> int: ...


def month_columns(months: Sequence[MonthBars], link: Callable[[int], str]) -> Markup:
    """The columns; each month leads to its days by `link`. In time is full, late is striped, open is hollow."""
    most = max((month.total for month in months), default=0)
    columns = "".join(_column(place * STEP, month, most, link) for place, month in enumerate(months))
    return Markup(  # noqa: S704 - numbers and our own words; the addresses are escaped
        f'<svg class="chart months" viewBox="0 0 {STEP * len(months)} {TOP + HIGH + FOOT}" role="group"'
        f' aria-label="各月时限的办理情况">{_STRIPES}{columns}</svg>'
    )


_STRIPES = (
    '<defs><pattern id="late" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="fill-red" width="5" height="5"/><rect class="fill-paper" width="1.5" height="5"/></pattern></defs>'
)


def _column(x: int, month: MonthBars, most: int, link: Callable[[int], str]) -> str:
    y, left, body = float(TOP + HIGH), x + (STEP - WIDE) // 2, ""
    for kind, count in (("in-time", month.in_time), ("late", month.late), ("open", month.open)):
        if count:
            high = HIGH * count / most
            y -= high
            fill = ' fill="url(#late)"' if kind == "late" else ""
            body += f'<rect class="{kind}" x="{left}" y="{y:.1f}" width="{WIDE}" height="{high:.1f}"{fill}/>'
    middle = x + STEP / 2
    if month.total:
        body += f'<text x="{middle:g}" y="{y - 3:.1f}" text-anchor="middle">{month.total}</text>'
    body += f'<text class="quiet" x="{middle:g}" y="{TOP + HIGH + 14}" text-anchor="middle">{month.month}月</text>'
    words = f"{month.month}月：按期完成 {month.in_time}，逾期完成 {month.late}，未完成 {month.open}"
    body = f"<title>{words}</title>{body}"
    if not month.total:
        return f"<g>{body}</g>"
    return f'<a href="{escape(link(month.month))}" aria-label="{words}">{body}</a>'
