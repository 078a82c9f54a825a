"""Rows that a batch made, changed or deleted: kept as it does so, and taken back where nothing was built on them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Table, delete, insert, select, tuple_, update
from sqlmodel import Session, SQLModel

from models.batch import ImportBatch, ImportChange
from models.people.person import Person
from tasks.acting.audit import Record, json_value
from tasks.sheets.batches import changes_of
from tasks.trail.tell_entry import TABLES

CHUNK = 5_000
"""Rows asked for at once: a statement takes so many parameters."""

_USERS = {**TABLES, "audit_entry": "操作记录", "notice": "通知"}
"""What may have been built on a row, beside the office's own tables."""

_Key = tuple[Any, ...]


def keep_changes(session: Session, batch: ImportBatch, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep what the batch did to rows: `table_name`, `row_id`, `before` and `after` of each."""
    kept = [{"batch_id": batch.id} | dict(row) for row in rows]
    if kept:
        session.execute(insert(ImportChange), kept)


def recorded_changes(record: Record) -> list[dict[str, Any]]:
    """What was recorded of rows as a batch keeps it; rows that are in the end as they were are left out."""
    found = []
    for name, after in record.after.items():
        table_name, _, key = name.partition(":")
        before = record.before.get(name)
        if after.get("deleted") is True:
            after = None
        elif before is not None:
            after = {column: value for column, value in after.items() if before.get(column) != value}
            before = {column: before[column] for column in after}
        if not before and not after:
            continue  # as it was, or made and gone within the act
        row_id = int(key) if key.isdecimal() else None
        found.append({"table_name": table_name, "row_id": row_id, "before": before, "after": after})
    return found


def value_of(model: type[SQLModel], name: str, told: Any) -> Any:
    """A value as it was kept in JSON, with its type again."""
    return _reader(model, name).validate_python(told)


@lru_cache(maxsize=1_000)
def _reader(model: type[SQLModel], name: str) -> TypeAdapter[Any]:
    declared: Any = model.model_fields[name].annotation
    return TypeAdapter(declared)


def objections(session: Session, batch: ImportBatch) -> list[str]:
    """Why rows of the batch cannot be taken back: each that was changed since, or that something else points to."""
    made, by_table = _sorted_out(changes_of(session, batch))
    found = []
    for table, changes in by_table.items():
        present = _present(session, table, [_key(table, change) for change in changes])
        for change in changes:
            row = present.get(_key(table, change))
            if not _as_left(table, change, row):
                row = row or change.after or change.before or {}
                found.append(f"{_called(session, table, row)}导入以后又有改动")
        if table.name == "organ":
            continue  # one on record in the trail stays, and does no harm
        ids = [change.row_id for change in changes if change.before is None and change.row_id is not None]
        for row_id, users in sorted(used_rows(session, table, ids, made=made).items()):
            labels = "、".join(sorted({_USERS.get(user, "其他记录") for user in users}))
            found.append(f"{_called(session, table, present.get((row_id,)) or {})}已有{labels}")
    return found


def take_back(session: Session, batch: ImportBatch) -> tuple[dict[str, int], int]:
    """Give the rows that the batch changed or deleted back what they held, delete those it made; `objections` has found
    nothing. Answers how many were deleted, by table, and how many restored.

    An organ that something points to stays: the trail at least names it.
    """
    session.flush()
    _, by_table = _sorted_out(changes_of(session, batch))
    deleted: dict[str, int] = {}
    restored = 0
    for table, changes in by_table.items():
        for change in changes:
            if change.before is not None:
                _restore(session, table, change)
                restored += 1
    for table in reversed(SQLModel.metadata.sorted_tables):
        keys = [_key(table, change) for change in by_table.get(table, ()) if change.before is None]
        ids = [key[0] for key in keys if len(key) == 1]
        if table.name == "person":
            session.execute(update(table).where(table.c.id.in_(ids)).values(deputy_id=None))
        stay = used_rows(session, table, ids) if table.name == "organ" else {}
        gone = [key for key in keys if key[0] not in stay]
        for start in range(0, len(gone), CHUNK):
            session.execute(delete(table).where(tuple_(*table.primary_key).in_(gone[start : start + CHUNK])))
        if gone:
            deleted[table.name] = len(gone)
    session.expire_all()
    return deleted, restored


def used_rows(
    session: Session,
    table: Table,
    ids: Sequence[int],
    *,
    apart: Collection[str] = (),
    made: Mapping[tuple[str, str], Collection[_Key]] = {},
) -> dict[int, set[str]]:
    """Those of the rows that something else points to, with the tables it stands in.

    What stands in a table `apart` does not count, nor does a row (by table and column) that was `made` so by the batch.
    """
    found: dict[int, set[str]] = defaultdict(set)
    for other, column in references(table):
        if other.name in apart:
            continue
        own = made.get((other.name, column), ())
        pointing = select(*other.primary_key, other.c[column]) if own else select(other.c[column]).distinct()
        for start in range(0, len(ids), CHUNK):
            query = pointing.where(other.c[column].in_(ids[start : start + CHUNK]))
            for *key, row_id in session.connection().execute(query):
                if not key or tuple(key) not in own:
                    found[row_id].add(other.name)
    return dict(found)


def references(table: Table) -> Iterable[tuple[Table, str]]:
    """Every column of every table that points to a row of this one."""
    for other in SQLModel.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table:
                yield other, key.parent.name


def _sorted_out(
    changes: Iterable[ImportChange],
) -> tuple[dict[tuple[str, str], set[_Key]], dict[Table, list[ImportChange]]]:
    """The rows that the batch made point to something, by table and column; and its changes by table."""
    made: dict[tuple[str, str], set[_Key]] = defaultdict(set)
    by_table: dict[Table, list[ImportChange]] = defaultdict(list)
    for change in changes:
        table = SQLModel.metadata.tables[change.table_name]
        by_table[table].append(change)
        for column in change.after or ():
            made[table.name, column].add(_key(table, change))
    return made, by_table


def _key(table: Table, change: ImportChange) -> _Key:
    values = (change.before or {}) | (change.after or {})
    return tuple(change.row_id if column.name == "id" else values[column.name] for column in table.primary_key)


def _same(table: Table, key: _Key) -> list[Any]:
    return [column == value for column, value in zip(table.primary_key, key, strict=True)]


def _present(session: Session, table: Table, keys: Sequence[_Key]) -> dict[_Key, dict[str, Any]]:
    """The rows as they are, by key, as JSON has them."""
    first, *_ = table.primary_key
    found: dict[_Key, dict[str, Any]] = {}
    for start in range(0, len(keys), CHUNK):
        query = select(table).where(first.in_([key[0] for key in keys[start : start + CHUNK]]))
        for row in session.connection().execute(query).mappings():
            key = tuple(row[column.name] for column in table.primary_key)
            found[key] = {name: json_value(value) for name, value in row.items()}
    return found


def _as_left(table: Table, change: ImportChange, row: Mapping[str, Any] | None) -> bool:
    if change.after is None or row is None:
        return change.after is None and row is None
    left = dict.fromkeys(table.c.keys()) | change.after if change.before is None else change.after
    return all(row[column] == value for column, value in left.items())


def _restore(session: Session, table: Table, change: ImportChange) -> None:
    model = next(mapper.class_ for mapper in SQLModel._sa_registry.mappers if mapper.local_table is table)
    values = {name: value_of(model, name, told) for name, told in (change.before or {}).items()}
    if change.after is None:
        session.execute(insert(table).values(values))
    else:
        session.execute(update(table).where(*_same(table, _key(table, change))).values(values))


def _called(session: Session, table: Table, row: Mapping[str, Any]) -> str:
    person = session.get(Person, row["person_id"]) if "person_id" in row else None
    name = person.name if person else row.get("name") or row.get("title")
    return TABLES.get(table.name, "记录") + (f"“{name}”" if name else "")
