"""Rows whose key is one of very many: the keys travel as one value, so the statement stays the same for any number.

An `IN` with a parameter for each key is rendered, sent, parsed and planned anew each time; with two thousand of them
that takes longer than finding the rows.
"""

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class _Keys(TypeDecorator[list[int]]):
    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.ARRAY(sa.Integer) if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: list[int] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


class among(FunctionElement[bool]):  # noqa: N801 - reads as the function it is
    """Whether the integer column is one of the keys."""

    inherit_cache = True
    type = sa.Boolean()

    def __init__(self, column: Any, keys: Iterable[int | None]) -> None:
        super().__init__(column, sa.bindparam(None, list(keys), type_=_Keys(), unique=True))

    def self_group(self, against: Any = None) -> "among":
        return self  # a condition as it is: compared with 1, as one is without true and false, it finds no index


@compiles(among, "postgresql")
def _as_array(element: among, compiler: SQLCompiler, **how: Any) -> str:
    column, keys = (compiler.process(part, **how) for part in element.clauses)
    return f"({column} = ANY ({keys}))"


@compiles(among, "sqlite")
def _as_json(element: among, compiler: SQLCompiler, **how: Any) -> str:
    column, keys = (compiler.process(part, **how) for part in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({keys})))"  # noqa: S608 - compiled parts of the statement
