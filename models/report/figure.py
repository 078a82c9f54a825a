"""A figure: a named number with its unit, its period, and the very rows it was counted from."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.exact import decimal_text, number


@dataclass(frozen=True)
class Figure:
    """A number as it stands in a text. An approximate one (10余次) is quoted, never counted with.

    `rows` are written as `models.report.report.describe_row` writes them; a count has as many rows as its value.
    `parts` are what each row contributes where that is not one (a fine, hours), in the order of the rows. `code` is
    stable over years and organs, None for a number quoted from a sentence; `first_on` and `last_on` are both counted.
    """

    name: str
    value: Decimal
    unit: str
    rows: tuple[str, ...]
    approximate: bool = False
    code: str | None = None
    definition: str | None = None
    first_on: dt.date | None = None
    last_on: dt.date | None = None
    parts: tuple[str, ...] = ()
    internal: str | None = None

    @property
    def written(self) -> str:
        """The number as the text has it: without a trailing zero, unit behind it (13起, 3.05万元).

        A sum that is not round in ten thousands is told in yuan, as nobody writes 3.143456万元.
        """
        if self.unit == "万元" and self.value != round(self.value, 2):
            return f"{decimal_text(self.value * 10_000)}元"
        return f"{decimal_text(self.value)}{self.unit}"

    @property
    def row_hash(self) -> str:
        """Over the rows and what each contributes: a changed fine is a changed figure."""
        lines = [f"{row}={part}" for row, part in zip(self.rows, self.parts, strict=True)] if self.parts else self.rows
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "definition": self.definition,
            "first_on": self.first_on.isoformat() if self.first_on else None,
            "last_on": self.last_on.isoformat() if self.last_on else None,
            "value": number(self.value),
            "unit": self.unit,
            "approximate": self.approximate,
            "rows": list(self.rows),
            "row_hash": self.row_hash,
            "internal": self.internal,
        }


def rows_of(table: str, row_ids: Iterable[int]) -> tuple[str, ...]:
    """The rows as `models.report.report.describe_row` writes them; a year has thousands, so no call for each."""
    return tuple([f"{table}:{row_id}" for row_id in row_ids])


def count(name: str, unit: str, table: str, row_ids: Iterable[int], *, code: str | None = None) -> Figure:
    """How many rows there are, none being a figure as well."""
    rows = rows_of(table, row_ids)
    return Figure(name, Decimal(len(rows)), unit, rows, code=code)
