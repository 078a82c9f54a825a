"""Taking an import back as a whole: what it created goes, what it rewrote reads as before."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, delete, exists, or_
from sqlmodel import Session, SQLModel, col, select

from models.actor import Actor
from models.errors import ForbiddenError, NotFoundError
from models.items.item import ItemState, WorkItem
from models.items.plan import AnnualPlan, ImportBatch, ImportChange, Project
from models.people.permission import Action
from tasks.acting.audit import write_alone
from tasks.acting.authorize import authorize_organ, may_see_organ
from tasks.ladder.arm import reschedule
from tasks.plan.merge_list import TIMES
from tasks.plan.store_list import replace_leaders, replace_units, rewrite_items

_OWN = {"item_leader", "item_unit", "import_change"}
"""What belongs to an item itself; rows of any other table mean that somebody has worked with it."""

_DAYS = ("start_on", "due_on")
_SHOWN = 20


@dataclass(frozen=True)
class UndoResult:
    """What taking a batch back did."""

    batch: int
    file_name: str
    deleted: int
    restored: int


def undo_import(session: Session, batch_id: int, *, by: Actor) -> UndoResult:
    """Undo a batch, the newest of its plan that still stands; the batch itself stays on record.

    Raises NotFoundError for a batch that is unknown, or of an organ that `by` may not know of; ForbiddenError where
    `by` may not import, where it is undone already, where a later one has to go first, or where items it created
    have been issued or worked on: then nothing is changed.
    """
    batch = session.get(ImportBatch, batch_id)
    organ_id = session.get_one(AnnualPlan, batch.plan_id).organ_id if batch else None
    if batch is None or organ_id is None or not may_see_organ(session, by, organ_id):
        raise NotFoundError(f"没有编号为 {batch_id} 的导入批次。")
    standing = authorize_organ(session, by, Action.PLAN, organ_id)
    if batch.undone_at is not None:
        raise ForbiddenError(f"批次 {batch_id} 已经撤销过了。")
    newest = session.exec(
        select(ImportBatch.id)
        .where(ImportBatch.plan_id == batch.plan_id, col(ImportBatch.undone_at).is_(None))
        .order_by(col(ImportBatch.id).desc())
    ).first()
    if newest != batch_id:
        raise ForbiddenError(f"批次 {batch_id} 之后又导入过:请先撤销批次 {newest}。")
    created = session.exec(
        select(WorkItem.id, WorkItem.number).where(WorkItem.batch_id == batch_id).order_by(col(WorkItem.id))
    ).all()
    _refuse_used(session, batch_id)
    restored = _restore(session, batch, on=by.on, now=by.now)
    _delete(session, batch)
    batch.undone_at = by.now
    session.add(batch)
    session.flush()
    told = {"batch": batch_id, "file": batch.file_name, "deleted": len(created), "restored": restored}
    write_alone(session, by, Action.PLAN, organ_id=organ_id, for_id=standing.seat.for_id, after=told)
    session.expire_all()
    return UndoResult(batch_id, batch.file_name, len(created), restored)


def _refuse_used(session: Session, batch_id: int) -> None:
    item = SQLModel.metadata.tables["work_item"]
    worked_on = or_(*(exists().where(table.c[name] == item.c.id) for table, name in _references(item)))
    query = select(item.c.number).where(item.c.batch_id == batch_id, or_(item.c.state != ItemState.DRAFT, worked_on))
    used = session.connection().execute(query.order_by(item.c.id)).scalars().all()
    if used:
        more = f"等 {len(used)} 项" if len(used) > _SHOWN else ""
        raise ForbiddenError(f"批次 {batch_id} 不能撤销:任务 {'、'.join(used[:_SHOWN])}{more}已下达或已有办理记录。")


def _references(item: Table) -> Iterable[tuple[Table, str]]:
    """Every column of every table that points to an item, but for what belongs to the item itself."""
    for table in SQLModel.metadata.tables.values():
        if table.name not in _OWN:
            yield from ((table, key.parent.name) for key in table.foreign_keys if key.column is item.c.id)


def _restore(session: Session, batch: ImportBatch, *, on: dt.date, now: dt.datetime) -> int:
    """Gives every rewritten item its former values back; an issued one whose days change moves its deadlines."""
    changes = session.exec(select(ImportChange).where(ImportChange.batch_id == batch.id)).all()
    columns: dict[int, dict[str, Any]] = {}
    units: dict[int, list[tuple[int | None, str]]] = {}
    leaders: dict[int, list[int]] = {}
    for change in changes:
        before = dict(change.before)
        if "units" in before:
            units[change.item_id] = [(department_id, text) for department_id, text in before.pop("units")]
        if "leaders" in before:
            leaders[change.item_id] = before.pop("leaders")
        columns[change.item_id] = {
            name: dt.date.fromisoformat(value) if name in _DAYS and value else value for name, value in before.items()
        }
    rewrite_items(session, columns)
    replace_units(session, units)
    replace_leaders(session, leaders)
    session.expire_all()
    for item_id, values in columns.items():
        item = session.get_one(WorkItem, item_id)
        if item.state is not ItemState.DRAFT and not TIMES.isdisjoint(values):
            reschedule(session, item, reason=f"撤销导入批次 {batch.id}", on=on, now=now)
    return len(changes)


def _delete(session: Session, batch: ImportBatch) -> None:
    tables = SQLModel.metadata.tables
    created = select(WorkItem.id).where(WorkItem.batch_id == batch.id)
    session.execute(delete(tables["import_change"]).where(tables["import_change"].c.batch_id == batch.id))
    for name in sorted(_OWN):
        session.execute(delete(tables[name]).where(tables[name].c.item_id.in_(created)))
    session.execute(delete(tables["work_item"]).where(tables["work_item"].c.batch_id == batch.id))
    used = select(WorkItem.project_id).where(WorkItem.plan_id == batch.plan_id)
    session.execute(delete(Project).where(col(Project.plan_id) == batch.plan_id, col(Project.id).not_in(used)))
