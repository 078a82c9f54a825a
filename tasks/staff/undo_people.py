"""Taking back what a staff list brought: rows that it made go, those it changed read as before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from models.actor import Actor
from models.batch import ImportBatch, ImportChange
from models.database import key
from models.errors import ForbiddenError, NotFoundError
from models.people.permission import Action
from tasks.acting.authorize import may_see_organ
from tasks.reading.staff_list import STAFF
from tasks.sheets.batches import changes_of, find_batch, stands_against, taking_back
from tasks.sheets.rows import objections, take_back

_SHOWN = 20
_COUNTED = {
    "people": ("person", "人员"), "posts": ("post", "岗位"), "departments": ("department", "部门"),
    "organs": ("organ", "单位"),
}  # fmt: skip
"""What is counted, as the import counts it: its table, and the word for it."""


@dataclass(frozen=True)
class UndonePeople:
    """What taking a batch back did: what went, counted as the import counts, and how many rows were restored."""

    batch: int
    file_name: str
    deleted: Mapping[str, int]
    restored: int

    @property
    def told(self) -> str:
        """In one sentence."""
        gone = [f"{words} {count} 个" for name, (_, words) in _COUNTED.items() if (count := self.deleted[name])]
        did = [*([f"删去{'、'.join(gone)}"] if gone else []), f"恢复 {self.restored} 处"]
        return f"已撤销批次 {self.batch}（“{self.file_name}”）：{'，'.join(did)}。"


def find_people_batch(session: Session, batch_id: int, *, by: Actor) -> ImportBatch:
    """The batch. Raises NotFoundError, alike for one that is not `by`'s to know of."""
    return find_batch(session, batch_id, [STAFF.code], by=by, called="名册导入批次")


def brought(session: Session, batch: ImportBatch) -> tuple[dict[str, list[str]], int]:
    """What undoing is about: the names of what the batch made, by what it is, and how many rows it changed."""
    changes = changes_of(session, batch)
    names = {
        words: [made["name" if "name" in made else "title"] for made in _made(changes, table)]
        for table, words in _COUNTED.values()
    }
    return {words: listed for words, listed in names.items() if listed}, sum(one.before is not None for one in changes)


def _made(changes: Sequence[ImportChange], table: str) -> list[dict[str, Any]]:
    return [one.after or {} for one in changes if one.table_name == table and one.before is None]


def newest_people_batch(session: Session, *, by: Actor) -> int:
    """The number of the newest batch that still stands and `by` may know of. Raises NotFoundError."""
    query = select(ImportBatch).where(ImportBatch.kind == STAFF.code, col(ImportBatch.undone_at).is_(None))
    for batch in session.exec(query.order_by(col(ImportBatch.id).desc())):
        if may_see_organ(session, by, batch.organ_id):
            return key(batch.id)
    raise NotFoundError("没有可以撤销的名册导入批次。")


def undo_people(session: Session, batch_id: int, *, by: Actor) -> UndonePeople:
    """Undo a batch, the newest of its organ that still stands; the batch itself stays on record.

    An organ that it registered stays, for the trail names it. Raises NotFoundError for a batch that is unknown, or of
    an organ that `by` may not know of; ForbiddenError where `by` may not manage its people, where it is undone already,
    where a later one has to go first, or where rows were changed or built on since (tasks, accounts, acts, another
    post): those are named, and nothing is changed.
    """
    batch = find_people_batch(session, batch_id, by=by)
    with taking_back(session, batch, Action.STAFF, by=by) as record:
        if said := against(session, batch):
            raise ForbiddenError(said)
        try:
            deleted, restored = take_back(session, batch)
        except IntegrityError as error:
            raise ForbiddenError(f"批次 {batch_id} 不能撤销：它改动之前的代码、名称或手机号现已另有他用。") from error
        counts = {name: deleted.get(table, 0) for name, (table, _) in _COUNTED.items()}
        record.after |= {f"gone_{name}": count for name, count in counts.items() if count}
        record.after["restored_rows"] = restored
    return UndonePeople(batch_id, batch.file_name, counts, restored)


def against(session: Session, batch: ImportBatch) -> str:
    """What stands against undoing the batch, in one sentence; nothing: "".

    It is undone already, a later one has to go first, or rows were changed or built on since.
    """
    if said := stands_against(session, batch):
        return said
    found = objections(session, batch)
    more = f"等 {len(found)} 处" if len(found) > _SHOWN else ""
    return f"批次 {batch.id} 不能撤销：{'、'.join(found[:_SHOWN])}{more}。" if found else ""
