"""A row as one text that is the same on every database, and what a table's rows come to together."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Enum, String, Table, Text, cast, select, text, type_coerce

from models.exact import Exact, decimal_text

_MODULUS = 2**256


@dataclass(frozen=True)
class Content:
    """What a table holds: how many rows, and a hash of all of them in whatever order."""

    rows: int
    hash: str
    """64 hex digits."""


def as_kept(table: Table) -> list[ColumnElement[Any]]:
    """The columns to select so that nothing is read into them: JSON as the text it is, codes without a check."""
    return [_as_kept(column) for column in table.columns]


def _as_kept(column: ColumnElement[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, JSON):
        # A null of JSON is another thing than no value at all, and both are read as None.
        return cast(column, Text)
    return type_coerce(column, String) if isinstance(column.type, Enum | Exact) else column


def content_of(connection: Connection, table: Table, where: str = "") -> Content:
    """What the table holds in this database, or of it what fits `where` (SQL). Reads it some thousand rows at a time.

    The hashes of the rows are added up, for databases do not agree on the order of texts.
    """
    total = count = 0
    query = select(*as_kept(table))
    query = query.where(text(where)) if where else query
    rows = connection.execute(query, execution_options={"yield_per": 5_000})
    for row in rows:
        total += int.from_bytes(_hash(row), "big")
        count += 1
    return Content(count, f"{total % _MODULUS:064x}")


def _hash(row: Sequence[Any]) -> bytes:
    return hashlib.sha256(json.dumps([_plain(value) for value in row], ensure_ascii=False).encode()).digest()


def _plain(value: Any) -> str | None:
    if value is None or type(value) is str:
        return value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return decimal_text(value)
    return repr(int(value) if isinstance(value, bool) else value)
