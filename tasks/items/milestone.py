"""Milestones (阶段节点): days on the way to an item's end, each watched by the same ladder."""

import datetime as dt

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, NotFoundError
from models.items.item import Deadline, DeadlineKind, WorkItem
from models.items.plan import AnnualPlan
from models.people.permission import Action
from models.typed_text import words
from tasks.acting.perform import performing
from tasks.ladder.arm import refresh_due


def add_milestone(session: Session, item: WorkItem, *, by: Actor, title: str, due_on: dt.date) -> Deadline:
    """Set a milestone of an item that is under way, reminded of and escalated from the day it is set.

    Raises BadInputError for an empty title, one the item has already, or a day outside the item's start and end.
    """
    with performing(session, by, Action.MILESTONE, item):
        title = words(title, "节点名称", longest=300)
        deadlines = _of(session, item)
        if any(known.title == title for known in deadlines):
            raise BadInputError(f"节点名称“{title}”已有：请另起一个名称。")
        same_day = [known for known in deadlines if _is_milestone(known) and known.original_due_on == due_on]
        if same_day:
            raise BadInputError(f"{due_on} 已有节点“{same_day[0].title}”：一天只设一个节点，可合并写。")
        own = (DeadlineKind.FINAL, DeadlineKind.OCCURRENCE)
        last = max(deadline.due_on for deadline in deadlines if deadline.kind in own)
        plan = session.get_one(AnnualPlan, item.plan_id)
        first = item.start_on or min(dt.date(plan.year, 1, 1), last)
        if not first <= due_on <= last:
            raise BadInputError(f"节点时限 {due_on} 不在任务期间：应为 {first} 至 {last}。")
        milestone = Deadline(
            item_id=key(item.id),
            kind=DeadlineKind.MILESTONE,
            title=title,
            due_on=due_on,
            original_due_on=due_on,
            policy_id=plan.policy_id,
            look_on=max(by.on, item.start_on or by.on),
        )
        session.add(milestone)
        refresh_due(session, item)
    return milestone


def reach_milestone(session: Session, item: WorkItem, *, by: Actor, title: str) -> bool:
    """Mark a milestone as reached on the day; returns whether that was on time.

    Raises NotFoundError that names the open milestones there are.
    """
    with performing(session, by, Action.MILESTONE, item):
        opened = open_milestones(session, item)
        reached = next((milestone for milestone in opened if milestone.title == title.strip()), None)
        if reached is None:
            names = "、".join(str(milestone.title) for milestone in opened) or "无"
            raise NotFoundError(f"任务 {item.number} 没有未完成的节点“{title}”；现有：{names}。")
        reached.done_on, reached.look_on = by.on, None
        refresh_due(session, item)
    return by.on <= reached.due_on


def open_milestones(session: Session, item: WorkItem) -> list[Deadline]:
    """The milestones not reached yet, in the order of their days."""
    return [known for known in _of(session, item) if _is_milestone(known) and known.done_on is None]


def _is_milestone(deadline: Deadline) -> bool:
    return deadline.kind is DeadlineKind.MILESTONE


def _of(session: Session, item: WorkItem) -> list[Deadline]:
    query = select(Deadline).where(Deadline.item_id == item.id).order_by(col(Deadline.due_on), col(Deadline.id))
    return list(session.exec(query))
