"""Splitting an item (分办): a sub-item for each cooperating unit, with its own handler, day and closure."""

import datetime as dt
from collections.abc import Iterator
from itertools import count

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError
from models.items.item import Deadline, DeadlineKind, ItemState, ItemUnit, WorkItem
from models.items.plan import AnnualPlan
from models.items.receipt import Receipt
from models.people.permission import Action
from tasks.acting.perform import performing


def split(session: Session, item: WorkItem, *, by: Actor, due_on: dt.date | None = None) -> list[WorkItem]:
    """Issue a sub-item to every cooperating department that has none yet; the item closes after them.

    A sub-item is due with the item, or on `due_on`, which may not lie behind. Raises BadInputError where there is
    no department to split to.
    """
    with performing(session, by, Action.SPLIT, item) as deed:
        if item.parent_id is not None:
            raise BadInputError(f"任务 {item.number} 本身是分办的子任务，不能再分。")
        last = item.due_on if item.recurrence is None else None
        due = due_on or last
        if due is None:
            raise BadInputError(f"周期任务分办须写明子任务的时限{by.hint('--due')}。")
        if due < by.on or (last is not None and due > last):
            raise BadInputError(f"子任务时限 {due} 不可用：应在 {by.on} 至 {last} 之间。")
        children = session.exec(select(WorkItem).where(WorkItem.parent_id == item.id)).all()
        given = {child.department_id for child in children}
        units = session.exec(
            select(ItemUnit)
            .where(ItemUnit.item_id == item.id, col(ItemUnit.department_id).is_not(None))
            .order_by(col(ItemUnit.ordinal))
        ).all()
        fresh = [unit for unit in units if unit.department_id not in given]
        if not fresh:
            raise BadInputError(f"任务 {item.number} 没有尚未分办的配合科室（不是本单位科室的配合单位不能分办）。")
        numbers = _free_numbers(session, item)
        made = [_child(session, item, unit, next(numbers), due, by) for unit in fresh]
        deed.record.after["split"] = [child.number for child in made]
    return made


def _free_numbers(session: Session, item: WorkItem) -> Iterator[str]:
    """1-1, 1-2 and so on, but for those that a list gave to other items."""
    given = set(session.exec(select(WorkItem.number).where(WorkItem.plan_id == item.plan_id)))
    return (number for place in count(1) if (number := f"{item.number}-{place}") not in given)


def _child(session: Session, item: WorkItem, unit: ItemUnit, number: str, due: dt.date, by: Actor) -> WorkItem:
    plan = session.get_one(AnnualPlan, item.plan_id)
    child = WorkItem(
        plan_id=item.plan_id,
        organ_id=item.organ_id,
        project_id=item.project_id,
        parent_id=item.id,
        number=number,
        title=f"{item.title}（{unit.text}）"[:1000],
        department_id=unit.department_id,
        lead_text=unit.text,
        leader_post_id=item.leader_post_id,
        due_on=due,
        importance=item.importance,
        internal_only=item.internal_only,
        state=ItemState.ISSUED,
        issued_on=by.on,
    )
    session.add(child)
    session.flush()
    session.add(
        Deadline(
            item_id=key(child.id),
            kind=DeadlineKind.FINAL,
            due_on=due,
            original_due_on=due,
            policy_id=plan.policy_id,
            look_on=by.on,
        )
    )
    session.add(Receipt(item_id=key(child.id), assignment=1, department_id=unit.department_id, issued_on=by.on))
    return child
