"""Bringing a file into a ledger: all of it or nothing, each wrong cell told, nothing brought in twice."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import Session, select

from models.actor import Actor
from models.batch import ImportBatch
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import CellError, ImportRefusedError
from models.insert_many import insert_many
from models.ledgers.entry import LedgerRow
from models.ledgers.kind import COMMON, Kind
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.audit import Record, json_value
from tasks.acting.authorize import authorize_organ
from tasks.acting.perform import performing_for
from tasks.ledgers.keep_terms import keep_terms
from tasks.ledgers.read_cell import is_dash, is_nothing
from tasks.ledgers.read_table import LedgerTable, Skipped, TableRow, read_table
from tasks.ledgers.read_values import Known, check_values, read_values, words_of
from tasks.ledgers.record import deriver, hold_identities, identity_of
from tasks.reading.cells import plain as cell_words
from tasks.reading.sheet import Cell, open_workbook
from tasks.sheets.batches import begin_batch
from tasks.sheets.no_collecting import no_collecting
from tasks.sheets.rows import CHUNK, keep_changes

CREATE, UPDATE, KEEP = "create", "update", "keep"


@dataclass
class ImportedRow:
    """One row of the file: what it would do, to which row of the ledger, and how each cell was understood.

    `values` are the whole row's as it is to be; `before` what an existing row held in the columns that change.
    """

    sheet: str | None
    row: int
    action: str = ""
    row_id: int | None = None
    texts: dict[str, str] = field(default_factory=dict)
    understood: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    revision: int = 0


@dataclass
class LedgerImport:
    """What bringing a file in did, or in a dry run would do. With `errors` nothing was written."""

    kind: Kind
    file_name: str
    dry_run: bool
    batch: int | None = None
    rows: list[ImportedRow] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    ignored_columns: list[str] = field(default_factory=list)
    ignored_sheets: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, action: str) -> int:
        """How many rows are new (create), correct one that is there (update), or say nothing new (keep)."""
        return sum(row.action == action for row in self.rows)

    @property
    def told(self) -> str:
        """What came of it, in one sentence."""
        counts = "，".join(
            f"{words} {count} {self.kind.unit}" for action, words in _WORDS if (count := self.count(action))
        )
        if self.batch is not None:
            return f"已导入{self.kind.title}：{counts}（批次 {self.batch}）。"
        if not self.dry_run:
            return f"文件与台账相同（{counts}），没有变化，未写入。"
        return f"可以导入{self.kind.title}：{counts}。还没有写入。"

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind.code, "file": self.file_name, "dry_run": self.dry_run, "batch": self.batch,
            "created": self.count(CREATE), "updated": self.count(UPDATE), "unchanged": self.count(KEEP),
            "errors": [error.as_dict() for error in self.errors],
            "skipped": [{"sheet": one.sheet, "row": one.row, "text": one.text, "why": one.why} for one in self.skipped],
            "ignored_columns": self.ignored_columns, "ignored_sheets": self.ignored_sheets, "notes": self.notes,
            "rows": [
                {"sheet": row.sheet, "row": row.row, "action": row.action, "id": row.row_id,
                 "understood": row.understood}
                for row in self.rows
            ],
        }  # fmt: skip


_WORDS = ((CREATE, "新增"), (UPDATE, "更正"), (KEEP, "未变"))


def import_ledger(
    session: Session,
    path: Path,
    organ: Organ,
    kind: Kind,
    *,
    by: Actor,
    dry_run: bool = False,
    always: Mapping[str, Cell] | None = None,
    table: LedgerTable | None = None,
) -> LedgerImport:
    """Bring the file into the organ's ledger; the caller commits.

    `table` is what `read_table` reads in it, for whoever reads it before the transaction.

    Rows are known again by what the kind declares, and corrected where a cell says something new: an empty cell
    changes nothing, a dash takes away what stood there. A row that is known by nothing is new, unless one that says
    the same is there. With any error, or in a dry run, nothing is written. `always` is, by column, what holds of every
    row that does not say it itself.

    Raises ForbiddenError for whoever may not record, in a dry run too, and UnreadableFileError.
    """
    with no_collecting():
        # Read before the database is asked anything: a transaction that has not begun keeps nobody waiting.
        table = table or read_table(open_workbook(path), kind, always)
        authorize_organ(session, by, Action.RECORD, organ.id)
        session.flush()
        if not dry_run:
            hold_identities(session, organ, kind)
        found = LedgerImport(
            kind, path.name, dry_run, skipped=table.skipped, headings=table.headings,
            ignored_columns=table.ignored_columns, ignored_sheets=table.ignored_sheets, notes=table.notes,
        )  # fmt: skip
        _understand(session, organ, found, table, by)
        if found.errors or dry_run or not any(row.action != KEEP for row in found.rows):
            return found
        _write(session, path, organ, found, by)
    return found


def refuse_errors(found: LedgerImport) -> None:
    """Raises ImportRefusedError with every wrong cell where there is one."""
    if found.errors:
        raise ImportRefusedError(found.errors)


def _understand(session: Session, organ: Organ, found: LedgerImport, table: LedgerTable, by: Actor) -> None:
    """Every row with its values, held against what the ledger has; everything wrong on the way."""
    kind, known, derive = found.kind, Known(session, organ), deriver(session, organ, found.kind, by=by)
    stands = _Standing(session, organ, kind)
    defaults = {one.name: one.default for one in kind.columns}
    seen: dict[tuple[Any, ...], TableRow] = {}
    faults: dict[int, list[CellError]] = defaultdict(list)
    for place, row in enumerate(table.rows):
        columns = list(row.cells)
        made = ImportedRow(row.sheet, row.row, texts={name: cell_words(cell) for name, cell in row.cells.items()})
        found.rows.append(made)
        said = {name: cell for name, cell in row.cells.items() if not is_nothing(cell)}
        cleared = {name for name, cell in row.cells.items() if is_dash(cell)}
        read, problems = read_values(kind, said, known, wan=table.wan)
        made.understood = {name: words for name, value in read.items() if (words := words_of_value(value))}
        identity = identity_of(kind, read)
        former = None
        if not problems and identity is not None:
            if identity in seen:
                first = seen[identity]
                label = "、".join(kind.field(name).label for name in kind.identity)
                where = f"工作表“{first.sheet}”第 {first.row} 行" if first.sheet != row.sheet else f"第 {first.row} 行"
                said_twice = f"{label}与{where}重复：请合并或更正。"
                faults[place].append(_error(kind, table, row, kind.identity[-1], said_twice))
                continue
            seen[identity] = row
            former = stands.by_identity(identity)
        elif not problems:
            as_new = derive(defaults | read)
            former = stands.alike({name: as_new[name] for name in read})
        values = {**(former.values if former else defaults), **read, **{name: defaults[name] for name in cleared}}
        problems += check_values(kind, values, wrong=[problem.name for problem in problems])
        problems.sort(key=lambda problem: columns.index(problem.name) if problem.name in columns else len(columns))
        faults[place] += [_error(kind, table, row, problem.name, problem.accepted) for problem in problems]
        if faults[place]:
            continue
        if former is not None and values["keeper_id"] != former.values["keeper_id"]:
            del values["post_id"]
        made.values = derive(values)
        if former is None:
            made.action = CREATE
            continue
        made.row_id, made.revision = former.row_id, former.revision
        made.before = {name: was for name, was in former.values.items() if made.values.get(name, was) != was}
        made.action = UPDATE if made.before else KEEP
    found.errors = [*table.errors, *(fault for place in sorted(faults) for fault in faults[place])]


def words_of_value(value: Any) -> str:
    """A value as the look-through shows that it was understood."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return words_of(value)


def _error(kind: Kind, table: LedgerTable, row: TableRow, name: str, accepted: str) -> CellError:
    heading = table.headings.get(name) or kind.field(name).label
    return CellError(row.sheet, row.row, heading, cell_words(row.cells.get(name, "")), accepted)


_BASE = set(LedgerRow.model_fields) - {one.name for one in COMMON} - {"post_id"}
"""The columns of every ledger that no file speaks of."""


@dataclass(frozen=True)
class _Former:
    row_id: int
    revision: int
    values: Mapping[str, Any]


class _Standing:
    """The rows that the ledger has, as far as a file may speak of them."""

    def __init__(self, session: Session, organ: Organ, kind: Kind) -> None:
        table: Any = kind.table
        # What is worked out from the fields belongs to what a row held, too.
        names = [name for name in kind.table.model_fields if name not in _BASE]
        columns = [getattr(table, name) for name in names]
        query = select(table.id, table.revision, *columns).where(
            table.organ_id == organ.id, table.withdrawn_on.is_(None)
        )
        self._kind = kind
        self._rows = [
            _Former(row_id, revision, dict(zip(names, values, strict=True)))
            for row_id, revision, *values in session.execute(query.order_by(table.id))
        ]
        self._known = {identity: row for row in self._rows if (identity := identity_of(kind, row.values))}
        self._taken: set[int] = set()
        self._alike: dict[tuple[str, ...], dict[tuple[Any, ...], list[_Former]]] = {}

    def by_identity(self, identity: tuple[Any, ...]) -> _Former | None:
        """The row known by this."""
        return self._known.get(identity)

    def alike(self, read: Mapping[str, Any]) -> _Former | None:
        """A row that holds all of this; each is found once only, so that two alike in a file are two in the ledger."""
        names = tuple(sorted(read))
        if names not in self._alike:
            grouped: dict[tuple[Any, ...], list[_Former]] = defaultdict(list)
            for row in self._rows:
                grouped[tuple(row.values[name] for name in names)].append(row)
            self._alike[names] = grouped
        for row in self._alike[names].get(tuple(read[name] for name in names), ()):
            if row.row_id not in self._taken:
                self._taken.add(row.row_id)
                return row
        return None


def _write(session: Session, path: Path, organ: Organ, found: LedgerImport, by: Actor) -> None:
    kind = found.kind
    updated = [row for row in found.rows if row.action == UPDATE]
    created = [row for row in found.rows if row.action == CREATE]
    with performing_for(session, by, Action.RECORD, organ.id) as record:
        batch = begin_batch(session, kind, path, by=by, organ_id=organ.id)
        name = kind.table.__tablename__
        keep_changes(
            session,
            batch,
            [
                {"table_name": name, "row_id": row.row_id, "after": {"revision": row.revision + 1},
                 "before": {name: json_value(was) for name, was in row.before.items()}}
                for row in updated
            ],
        )  # fmt: skip
        found.batch = batch.id
        _insert(session, organ, kind, created, batch, by)
        rewrite_rows(
            session, kind, {key(row.row_id): {name: row.values[name] for name in row.before} for row in updated}
        )
        _tell(record, found, created, updated, batch.sha256)
        keep_rows(session, organ, kind, [key(row.row_id) for row in (*created, *updated)], by)


def _insert(
    session: Session, organ: Organ, kind: Kind, created: Sequence[ImportedRow], batch: ImportBatch, by: Actor
) -> None:
    if not created:
        return
    count = len(created)
    columns: dict[str, Sequence[Any]] = {name: [row.values[name] for row in created] for name in created[0].values}
    columns |= {
        "organ_id": [organ.id] * count, "batch_id": [batch.id] * count, "recorded_at": [by.now] * count,
        "recorded_by_id": [by.person_id] * count, "revision": [0] * count,
    }  # fmt: skip
    table: Any = kind.table
    insert_many(session.connection(), table.__table__, columns)
    ids = session.execute(select(table.id).where(table.batch_id == batch.id).order_by(table.id)).scalars().all()
    for row, row_id in zip(created, ids, strict=True):
        row.row_id = row_id


def keep_rows(session: Session, organ: Organ, kind: Kind, rows: Sequence[int], by: Actor) -> None:
    """Let the days that these rows set follow what they say, now that they were written by statements."""
    session.expire_all()
    table: Any = kind.table
    found: list[Any] = []
    for start in range(0, len(rows), CHUNK):
        found += session.exec(select(table).where(table.id.in_(rows[start : start + CHUNK])).order_by(table.id))
    keep_terms(session, organ, kind, found, by=by, calendar=office_calendar(session, organ_id=organ.id))


def rewrite_rows(session: Session, kind: Kind, values: Mapping[int, Mapping[str, Any]]) -> None:
    """Set columns of rows that are there, row by row, each a revision further; by one statement for each set of
    columns. To be called within an act that records it."""
    grouped: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row_id, changed in values.items():
        grouped[tuple(changed)].append({"row_id": row_id} | {f"new_{name}": value for name, value in changed.items()})
    mapped: Any = kind.table
    table = mapped.__table__
    for names, parameters in grouped.items():
        statement = update(table).where(table.c.id == bindparam("row_id"))
        changes = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
        session.connection().execute(statement.values(revision=table.c.revision + 1, **changes), parameters)


def _tell(
    record: Record, found: LedgerImport, created: Sequence[ImportedRow], updated: Sequence[ImportedRow], digest: str
) -> None:
    """The file and its numbers; each row too, while they are few enough to be listed."""
    name = found.kind.table.__tablename__
    record.after |= {
        "ledger": found.kind.title, "file": found.file_name, "sha256": digest, "batch": found.batch,
        "new_rows": len(created), "changed_rows": len(updated),
    }  # fmt: skip
    for row in created:
        record.after[f"{name}:{row.row_id}"] = {
            column: json_value(value) for column, value in row.values.items() if value is not None
        }
    for row in updated:
        record.before[f"{name}:{row.row_id}"] = {column: json_value(was) for column, was in row.before.items()}
        record.after[f"{name}:{row.row_id}"] = {column: json_value(row.values[column]) for column in row.before} | {
            "revision": row.revision + 1
        }
