"""Rows of many tables by one statement: whatever tells everything about one thing asks once, not once a table.

The tables stand below each other in a UNION. Columns that are kept alike share a place in it; what a table lacks is
null there.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel
from sqlmodel.sql.sqltypes import AutoString

Place = tuple[str, int]


class Together:
    """The rows of each table for which its condition holds. Put together once: that takes longer than to ask it."""

    def __init__(self, asked: Mapping[type[SQLModel], sa.ColumnElement[bool]]) -> None:
        placed = {table: dict(_placed(table)) for table in asked}
        kinds = {place: _kept_as(column) for columns in placed.values() for place, column in columns.items()}
        selects = []
        for number, (table, condition) in enumerate(asked.items()):
            # The first SELECT gives each place its type; after it a null is of any.
            empty: dict[Place, Any] = {
                place: sa.null() if number else sa.cast(sa.null(), kind) for place, kind in kinds.items()
            }
            which = sa.literal_column(str(number), sa.Integer).label("which")
            selects.append(sa.select(which, *(empty | placed[table]).values()).where(condition))
        self.statement = sa.union_all(*selects)
        order = {place: number for number, place in enumerate(kinds, 1)}
        self.tables = [
            (table, [(column.name, order[place], _reader(column)) for place, column in columns.items()])
            for table, columns in placed.items()
        ]

    def load(self, session: Session, **values: object) -> dict[type[SQLModel], list[Any]]:
        """The rows by table, in the order of their ids; copies, of which the session knows nothing."""
        session.flush()
        found: dict[type[SQLModel], list[Any]] = {table: [] for table, _ in self.tables}
        for row in session.execute(self.statement, values):
            table, columns = self.tables[row[0]]
            found[table].append(table(**{name: read(row[place]) for name, place, read in columns}))
        return {table: sorted(rows, key=lambda row: row.id) for table, rows in found.items()}


def _placed(table: type[SQLModel]) -> Iterator[tuple[Place, sa.Column[Any]]]:
    """Each column by its place: the how-manieth it is of those of the table that are kept alike."""
    counted: dict[str, int] = {}
    for column in table.__table__.columns:  # type: ignore[attr-defined]
        kind = repr(_kept_as(column))
        counted[kind] = counted.get(kind, 0) + 1
        yield (kind, counted[kind]), column


def _kept_as(column: sa.Column[Any]) -> TypeEngine[Any]:
    """The type by which a column shares its place: a code is text, whatever it stands for."""
    return AutoString() if isinstance(column.type, sa.Enum | AutoString) else column.type


def _reader(column: sa.Column[Any]) -> Callable[[Any], Any]:
    """What a value becomes: a code the member it stands for, anything else itself."""
    members: Any = column.type.enum_class if isinstance(column.type, sa.Enum) else None
    return (lambda code: None if code is None else members(code)) if members else lambda value: value
