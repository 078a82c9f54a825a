"""The rows of a Gantt chart: a bar from start to end with how far it is, and a diamond for each stage."""

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from markupsafe import Markup, escape

from models.dates.days import DAY, last_of

HIGH = 22


class StageMark(Protocol):
    """What a diamond has to know."""

    @property
    def on(self) -> dt.date: ...
    @property
    def title(self) -> str: ...
    @property
    def done(self) -> bool: ...


class Year:
    """Where days lie in a year, in per cent of its width."""

    def __init__(self, year: int, on: dt.date, rests: Sequence[tuple[dt.date, dt.date]]) -> None:
        self.first, self.on, self.rests = dt.date(year, 1, 1), on, rests
        self.days = (last_of("year", self.first) - self.first).days + 1
        self.months = [(month, self.at(dt.date(year, month, 1))) for month in range(1, 13)]

    def at(self, day: dt.date) -> float:
        """The morning of a day, held within the year."""
        return min(100.0, max(0.0, 100 * (day - self.first).days / self.days))

    def after(self, day: dt.date) -> float:
        """The evening of a day."""
        return self.at(day + DAY)

    def ground(self) -> Markup:
        """What lies behind every row, drawn once and used by each: months, holidays, today. And the patterns."""
        parts = [
            _rect("fill-rest", self.at(first), self.after(last) - self.at(first), 0, "100%")
            for first, last in self.rests
        ]
        parts += [
            f'<rect class="fill-line" x="{place:.2f}%" width="1" height="100%"/>' for _month, place in self.months
        ]
        if self.first.year == self.on.year:
            middle = (self.at(self.on) + self.after(self.on)) / 2
            parts.append(f'<rect class="fill-red" x="{middle:.2f}%" width="2" height="100%"/>')
        return Markup(  # noqa: S704 - numbers only
            '<svg class="hidden" aria-hidden="true" focusable="false">'
            f'<defs>{_PATTERNS}</defs><symbol id="ground">{"".join(parts)}</symbol></svg>'
        )

    def head(self) -> Markup:
        """The names of the months."""
        names = "".join(f'<text x="{place:.2f}%" dx="4" y="15">{month}月</text>' for month, place in self.months)
        return Markup(  # noqa: S704 - numbers only
            f'<svg class="row" width="100%" height="{HIGH}" aria-hidden="true" focusable="false">{names}</svg>'
        )

    def row(
        self,
        colour: str,
        starts_on: dt.date | None,
        ends_on: dt.date | None,
        percent: int,
        stages: Sequence[StageMark] = (),
        *,
        words: str,
    ) -> Markup:
        """One row: what is done in full colour under the pattern of its colour, what is left pale.

        `words` say the same to a reading voice.
        """
        parts = ['<use href="#ground" width="100%" height="100%"/>']
        if ends_on is not None:
            start = self.at(starts_on or ends_on)
            wide = max(self.after(ends_on) - start, 0.5)
            parts.append(_rect(f"fill-{colour} faint", start, wide, 5, "12"))
            if percent:
                parts.append(_rect(f"fill-{colour}", start, wide * percent / 100, 5, "12"))
            if colour in PATTERNED:
                parts.append(_rect("", start, wide, 5, "12", f' fill="url(#over-{colour})"'))
        parts += [self._diamond(colour, stage) for stage in stages]
        return Markup(  # noqa: S704 - numbers and our own words; what others wrote is escaped
            f'<svg class="row" width="100%" height="{HIGH}" role="img" aria-label="{escape(words)}">'
            f"{''.join(parts)}</svg>"
        )

    def _diamond(self, colour: str, stage: StageMark) -> str:
        kind = "done" if stage.done else "open"
        words = f"{stage.on.month}月{stage.on.day}日 {stage.title}{'（已完成）' if stage.done else ''}"
        return (
            f'<svg x="{self.after(stage.on):.2f}%" y="11" overflow="visible"><path class="diamond {colour} {kind}"'
            f' d="M0-8L8 0L0 8L-8 0z"><title>{escape(words)}</title></path></svg>'
        )


PATTERNED = ("red", "yellow", "blue")
"""Colours that a pattern tells apart too; green is plain, grey is the paper's own."""
_PATTERNS = (
    '<pattern id="over-red" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="fill-paper" width="2" height="8"/></pattern>'
    '<pattern id="over-yellow" width="8" height="12" patternUnits="userSpaceOnUse">'
    '<circle class="fill-paper" cx="4" cy="11" r="2"/></pattern>'
    '<pattern id="over-blue" width="8" height="22" patternUnits="userSpaceOnUse">'
    '<rect class="fill-paper" y="10" width="8" height="2"/></pattern>'
)


def _rect(kind: str, x: float, wide: float, y: int, high: str, more: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<rect{named} x="{x:.2f}%" width="{wide:.2f}%" y="{y}" height="{high}"{more}/>'
