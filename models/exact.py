"""Exact numbers: kept digit by digit on every database, written as they are, told to programs as JSON numbers."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import PlainSerializer
from sqlalchemy import Dialect, String, TypeDecorator

Double = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
"""A number that facts kept as JSON hold as a double, read back as it is written there."""


class Exact(TypeDecorator[Decimal]):
    """A column for a number of any size and fineness. SQLite has no decimals, only doubles; so digits are kept.

    Such a column is not added up in SQL.
    """

    impl = String(50)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else decimal_text(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


def decimal_text(value: Decimal) -> str:
    """The number without an exponent or a trailing zero: 3.05, 13."""
    whole, point, fraction = f"{value:f}".partition(".")
    return f"{whole}{point}{fraction}".rstrip("0").rstrip(".") if point else whole


def number(value: Decimal) -> int | float:
    """The number as JSON has it: whole ones of any size as they are, others as the double that is written alike.

    Up to fifteen significant digits that is the very number; JSON's readers know no finer ones.
    """
    return int(value) if value == value.to_integral_value() else float(value)
