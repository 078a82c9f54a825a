"""Batches, whatever kind of sheet they brought in: begun, found again, and taken back once and on record."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from models.actor import Actor
from models.batch import ImportBatch, ImportChange
from models.errors import ForbiddenError, NotFoundError
from models.ledgers.sheet_kind import SheetKind
from models.people.permission import Action
from tasks.acting.audit import Record
from tasks.acting.authorize import may_see_organ
from tasks.acting.perform import performing_for


def begin_batch(
    session: Session, kind: SheetKind, path: Path, *, by: Actor, organ_id: int | None, plan_id: int | None = None,
    columns: Mapping[str, str] | None = None,
) -> ImportBatch:  # fmt: skip
    """The file on record, with its number, for what it brings to point to; with the columns that a person named."""
    batch = ImportBatch(
        kind=kind.code, organ_id=organ_id, plan_id=plan_id, file_name=path.name[-255:], sha256=digest(path),
        imported_at=by.now, imported_by=by.name[:100],
        columns=dict(columns) if columns else None,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    return batch


def digest(path: Path) -> str:
    """The SHA-256 of the file, as the trail names it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def batches_of(session: Session, kind: SheetKind, organ_id: int | None, *, most: int = 10) -> list[ImportBatch]:
    """The newest files of the kind that came in for the organ."""
    query = select(ImportBatch).where(ImportBatch.kind == kind.code, ImportBatch.organ_id == organ_id)
    return list(session.exec(query.order_by(col(ImportBatch.id).desc()).limit(most)))


def find_batch(
    session: Session, batch_id: int, kinds: Collection[str], *, by: Actor, called: str = "导入批次"
) -> ImportBatch:
    """The batch, of one of these kinds. Raises NotFoundError, alike for one that is not `by`'s to know of."""
    batch = session.get(ImportBatch, batch_id)
    if batch is None or batch.kind not in kinds or not may_see_organ(session, by, batch.organ_id):
        raise NotFoundError(f"没有编号为 {batch_id} 的{called}。")
    return batch


def changes_of(session: Session, batch: ImportBatch) -> list[ImportChange]:
    """What the batch did to rows, in the order in which it was kept."""
    query = select(ImportChange).where(ImportChange.batch_id == batch.id)
    return list(session.exec(query.order_by(col(ImportChange.id))))


@contextmanager
def taking_back(session: Session, batch: ImportBatch, action: Action, *, by: Actor) -> Iterator[Record]:
    """Undo the batch within the block, as one act on record; the batch itself stays.

    Raises ForbiddenError where `by` may not, and where it is undone already.
    """
    with performing_for(session, by, action, batch.organ_id) as record:
        session.refresh(batch, with_for_update=True)
        if batch.undone_at is not None:
            raise ForbiddenError(f"批次 {batch.id} 已经撤销过了。")
        record.after |= {"batch": batch.id, "file": batch.file_name}
        yield record
        session.flush()
        # By a statement: that the batch is undone is what the entry itself says.
        session.execute(update(ImportBatch).where(col(ImportBatch.id) == batch.id).values(undone_at=by.now))


def stands_against(session: Session, batch: ImportBatch) -> str:
    """Why the batch cannot be undone whatever became of its rows, in a sentence: it is undone, or a later one that may
    rest on it (of the same plan, else of the same organ) has to go first. Nothing: ""."""
    if batch.undone_at is not None:
        return f"批次 {batch.id} 已经撤销过了。"
    later = select(ImportBatch.id).where(
        ImportBatch.kind == batch.kind, col(ImportBatch.id) > batch.id, col(ImportBatch.undone_at).is_(None)
    )
    if batch.plan_id is not None:
        later = later.where(ImportBatch.plan_id == batch.plan_id)
    elif batch.organ_id is not None:
        later = later.where(or_(col(ImportBatch.organ_id) == batch.organ_id, col(ImportBatch.organ_id).is_(None)))
    newest = session.exec(later.order_by(col(ImportBatch.id).desc())).first()
    return f"批次 {batch.id} 之后又导入过：请先撤销批次 {newest}。" if newest is not None else ""
