"""Taking back what a file brought into a ledger: its rows withdrawn, those it corrected as they were."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, select

from models.actor import Actor
from models.batch import ImportBatch
from models.database import key
from models.errors import ForbiddenError
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.people.organ import Organ
from models.people.permission import Action
from tasks.ledgers.import_ledger import keep_rows, rewrite_rows
from tasks.sheets.batches import changes_of, find_batch, taking_back
from tasks.sheets.rows import value_of

_SHOWN = 20


@dataclass(frozen=True)
class UndoneImport:
    """What taking a batch back did."""

    batch: int
    kind: Kind
    file_name: str
    withdrawn: int
    restored: int


@dataclass(frozen=True)
class BatchRows:
    """What a batch brought: its rows and those it corrected, and those of both that were changed since."""

    made: list[int]
    corrected: list[int]
    changed_since: list[int]


def find_ledger_batch(session: Session, batch_id: int, *, by: Actor) -> tuple[ImportBatch, Kind]:
    """The batch and its ledger. Raises NotFoundError, alike for one that is not `by`'s to know of."""
    batch = find_batch(session, batch_id, KINDS, by=by, called="台账导入批次")
    return batch, KINDS[batch.kind]


def rows_of_batch(session: Session, batch: ImportBatch, kind: Kind) -> BatchRows:
    """The rows that undoing the batch is about."""
    table: Any = kind.table
    query = select(table.id, table.revision, table.withdrawn_on).where(table.organ_id == batch.organ_id)
    made = session.execute(query.where(table.batch_id == batch.id).order_by(table.id)).all()
    changed = [row_id for row_id, revision, withdrawn in made if revision != 0 or withdrawn is not None]
    left = {key(one.row_id): (one.after or {})["revision"] for one in changes_of(session, batch)}
    corrected = sorted(left)
    if corrected:
        query = select(table.id, table.revision).where(table.id.in_(corrected))
        newest = {row_id: revision for row_id, revision in session.execute(query).all()}  # noqa: C416 - typed
        changed += [row_id for row_id in corrected if newest.get(row_id) != left[row_id]]
    return BatchRows([row_id for row_id, *_ in made], corrected, changed)


def undo_ledger_import(session: Session, batch_id: int, *, by: Actor) -> UndoneImport:
    """Undo a batch; it stays on record itself.

    Raises NotFoundError, and ForbiddenError where `by` may not record, where it is undone already, or where rows were
    corrected or withdrawn since: those are named, and nothing is changed.
    """
    batch, kind = find_ledger_batch(session, batch_id, by=by)
    with taking_back(session, batch, Action.RECORD, by=by) as record:
        rows = rows_of_batch(session, batch, kind)
        if rows.changed_since:
            more = f"等 {len(rows.changed_since)} 条" if len(rows.changed_since) > _SHOWN else ""
            named = "、".join(map(str, rows.changed_since[:_SHOWN]))
            raise ForbiddenError(f"批次 {batch_id} 不能撤销：{kind.title} {named}{more}导入以后又有更正或撤下。")
        table: Any = kind.table
        session.connection().execute(
            update(table.__table__)
            .where(table.__table__.c.batch_id == batch_id)
            .values(
                withdrawn_on=by.on, withdrawn_reason=f"撤销导入批次 {batch_id}", revision=table.__table__.c.revision + 1
            )
        )
        rewrite_rows(
            session, kind,
            {
                key(one.row_id): {name: value_of(kind.table, name, was) for name, was in (one.before or {}).items()}
                for one in changes_of(session, batch)
            },
        )  # fmt: skip
        record.after |= {
            "ledger": kind.title, "withdrawn_rows": len(rows.made), "restored_rows": len(rows.corrected),
        }  # fmt: skip
        organ = session.exec(select(Organ).where(Organ.id == batch.organ_id)).one()
        keep_rows(session, organ, kind, [*rows.made, *rows.corrected], by)
    return UndoneImport(batch_id, kind, batch.file_name, len(rows.made), len(rows.corrected))
