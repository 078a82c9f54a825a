"""Milestones (阶段节点): days on the way to an item's end, each watched by the same ladder."""

import datetime as dt

from sqlmodel import Session, col, select

from models.database import key
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.item import Deadline, DeadlineKind, ItemState, WorkItem
from models.plan import AnnualPlan
from tasks.arm import refresh_due


def add_milestone(session: Session, item: WorkItem, *, title: str, due_on: dt.date, on: dt.date) -> Deadline:
    """Set a milestone of an issued item, reminded of and escalated from `on`.

    Raises ForbiddenError for a draft or a closed item, BadInputError for an empty title, one the item has
    already, or a day outside the item's start and end.
    """
    if item.state is ItemState.DRAFT:
        raise ForbiddenError(f"任务 {item.number} 尚未下达,不能设节点;请先下达计划(duban plan issue)。")
    if item.state is ItemState.CLOSED:
        raise ForbiddenError(f"任务 {item.number} 已于 {item.closed_on} 销号,不能再设节点。")
    title = title.strip()
    deadlines = _of(session, item)
    if not title or any(known.title == title for known in deadlines):
        raise BadInputError(f"节点名称“{title}”为空或者已有:请另起一个名称。")
    same_day = [known for known in deadlines if known.title and known.original_due_on == due_on]
    if same_day:
        raise BadInputError(f"{due_on} 已有节点“{same_day[0].title}”:一天只设一个节点,可合并写。")
    last = max(deadline.due_on for deadline in deadlines if deadline.kind is not DeadlineKind.MILESTONE)
    if due_on > last or (item.start_on is not None and due_on < item.start_on):
        first = f"{item.start_on} 至 " if item.start_on else "不晚于 "
        raise BadInputError(f"节点时限 {due_on} 不在任务期间:应{first}{last}。")
    plan = session.get_one(AnnualPlan, item.plan_id)
    milestone = Deadline(
        item_id=key(item.id),
        kind=DeadlineKind.MILESTONE,
        title=title,
        due_on=due_on,
        original_due_on=due_on,
        policy_id=plan.policy_id,
        look_on=max(on, item.start_on or on),
    )
    session.add(milestone)
    refresh_due(session, item)
    return milestone


def reach_milestone(session: Session, item: WorkItem, *, title: str, on: dt.date) -> bool:
    """Mark a milestone as reached on day `on`; returns whether that was on time.

    Raises NotFoundError that names the open milestones there are.
    """
    opened = [known for known in _of(session, item) if known.kind is DeadlineKind.MILESTONE and known.done_on is None]
    found = next((milestone for milestone in opened if milestone.title == title.strip()), None)
    if found is None:
        names = "、".join(str(milestone.title) for milestone in opened) or "无"
        raise NotFoundError(f"任务 {item.number} 没有未完成的节点“{title}”;现有:{names}。")
    found.done_on, found.look_on = on, None
    refresh_due(session, item)
    return on <= found.due_on


def _of(session: Session, item: WorkItem) -> list[Deadline]:
    query = select(Deadline).where(Deadline.item_id == item.id).order_by(col(Deadline.due_on), col(Deadline.id))
    return list(session.exec(query))
