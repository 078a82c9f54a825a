"""Adding up what the organs below report: only where it can be added, and saying what was left out.

A total is made of exact numbers of one unit over one period. Estimates stand beside it and are never added; a share
is no number that can be added; where units or periods differ there is no total at all.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session

from models.exact import decimal_text
from models.people.organ import Organ
from models.report.figure import Figure
from models.report.report import describe_row
from tasks.report.figures.gather_figures import reported_figures
from tasks.report.upward.report_package import PackedFigure, packed_figure
from tasks.report.upward.who_filed import who_filed

SHARE = "%"
PREFIX = "below."


@dataclass(frozen=True)
class Reported:
    """What one organ below reports, and the row it stands in: a package (`received:3`), or a version (`report:7`)."""

    organ: str
    row: str
    figures: tuple[PackedFigure, ...]


@dataclass(frozen=True)
class ReportedFigure:
    """One organ's number, as it reports it."""

    organ: str
    row: str
    figure: PackedFigure

    @property
    def written(self) -> str:
        """With 约 before an estimate: 约20次."""
        return f"{'约' if self.figure.approximate else ''}{self.figure_alone.written}"

    @property
    def figure_alone(self) -> Figure:
        """The number as a figure of our own report: the organ's word, quoted from what it sent."""
        return Figure(
            name=f"{self.organ}{self.figure.name}"[:100],
            value=self.figure.value,
            unit=self.figure.unit,
            rows=(self.row,),
            approximate=self.figure.approximate,
            definition=self.figure.definition,
            first_on=self.figure.first_on,
            last_on=self.figure.last_on,
        )


@dataclass(frozen=True)
class SummedFigure:
    """One figure of the organs below. `total` is None where there is none; then `unlike` says what cannot be added.

    `estimates` are not part of the total; `silent` are organs whose report does not have the figure: that is not zero.
    """

    code: str
    name: str
    total: Figure | None
    summands: tuple[ReportedFigure, ...]
    unlike: tuple[ReportedFigure, ...]
    estimates: tuple[ReportedFigure, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Below:
    """The organs below in one year: who reported what, and who did not."""

    year: int
    reported: tuple[Reported, ...]
    missing: tuple[str, ...]

    @property
    def sums(self) -> list[SummedFigure]:
        return add_up(self.reported)


def gather_below(session: Session, organ: Organ, year: int, *, on: dt.date) -> Below:
    """What the organs directly below had reported by `on`, in the order of their codes: the package that counts, or
    the version that was filed in this database."""
    reported, missing = [], []
    for one in who_filed(session, organ, year, on=on):
        if one.report is not None:
            figures = tuple(PackedFigure.model_validate(figure) for figure in one.report.figures)
            reported.append(Reported(one.organ.name, describe_row("received", one.report.id), figures))
        elif one.delivered is not None:
            figures = tuple(map(packed_figure, reported_figures(session, one.delivered)))
            reported.append(Reported(one.organ.name, describe_row("report", one.delivered.id), figures))
        else:
            missing.append(one.organ.name)
    return Below(year, tuple(reported), tuple(missing))


def add_up(reported: Sequence[Reported]) -> list[SummedFigure]:
    """Every figure with a code that somebody reports, in the order in which they are first met. Of a code that stands
    twice in one report the first counts; shares are left out."""
    told: dict[str, list[ReportedFigure]] = {}
    for one in reported:
        once: dict[str, PackedFigure] = {}
        for figure in one.figures:
            if figure.code is not None and figure.unit != SHARE and not figure.code.startswith(PREFIX):
                once.setdefault(figure.code, figure)
        for code, figure in once.items():
            told.setdefault(code, []).append(ReportedFigure(one.organ, one.row, figure))
    return [_summed(code, said, reported) for code, said in told.items()]


def _summed(code: str, told: Sequence[ReportedFigure], reported: Sequence[Reported]) -> SummedFigure:
    exact = tuple(one for one in told if not one.figure.approximate)
    alike = len({(one.figure.unit, one.figure.first_on, one.figure.last_on) for one in exact}) == 1
    heard = {one.organ for one in told}
    return SummedFigure(
        code=code,
        name=told[0].figure.name,
        total=_total(code, exact) if alike else None,
        summands=exact if alike else (),
        unlike=() if alike else exact,
        estimates=tuple(one for one in told if one.figure.approximate),
        silent=tuple(one.organ for one in reported if one.organ not in heard),
    )


def _total(code: str, summands: Sequence[ReportedFigure]) -> Figure:
    first = summands[0].figure
    return Figure(
        name=f"下级单位{first.name}"[:100],
        value=sum((one.figure.value for one in summands), Decimal(0)),
        unit=first.unit,
        rows=tuple(one.row for one in summands),
        code=f"{PREFIX}{code}",
        definition=f"下级单位年度报告中“{first.name}”之和，约数不计入",
        first_on=first.first_on,
        last_on=first.last_on,
        parts=tuple(decimal_text(one.figure.value) for one in summands),
    )
