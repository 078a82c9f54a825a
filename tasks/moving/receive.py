"""The database that an installation moves to: laid out empty, marked as unfinished, and opened for work at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, func, inspect, text
from sqlalchemy.schema import AddConstraint, DropConstraint
from sqlmodel import col, select

from models.audit import GENESIS, AuditEntry
from models.errors import BadInputError, ConflictError
from models.migrate import MOVING, make_tables, version_of
from models.search.index import make_anew
from models.tables import METADATA


def identity_of(source: Connection) -> str:
    """By what an installation is told from others: how its trail begins."""
    begun = source.execute(select(col(AuditEntry.hash)).order_by(col(AuditEntry.id)).limit(1)).scalar_one_or_none()
    return begun or GENESIS


@contextmanager
def locked_target(target: Engine) -> Iterator[None]:
    """Every other move is kept out of the target meanwhile. Raises ConflictError where one is at work."""
    with target.connect() as held:
        if not held.execute(text("SELECT pg_try_advisory_lock(hashtext('duban.migrate-to'))")).scalar_one():
            raise ConflictError("另一个 duban migrate-to 正在向这个数据库复制：请等它结束。")
        yield


def lay_out(target: Connection, whose: str) -> bool:
    """Make the tables in an empty database, marked as being moved into by the installation that `whose` stands for;
    whether the database is finished already. Tables that an earlier run of the same installation made are kept.

    Nothing points from table to table yet, so that each can be filled by itself. Raises BadInputError for a database
    with anything else in it. The caller commits.
    """
    mark = f"{MOVING}{whose[:20]}"
    version = version_of(target)
    if version is None:
        if others := inspect(target).get_table_names():
            named = "、".join(sorted(others)[:3])
            raise BadInputError(f"目标数据库不是空的，已有表 {named} 等 {len(others)} 个：请另建一个空的数据库。")
        make_tables(target)
        for constraint in _references():
            target.execute(DropConstraint(constraint))
        target.execute(text("UPDATE alembic_version SET version_num = :mark"), {"mark": mark})
        return False
    if version.startswith(MOVING) and version != mark:
        raise BadInputError("目标数据库中有另一套数据迁移到一半：请另建一个空的数据库。")
    return not version.startswith(MOVING)


def empty_out(target: Connection) -> None:
    """Drop what an unfinished move left, all of it. A database that is not marked as one is left alone.

    The caller commits.
    """
    version = version_of(target)
    if version is not None and version.startswith(MOVING):
        METADATA.drop_all(target)
        target.execute(text("DROP TABLE alembic_version"))


def open_for_work(target: Connection, version: str) -> None:
    """Let the tables point to each other again, numbers go on behind the largest, and the search find everything.

    The caller commits, and then it is a database as any other.
    """
    for constraint in _references():
        target.execute(AddConstraint(constraint))
    for table in METADATA.sorted_tables:
        number = table.autoincrement_column
        if number is not None:
            counter = func.pg_get_serial_sequence(table.name, number.name)
            target.execute(select(func.setval(counter, func.max(number))))
    make_anew(target)
    target.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def _references() -> list[Any]:
    """The foreign keys of all tables, apart from those that tables are made with: to add one alone changes it."""
    apart = MetaData(naming_convention=METADATA.naming_convention)
    for table in METADATA.sorted_tables:
        table.to_metadata(apart)
    return [one for table in apart.sorted_tables for one in table.foreign_key_constraints]
