"""The imports that made a plan: what each created and changed, and what taking one back would be about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from models.batch import ImportBatch, ImportChange
from models.database import key
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from tasks.reading.plan_columns import LIST


class PlanBatch(NamedTuple):
    """An import with how many items it created and changed."""

    batch: ImportBatch
    created: int
    changed: int


@dataclass(frozen=True)
class BatchItems:
    """What an import created and changed: all of it counted, the first of it listed."""

    created: int
    changed: int
    made: Sequence[WorkItem]
    rewritten: Sequence[WorkItem]


def batches_of(session: Session, plan: AnnualPlan, *, most: int) -> list[PlanBatch]:
    """The newest imports of the plan, undone ones too."""
    listed = session.exec(
        select(ImportBatch).where(ImportBatch.plan_id == plan.id).order_by(col(ImportBatch.id).desc()).limit(most)
    ).all()
    ids = [batch.id for batch in listed]
    created = dict(
        session.exec(
            select(WorkItem.batch_id, func.count(col(WorkItem.id)))
            .where(col(WorkItem.batch_id).in_(ids))
            .group_by(col(WorkItem.batch_id))
        ).all()
    )
    changed = dict(
        session.exec(
            select(ImportChange.batch_id, func.count(col(ImportChange.id)))
            .where(col(ImportChange.batch_id).in_(ids))
            .group_by(col(ImportChange.batch_id))
        ).all()
    )
    return [PlanBatch(batch, created.get(batch.id, 0), changed.get(key(batch.id), 0)) for batch in listed]


def newest_batches(session: Session, organ_id: int, *, most: int) -> Sequence[tuple[ImportBatch, int]]:
    """The newest imports into any plan of the organ, each with the plan's year."""
    query = select(ImportBatch, AnnualPlan.year).join(AnnualPlan).where(AnnualPlan.organ_id == organ_id)
    return session.exec(query.order_by(col(ImportBatch.id).desc()).limit(most)).all()


def kept_columns(session: Session, organ_id: int | None) -> dict[str, str]:
    """By heading which field a column is, as the newest of the organ's imports said that had a person say it."""
    query = select(ImportBatch).where(ImportBatch.kind == LIST.code, ImportBatch.organ_id == organ_id)
    said = query.where(col(ImportBatch.columns).is_not(None), col(ImportBatch.undone_at).is_(None))
    newest = session.exec(said.order_by(col(ImportBatch.id).desc()).limit(1)).first()
    return dict(newest.columns or {}) if newest is not None else {}


def was_imported(session: Session, year: int, file_name: str) -> bool:
    """Whether a file of this name came into a plan of the year, and was not taken back since."""
    query = select(ImportBatch.id).join(AnnualPlan).where(AnnualPlan.year == year, ImportBatch.file_name == file_name)
    return session.exec(query.where(col(ImportBatch.undone_at).is_(None))).first() is not None


def items_of_batch(session: Session, batch: ImportBatch, *, most: int) -> BatchItems:
    """The items that taking the import back is about; at most so many are listed."""
    made = select(WorkItem).where(WorkItem.batch_id == batch.id).order_by(col(WorkItem.id)).limit(most)
    touched = select(ImportChange.row_id).where(ImportChange.batch_id == batch.id)
    rewritten = select(WorkItem).where(col(WorkItem.id).in_(touched))
    created = select(func.count(col(WorkItem.id))).where(WorkItem.batch_id == batch.id)
    changed = select(func.count(col(ImportChange.id))).where(ImportChange.batch_id == batch.id)
    return BatchItems(
        session.exec(created).one(),
        session.exec(changed).one(),
        session.exec(made).all(),
        session.exec(rewritten.order_by(col(WorkItem.id)).limit(most)).all(),
    )
