"""The rows of a table copied into another database, in the order of its key, in batches that each are kept."""

from typing import Any

from sqlalchemy import JSON, Connection, Enum, String, Table, Text, bindparam, cast, func, insert, select
from sqlalchemy.exc import DBAPIError

from models.errors import DubanError
from models.exact import Exact
from tasks.moving.row_text import as_kept

BATCH = 5_000
"""Rows that are written and kept at a time."""


def copy_rows(source: Connection, target: Connection, table: Table) -> None:
    """Copy what the target has not got yet; every batch is a transaction of its own there.

    The target holds the first rows by the order of the key, as far as an earlier run came. Raises DubanError with the
    table and the database's own words where it refuses a row.
    """
    with target.begin():
        held = target.execute(select(func.count()).select_from(table)).scalar_one()
    wanted = select(*as_kept(table)).order_by(*table.primary_key).offset(held)
    rows = source.execute(wanted, execution_options={"yield_per": BATCH})
    names = [column.name for column in table.columns]
    into = insert(table).values({column.name: _as_given(column) for column in table.columns})
    for part in rows.partitions():
        given = [dict(zip(names, row, strict=True)) for row in part]
        try:
            with target.begin():
                target.execute(into, given)
        except DBAPIError as error:
            first = "、".join(str(given[0][column.name]) for column in table.primary_key)
            said = str(error.orig).strip().partition("\n")[0]
            raise DubanError(
                f"表 {table.name} 从主键 {first} 起的 {len(given)} 行未能写入目标数据库：{said}"
            ) from error


def _as_given(column: Any) -> Any:
    kind = column.type
    if isinstance(kind, JSON):
        return cast(bindparam(column.name, type_=Text), kind)
    return bindparam(column.name, type_=String() if isinstance(kind, Enum | Exact) else kind)
