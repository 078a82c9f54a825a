"""Copying the rows of a table from one database into another, SQLite or PostgreSQL, a few thousand at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import JSON, Column, Connection, Dialect, Table

CHUNK = 5_000
"""Rows held at a time, however long the table."""

_KEPT_OTHERWISE = (sa.Date, sa.DateTime, sa.Time, sa.Boolean, sa.Numeric)
"""What SQLite has no type for, and keeps as text or number; everything else lies alike in both."""

Convert = Callable[[Any], Any]


def copy_rows(source: Connection, target: Connection, table: Table, where: str = "") -> int:
    """Copy all rows, or those that fit `where` (SQL), in the order of their keys, into the same table of `target`,
    which holds none of them; how many.

    Of JSON the very text is copied. Neither side is committed. PostgreSQL is read by a cursor of the server's and
    written by COPY.
    """
    named = ", ".join(_quoted(column.name) for column in table.columns)
    read = f"SELECT {', '.join(_read(column, source) for column in table.columns)} FROM {_quoted(table.name)}"  # noqa: S608 - names of our own tables
    read += f" WHERE {where}" if where else ""
    order = ", ".join(_quoted(column.name) for column in table.primary_key)
    result = source.exec_driver_sql(
        f"{read} ORDER BY {order}", execution_options={"stream_results": True, "max_row_buffer": CHUNK}
    )
    conversions = [_conversion(column, source.dialect, target.dialect) for column in table.columns]
    if target.dialect.name == "postgresql":
        return _copied_in(target, f"COPY {_quoted(table.name)} ({named}) FROM STDIN", result, conversions)
    places = ", ".join("?" * len(table.columns))
    into = f"INSERT INTO {_quoted(table.name)} ({named}) VALUES ({places})"  # noqa: S608 - names of our own tables
    copied = 0
    for rows in result.partitions(CHUNK):
        target.exec_driver_sql(into, list(_converted(rows, conversions)))
        copied += len(rows)
    return copied


def _copied_in(target: Connection, statement: str, rows: Iterable[Any], conversions: Sequence[Convert | None]) -> int:
    copied = 0
    with target.connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
        for row in _converted(rows, conversions):
            copy.write_row(row)
            copied += 1
    return copied


def _converted(rows: Iterable[Any], conversions: Sequence[Convert | None]) -> Iterator[tuple[Any, ...]]:
    changed = [(place, convert) for place, convert in enumerate(conversions) if convert is not None]
    for row in rows:
        values = list(row)
        for place, convert in changed:
            if values[place] is not None:
                values[place] = convert(values[place])
        yield tuple(values)


def _conversion(column: Column[Any], source: Dialect, target: Dialect) -> Convert | None:
    """How a value as one driver gives it becomes one as the other takes it; None where it is that already."""
    kind = column.type
    plain = kind.impl if isinstance(kind, sa.TypeDecorator) else kind
    if source.name == target.name or not isinstance(plain, _KEPT_OTHERWISE):
        return None
    # What PostgreSQL's driver gives is Python's own already.
    read = kind.dialect_impl(source).result_processor(source, None) if source.name == "sqlite" else None
    write = kind.dialect_impl(target).bind_processor(target)
    if read is None or write is None:
        return read or write
    return lambda value: write(read(value))


def _read(column: Column[Any], source: Connection) -> str:
    as_text = source.dialect.name == "postgresql" and isinstance(column.type, JSON)
    return f"{_quoted(column.name)}::text" if as_text else _quoted(column.name)


def _quoted(name: str) -> str:
    return f'"{name}"'
