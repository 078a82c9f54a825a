"""The index of the search: FTS5 in SQLite, a GIN over `tsvector` in PostgreSQL, over the same tokens (`models.words`).

The database keeps it itself, row by row, in the statement that changes a text: so does whatever is written in bulk, and
none can forget to. It holds no text, and can be made anew from the tables at any time.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, MetaData, event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import SQLModel

from models.search.places import ALL, OWN, PLACES, SearchPlace
from models.words import CUT_IN_POSTGRESQL, SQLITE_FUNCTION, Word

TABLE = "search_entry"
ENTRIES = sa.table(TABLE, sa.column("rowid", sa.BigInteger), sa.column("words"))
"""`rowid` is the row's id by `PLACES`, and its place added."""


class _found(FunctionElement[bool]):  # noqa: N801 - reads as an SQL function does
    """That an entry holds a word: as FTS5 is asked first, as PostgreSQL second."""

    # Of no type: of a Boolean SQLAlchemy would write `= 1`, which FTS5 does not understand behind MATCH.
    inherit_cache = True


@compiles(_found, "sqlite")
def _in_sqlite(element: _found, compiler: SQLCompiler, **options: Any) -> str:
    asked, _ = element.clauses
    return f"{TABLE}.words MATCH {compiler.process(asked, **options)}"


@compiles(_found, "postgresql")
def _in_postgresql(element: _found, compiler: SQLCompiler, **options: Any) -> str:
    _, asked = element.clauses
    return f"{TABLE}.words @@ CAST({compiler.process(asked, **options)} AS tsquery)"


class _looked_up(FunctionElement[bool]):  # noqa: N801 - reads as an SQL function does
    """A condition that PostgreSQL looks up row by row in what was found, hashed.

    It knows of a word that few rows have it, and where many do, a join over what was found takes a thousand times a
    thousand steps. SQLite takes what was found first in any case. Of no type, as the one above.
    """

    inherit_cache = True


@compiles(_looked_up, "sqlite")
def _joined(element: _looked_up, compiler: SQLCompiler, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(_looked_up, "postgresql")
def _apart(element: _looked_up, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)}) IS TRUE"


class Hits:
    """The rows of an organ whose texts hold one word, of all places together: worked out once in a statement.

    Where it is known at which places there are any (`known`, by their numbers), a statement need ask at no other.
    """

    def __init__(self, word: Word, organ_id: int) -> None:
        self.known: frozenset[int] | None = None
        asked = word.in_sqlite(organ_id), word.in_postgresql(organ_id)
        rowid = ENTRIES.c.rowid
        # Divided as whole numbers, which SQLAlchemy's `/` is not.
        number = rowid.op("/", return_type=sa.Integer())(sa.literal_column(str(PLACES)))
        found = sa.select((rowid % PLACES).label("place"), number.label("id"))
        self._found = found.where(_found(*(sa.literal(one, sa.String) for one in asked))).cte()

    def have(self, row_id: Any, place: SearchPlace) -> sa.ColumnElement[bool]:
        """The condition that the row of that id in one table is among them."""
        return _looked_up(row_id.in_(sa.select(self._found.c.id).where(self._found.c.place == place.number)))

    def any_at(self, *places: SearchPlace) -> bool:
        """Whether there may be some at one of these."""
        return self.known is None or any(place.number in self.known for place in places)

    def places(self) -> sa.Select[tuple[int]]:
        """The numbers of the places where there are any."""
        return sa.select(self._found.c.place).distinct()


def make_anew(connection: Connection) -> int:
    """Make the index and what keeps it from the tables as they stand, whatever of both was there; how many rows it has.

    It belongs to no revision of the schema: `duban init` makes it after every upgrade. A table that was written anew
    has lost its triggers, and a later program may cut otherwise or look elsewhere.
    """
    dialect = connection.dialect.name
    unmake(connection)
    for statement in _IN_SQLITE if dialect == "sqlite" else _IN_POSTGRESQL:
        connection.exec_driver_sql(statement)
    entries = 0
    for place in ALL:
        rowid, words = _entry(place, place.table)
        filled = connection.exec_driver_sql(
            f"INSERT INTO {TABLE} (rowid, words) SELECT {rowid}, {words} FROM {place.table}"
        )
        entries += filled.rowcount
        for statement in (_kept_in_sqlite if dialect == "sqlite" else _kept_in_postgresql)(place):
            connection.exec_driver_sql(statement)
    return entries


def unmake(connection: Connection) -> None:
    """Drop the index and what keeps it: no table can be written anew while triggers of others read it."""
    sqlite = connection.dialect.name == "sqlite"
    for name in connection.exec_driver_sql(_KEEPERS_IN_SQLITE if sqlite else _KEEPERS_IN_POSTGRESQL).scalars().all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}" if sqlite else f"DROP FUNCTION {name} CASCADE")
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {TABLE}")


_IN_SQLITE = (f"CREATE VIRTUAL TABLE {TABLE} USING fts5(words, content='', tokenize='ascii')",)
_IN_POSTGRESQL = (
    CUT_IN_POSTGRESQL,
    f"CREATE TABLE {TABLE} (rowid bigint PRIMARY KEY, words tsvector NOT NULL)",
    f"CREATE INDEX ix_{TABLE}_words ON {TABLE} USING gin (words)",
)
_KEEPERS_IN_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'search_*'"
_KEEPERS_IN_POSTGRESQL = (
    "SELECT oid::regprocedure::text FROM pg_proc"
    " WHERE starts_with(proname, 'search_') AND pronamespace = current_schema()::regnamespace"
)


def _entry(place: SearchPlace, row: str) -> tuple[str, str]:
    return f"{row}.id * {PLACES} + {place.number}", f"{SQLITE_FUNCTION}({place.organ_of(row)}, {place.text_of(row)})"


def _kept_in_sqlite(place: SearchPlace) -> Iterator[str]:
    new, old = _entry(place, "NEW"), _entry(place, "OLD")
    add = f"INSERT INTO {TABLE} (rowid, words) VALUES ({new[0]}, {new[1]});"
    drop = f"INSERT INTO {TABLE} ({TABLE}, rowid, words) VALUES ('delete', {old[0]}, {old[1]});"
    for what, when, does in (
        ("add", "INSERT", add), ("drop", "DELETE", drop), ("change", f"UPDATE OF {_watched(place)}", f"{drop} {add}"),
    ):  # fmt: skip
        yield f"CREATE TRIGGER search_{place.table}_{what} AFTER {when} ON {place.table} BEGIN {does} END"


def _kept_in_postgresql(place: SearchPlace) -> Iterator[str]:
    (rowid, words), (old, _) = _entry(place, "NEW"), _entry(place, "OLD")
    keeper = f"search_{place.table}"
    yield (
        f"CREATE FUNCTION {keeper}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP = 'TRUNCATE' THEN"
        f" DELETE FROM {TABLE} WHERE mod(rowid, {PLACES}) = {place.number}; RETURN NULL; END IF;"
        f" IF TG_OP <> 'INSERT' THEN DELETE FROM {TABLE} WHERE rowid = {old}; END IF;"
        f" IF TG_OP <> 'DELETE' THEN INSERT INTO {TABLE} (rowid, words) VALUES ({rowid}, {words}); END IF;"
        " RETURN NULL; END $$"
    )
    yield (
        f"CREATE TRIGGER {keeper} AFTER INSERT OR DELETE OR UPDATE OF {_watched(place)}"
        f" ON {place.table} FOR EACH ROW EXECUTE FUNCTION {keeper}()"
    )
    yield (
        f"CREATE TRIGGER {keeper}_empty AFTER TRUNCATE ON {place.table} FOR EACH STATEMENT EXECUTE FUNCTION {keeper}()"
    )


def _watched(place: SearchPlace) -> str:
    whose = ("organ_id",) if place.organ == OWN else ()
    return ", ".join((*whose, *place.columns, *place.made_of))


@event.listens_for(SQLModel.metadata, "after_create")
def _make(_target: MetaData, connection: Connection, **_options: Any) -> None:
    make_anew(connection)
