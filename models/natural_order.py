"""The order of numbers as people count them: 2 before 10, 1.9 before 1.10; the same in both databases and in Python."""

import re
from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

WIDTH = 12
"""Digits to which every number inside a numbering is filled up; longer ones stay as they are."""

SQLITE_FUNCTION = "natural_key"
"""What `natural_key` is called in SQL; every connection of ours to SQLite knows it."""

_DIGITS = re.compile("[0-9]+")


def natural_key(numbering: str) -> str:
    """What a numbering is compared by: its numbers filled up with zeros, all else as it stands."""
    return _DIGITS.sub(lambda found: found[0].lstrip("0").zfill(WIDTH), numbering)


class natural_order(FunctionElement[str]):  # noqa: N801 - reads as an SQL function does
    """`natural_key` of a column, worked out by the database and compared byte by byte."""

    type = String()
    inherit_cache = True


@compiles(natural_order, "sqlite")
def _in_sqlite(element: natural_order, compiler: SQLCompiler, **options: Any) -> str:
    return f"{SQLITE_FUNCTION}({compiler.process(element.clauses, **options)})"


@compiles(natural_order, "postgresql")
def _in_postgresql(element: natural_order, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    filled = f"regexp_replace({column}, '([0-9]+)', '{'0' * WIDTH}\\1', 'g')"
    return f"""regexp_replace({filled}, '0*([0-9]{{{WIDTH},}})', '\\1', 'g') COLLATE "C\""""
