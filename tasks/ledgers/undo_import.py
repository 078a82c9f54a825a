"""Taking back what a file brought into a ledger: its rows withdrawn, those it corrected as they were."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from models.actor import Actor
from models.errors import ForbiddenError, NotFoundError
from models.ledgers.batch import LedgerBatch
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.authorize import may_see_organ
from tasks.acting.perform import performing_for
from tasks.ledgers.import_ledger import keep_rows, rewrite_rows, value_of

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


def batches_of(session: Session, organ: Organ, kind: Kind, *, most: int = 10) -> list[LedgerBatch]:
    """The newest files that came into the ledger."""
    query = select(LedgerBatch).where(LedgerBatch.organ_id == organ.id, LedgerBatch.kind == kind.code)
    return list(session.exec(query.order_by(col(LedgerBatch.id).desc()).limit(most)))


def find_batch(session: Session, batch_id: int, *, by: Actor) -> tuple[LedgerBatch, Kind]:
    """The batch and its ledger. Raises NotFoundError, alike for one that is not `by`'s to know of."""
    batch = session.get(LedgerBatch, batch_id)
    if batch is None or batch.kind not in KINDS or not may_see_organ(session, by, batch.organ_id):
        raise NotFoundError(f"没有编号为 {batch_id} 的台账导入批次。")
    return batch, KINDS[batch.kind]


def rows_of_batch(session: Session, batch: LedgerBatch, kind: Kind) -> BatchRows:
    """The rows that undoing the batch is about."""
    table: Any = kind.table
    query = select(table.id, table.revision, table.withdrawn_on).where(table.organ_id == batch.organ_id)
    made = session.execute(query.where(table.batch_id == batch.id).order_by(table.id)).all()
    changed = [row_id for row_id, revision, withdrawn in made if revision != 0 or withdrawn is not None]
    corrected = sorted(int(row_id) for row_id in batch.former)
    if corrected:
        query = select(table.id, table.revision).where(table.id.in_(corrected))
        newest = {row_id: revision for row_id, revision in session.execute(query).all()}  # noqa: C416 - typed
        changed += [row_id for row_id in corrected if newest.get(row_id) != batch.former[str(row_id)]["revision"] + 1]
    return BatchRows([row_id for row_id, *_ in made], corrected, changed)


def undo_ledger_import(session: Session, batch_id: int, *, by: Actor) -> UndoneImport:
    """Undo a batch; it stays on record itself.

    Raises NotFoundError, and ForbiddenError where `by` may not record, where it is undone already, or where rows were
    corrected or withdrawn since: those are named, and nothing is changed.
    """
    batch, kind = find_batch(session, batch_id, by=by)
    with performing_for(session, by, Action.RECORD, batch.organ_id) as record:
        session.refresh(batch, with_for_update=True)
        if batch.undone_at is not None:
            raise ForbiddenError(f"批次 {batch_id} 已经撤销过了。")
        rows = rows_of_batch(session, batch, kind)
        if rows.changed_since:
            more = f"等 {len(rows.changed_since)} 条" if len(rows.changed_since) > _SHOWN else ""
            named = "、".join(map(str, rows.changed_since[:_SHOWN]))
            raise ForbiddenError(f"批次 {batch_id} 不能撤销:{kind.title} {named}{more}导入以后又有更正或撤下。")
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
                int(row_id): {name: value_of(kind, name, was) for name, was in former.items() if name != "revision"}
                for row_id, former in batch.former.items()
            },
        )  # fmt: skip
        batch.undone_at = by.now
        record.after |= {
            "ledger": kind.title, "batch": batch_id, "file": batch.file_name, "withdrawn_rows": len(rows.made),
            "restored_rows": len(rows.corrected),
        }  # fmt: skip
        session.flush()
        keep_rows(session, session.get_one(Organ, batch.organ_id), kind, [*rows.made, *rows.corrected], by)
    return UndoneImport(batch_id, kind, batch.file_name, len(rows.made), len(rows.corrected))
