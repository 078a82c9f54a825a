"""What is counted from a ledger: definitions over rows, as SQL conditions; nothing is counted here."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, bindparam

ORGAN: ColumnElement[Any] = bindparam("organ", type_=Integer)
"""In a condition that looks at other rows: the organ that is counted."""
FIRST: ColumnElement[Any] = bindparam("first", type_=Date)
"""In a condition: the first day of the period."""
UNTIL: ColumnElement[Any] = bindparam("until", type_=Date)
"""In a condition: the last day of the period, or today while it runs."""

OWN_BOOKS = "反映本单位台账管理情况，供内部使用"
"""Why a figure about how the office keeps its own books stays out of the public edition."""


@dataclass(frozen=True)
class Measure:
    """A named number over the rows of a ledger whose day lies in the period, as far as `where` holds.

    Rows are counted, or the column `total` is summed and divided by `scale`; with `distinct` the different values of
    that column are counted, each with its first row. A sum that is `whole` is none as long as one row does not say its
    part. `standing` counts every row, whenever its day is (holders of a certificate). An `approximate` one sums what
    people estimated: it is told, never added to anything. `internal` is why it stays out of the public edition.
    """

    code: str
    name: str
    unit: str
    definition: str
    where: ColumnElement[bool] | None = None
    total: str | None = None
    scale: Decimal = Decimal(1)
    distinct: str | None = None
    whole: bool = False
    standing: bool = False
    approximate: bool = False
    internal: str | None = None


@dataclass(frozen=True)
class Share:
    """How much of `whole` is `part`, in percent with one decimal; both are codes of counting measures of the ledger.

    There is none where `whole` counts nothing. How well an office keeps its books is no news to the public: a share is
    internal unless it is declared otherwise.
    """

    code: str
    name: str
    definition: str
    part: str
    whole: str
    internal: str | None = OWN_BOOKS


@dataclass(frozen=True)
class Listing:
    """The different texts of a column, by day, for a sentence that names them (topics, titles)."""

    code: str
    column: str
    where: ColumnElement[bool] | None = None


@dataclass(frozen=True)
class CrossCheck:
    """What has to hold between figures: `left` equals the sum of `right`, or is at least as much (`at_least`).

    Codes with their ledger (`case.cases`). `words` say it to a person.
    """

    words: str
    left: str
    right: tuple[str, ...]
    at_least: bool = False
