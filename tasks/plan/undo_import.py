"""Taking an import back as a whole: what it created goes, what it rewrote reads as before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col, func, select

from models.actor import Actor
from models.batch import ImportBatch, ImportChange
from models.database import key
from models.errors import ForbiddenError
from models.items.item import ItemState, WorkItem
from models.items.plan import Project
from models.people.permission import Action
from tasks.plan.store_list import replace_leaders, replace_units, rewrite_items
from tasks.reading.plan_columns import LIST
from tasks.sheets.batches import changes_of, find_batch, stands_against, taking_back
from tasks.sheets.rows import CHUNK, used_rows, value_of

_OWN = {"item_leader", "item_unit"}
"""What belongs to an item itself; rows of any other table mean that somebody has worked with it."""

_TABLES = SQLModel.metadata.tables
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
    `by` may not import, where it is undone already, where a later one has to go first, or where items it created or
    changed have been issued or worked on: then nothing is changed.
    """
    batch = find_batch(session, batch_id, [LIST.code], by=by)
    with taking_back(session, batch, Action.PLAN, by=by) as record:
        if said := stands_against(session, batch):
            raise ForbiddenError(said)
        created = _created(session, batch)
        restored = _restore(session, batch)
        _delete(session, batch, list(created))
        record.after |= {"deleted": len(created), "restored": restored}
    session.expire_all()
    return UndoResult(batch_id, batch.file_name, len(created), restored)


def _created(session: Session, batch: ImportBatch) -> dict[int, str]:
    """The items that the batch created, by id. Raises ForbiddenError where somebody has worked with one."""
    items = select(WorkItem.id, WorkItem.number, WorkItem.state).where(WorkItem.batch_id == batch.id)
    rows = [(key(item_id), number, state) for item_id, number, state in session.exec(items.order_by(col(WorkItem.id)))]
    pointed_at = used_rows(session, _TABLES["work_item"], [item_id for item_id, *_ in rows], apart=_OWN)
    used = [number for item_id, number, state in rows if state is not ItemState.DRAFT or item_id in pointed_at]
    if used:
        raise ForbiddenError(f"批次 {batch.id} 不能撤销：任务 {_named(used)}已下达或已有办理记录。")
    return {item_id: number for item_id, number, _ in rows}


def _restore(session: Session, batch: ImportBatch) -> int:
    """Gives every rewritten draft its former values back. Raises ForbiddenError where one is issued."""
    if said := issued_among_changed(session, batch):
        raise ForbiddenError(said)
    changes = changes_of(session, batch)
    columns: dict[int, dict[str, Any]] = {}
    units: dict[int, list[tuple[int | None, str]]] = {}
    leaders: dict[int, list[int]] = {}
    for change in changes:
        item_id, before = key(change.row_id), dict(change.before or {})
        if "units" in before:
            units[item_id] = [(department_id, text) for department_id, text in before.pop("units")]
        if "leaders" in before:
            leaders[item_id] = before.pop("leaders")
        columns[item_id] = {name: value_of(WorkItem, name, value) for name, value in before.items()}
    rewrite_items(session, columns)
    replace_units(session, units)
    replace_leaders(session, leaders)
    session.expire_all()
    return len(changes)


def issued_among_changed(session: Session, batch: ImportBatch) -> str:
    """Why the batch cannot be undone where items that it changed are issued, in a sentence; "" where none is."""
    ids = [key(change.row_id) for change in changes_of(session, batch)]
    issued = select(WorkItem.number).where(WorkItem.state != ItemState.DRAFT).order_by(col(WorkItem.id))
    begun = [
        number
        for start in range(0, len(ids), CHUNK)
        for number in session.exec(issued.where(col(WorkItem.id).in_(ids[start : start + CHUNK])))
    ]
    if not begun:
        return ""
    return f"批次 {batch.id} 不能撤销：它改动的任务 {_named(begun)}已下达，只能按理由逐项“修改”“调整时限”改回。"


def undo_stopped_by(session: Session, batch: ImportBatch) -> str:
    """Why the batch cannot be undone, in a sentence; "" where it can, or where only what somebody has worked on in a
    draft of it will tell (`undo_import`).
    """
    if said := stands_against(session, batch):
        return said
    begun = select(func.count(col(WorkItem.id))).where(WorkItem.batch_id == batch.id)
    count = session.exec(begun.where(col(WorkItem.state) != ItemState.DRAFT)).one()
    if count:
        return f"批次 {batch.id} 不能撤销：其中 {count} 项已下达或已有办理记录。"
    return issued_among_changed(session, batch)


def _named(numbers: Sequence[str]) -> str:
    return "、".join(numbers[:_SHOWN]) + (f"等 {len(numbers)} 项" if len(numbers) > _SHOWN else "")


def _delete(session: Session, batch: ImportBatch, created: Sequence[int]) -> None:
    """What the batch created with what belongs to it, and the projects that are left without an item."""
    session.execute(delete(ImportChange).where(col(ImportChange.batch_id) == batch.id))
    for start in range(0, len(created), CHUNK):
        ids = created[start : start + CHUNK]
        for name in sorted(_OWN):
            session.execute(delete(_TABLES[name]).where(_TABLES[name].c.item_id.in_(ids)))
        session.execute(delete(WorkItem).where(col(WorkItem.id).in_(ids)))
    used = select(WorkItem.project_id).where(WorkItem.plan_id == batch.plan_id)
    session.execute(delete(Project).where(col(Project.plan_id) == batch.plan_id, col(Project.id).not_in(used)))
