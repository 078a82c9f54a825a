"""Numbers that people wrote by hand, held against the figures of the report."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from models.exact import decimal_text
from models.ledgers.kinds import KINDS
from models.report.figure import Figure
from tasks.reading.figures import figures_in
from tasks.reading.findings import ReadFigure as Read

UNFOUNDED = "〔数字无据〕"
"""What a sentence is marked with in which a number stands that nothing bears out."""

_MONEY = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}


class Unfounded(NamedTuple):
    """A number in a text that no figure bears out, as it is read, with its sentence."""

    sentence: str
    value: Decimal
    unit: str
    approximate: bool

    @property
    def written(self) -> str:
        """约 stands before an approximate one, however the sentence puts it."""
        return f"{'约' if self.approximate else ''}{decimal_text(self.value)}{self.unit}"


def unfounded(text: str, figures: Iterable[Figure]) -> list[Unfounded]:
    """The numbers of the text that equal no figure in value, unit and exactness; sums of money in any of their units,
    what a ledger counts in any of the counters it calls alike.

    What is no figure of a text (a day, a document's number, an article) is not asked about.
    """
    known = {_known(figure.value, unit, figure.approximate) for figure in figures for unit in _units(figure)}
    return [
        Unfounded(number.sentence, number.value, number.unit, number.approximate)
        for number in figures_in(text)
        if _known(number.value, number.unit, number.approximate) not in known
    ]


def same_number(figure: Figure, number: Read) -> bool:
    """Whether a number read in a text is the figure's, exact or not, in any unit of money."""
    read = _known(number.value, number.unit, False)
    return any(_known(figure.value, unit, False) == read for unit in _units(figure))


def _units(figure: Figure) -> tuple[str, ...]:
    """The unit of the figure, and the counters that its ledger calls alike."""
    kind = KINDS.get((figure.code or "").partition(".")[0])
    alike = (units for units in (kind.alike if kind else ()) if figure.unit in units)
    return next(alike, (figure.unit,))


def _known(value: Decimal, unit: str, approximate: bool) -> tuple[Decimal, str, bool]:
    factor = _MONEY.get(unit)
    return (value * factor, "元", approximate) if factor else (value, unit, approximate)
