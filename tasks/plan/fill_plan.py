"""ReportingCycle in what keeps the drafts of a plan from being issued, several rows at once: all of them or none."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.database import key
from models.dates.recurrence import describe
from models.errors import BadInputError, ConflictError
from models.items.item import ItemLeader, ItemState, WorkItem
from models.items.plan import AnnualPlan
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.people.person import Person, Tenure
from tasks.acting.perform import performing_for
from tasks.lists.find_gaps import Gap, gaps
from tasks.people.find_posts import HANDLING, LEADING, Roster
from tasks.plan.store_list import replace_leaders
from tasks.plan.sum_plans import is_incomplete
from tasks.reading.cells import CellRefusedError, Due, due

FIELDS = {"due": "完成时限", "department": "牵头科室", "handler": "承办人", "leader": "责任领导"}
"""What can be filled in, and what it is called."""
ROW = "row"
"""The place of what is wrong with a row as a whole."""

Errors = Mapping[tuple[int, str], str]
"""What is wrong, by item id and field."""


@dataclass(frozen=True)
class GapRow:
    """A draft that lacks something, with its fields as they are shown: empty where nothing stands."""

    item: WorkItem
    shown: dict[str, str]
    understood: str
    """How the due text as it stands is read."""
    can_confirm: bool
    """There is a rule that a person only has to say yes to."""


@dataclass(frozen=True)
class Typed:
    """One row as it was sent. `was` is what the page showed; a field that reads as it was is left alone."""

    item_id: int
    was: Mapping[str, str]
    typed: Mapping[str, str]
    confirmed: bool = False

    @property
    def changes(self) -> dict[str, str]:
        return {
            name: self.typed[name].strip()
            for name in FIELDS
            if name in self.typed and self.typed[name].strip() not in ("", self.was.get(name, ""))
        }


class FillRefusedError(BadInputError):
    """没有保存：有的格子需要更正。"""

    def __init__(self, errors: Errors) -> None:
        super().__init__(f"没有保存：有 {len(errors)} 处需要更正，见各格下方的说明。")
        self.errors = errors


class FilledMeanwhileError(FillRefusedError, ConflictError):
    """没有保存：有的任务已被他人改动。"""


def gap_rows(session: Session, plan: AnnualPlan, *, on: dt.date, limit: int, offset: int = 0) -> list[GapRow]:
    """The drafts that lack something, in the order of the list; people are those who hold their posts on the day."""
    items = session.exec(
        select(WorkItem)
        .where(WorkItem.plan_id == plan.id, is_incomplete())
        .order_by(col(WorkItem.id))
        .limit(limit)
        .offset(offset)
    ).all()
    return _rows(session, plan, items, on)


def unanswered_items(session: Session, plan: AnnualPlan, *, on: dt.date) -> list[Gap]:
    """The items nobody answers for on the day, but for the drafts that `gap_rows` tells of already."""
    told = set(session.exec(select(WorkItem.id).where(WorkItem.plan_id == plan.id, is_incomplete())))
    return [gap for gap in gaps(session, plan, on=on) if gap.item.id not in told]


def understood(text: str, year: int) -> Due:
    """How a due text is read. Raises BadInputError that says what would be accepted, or that no period is named."""
    try:
        meaning = due(text, year)
    except CellRefusedError as refusal:
        raise BadInputError(str(refusal)) from refusal
    if meaning.unconfirmed:
        raise BadInputError("没有写明周期或日期。可以写：每季度、每月25日、11月底前。")
    return meaning


def fill_plan(session: Session, plan: AnnualPlan, rows: Sequence[Typed], *, by: Actor) -> int:
    """Take over what was typed into rows of drafts; how many items changed. The caller commits.

    A blank changes nothing. Raises FillRefusedError with what is wrong by cell, FilledMeanwhileError where somebody
    else changed a cell that was typed into since it was shown; then nothing is changed. ForbiddenError.
    """
    wanted = [row for row in rows if row.changes or row.confirmed]
    with performing_for(session, by, Action.PLAN, plan.organ_id) as record:
        held = select(WorkItem).where(
            WorkItem.plan_id == plan.id, col(WorkItem.id).in_([row.item_id for row in wanted])
        )
        items = {key(item.id): item for item in session.exec(held.with_for_update())}
        present = {key(row.item.id): row for row in _rows(session, plan, list(items.values()), by.on)}
        completion = _Completion(session, plan, by)
        conflicts: dict[tuple[int, str], str] = {}
        for row in wanted:
            item = items.get(row.item_id)
            if item is None:
                conflicts[row.item_id, ROW] = "此项已不在计划中：可能有人撤销了导入。请刷新页面。"
            elif item.state is not ItemState.DRAFT:
                conflicts[row.item_id, ROW] = "此项已经下达：请在任务页办理变更。"
            elif stale := _stale(row, present[row.item_id].shown):
                conflicts |= {(row.item_id, name): words for name, words in stale.items()}
            else:
                completion.fill(item, row)
        if conflicts:
            session.expire_all()
            raise FilledMeanwhileError(conflicts | completion.errors)
        if completion.errors:
            session.expire_all()
            raise FillRefusedError(completion.errors)
        replace_leaders(session, completion.further)
        record.after |= {"updated": len(completion.changed)}
        session.flush()
    return len(completion.changed)


def _stale(row: Typed, shown: Mapping[str, str]) -> dict[str, str]:
    """The cells that were typed into and that read otherwise by now."""
    touched = {*row.changes, *({"due"} if row.confirmed else set())}
    return {
        name: f"您打开以后，他人已填为“{shown[name] or '空'}”，没有覆盖：请核对后再保存。"
        for name in touched
        if shown[name] != row.was.get(name, "") and shown[name] != row.changes.get(name)
    }


@dataclass
class _Completion:
    """One submit on its way into the items."""

    session: Session
    plan: AnnualPlan
    by: Actor
    errors: dict[tuple[int, str], str] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    further: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        organ = self.session.get_one(Organ, self.plan.organ_id)
        self._roster = Roster(self.session, organ, on=self.by.on, hint=self.by.hint("duban people import"))
        own = self.session.exec(select(Department).where(Department.organ_id == organ.id))
        self._departments = {"".join(one.name.split()): one for one in own}

    def fill(self, item: WorkItem, row: Typed) -> None:
        """Set what was typed; what is wrong is collected."""
        values: dict[str, Any] = {}
        changes, item_id = row.changes, key(item.id)
        if "department" in changes:
            values |= self._department(item_id, changes["department"])
        department_id = values.get("department_id", item.department_id)
        if "handler" in changes:
            posts = self._posts(item_id, "handler", changes["handler"], HANDLING, department_id)
            values |= {"handler_post_id": posts[0]} if posts else {}
        if "leader" in changes:
            posts = self._posts(item_id, "leader", changes["leader"], LEADING, department_id)
            if posts:
                values["leader_post_id"] = posts[0]
                self.further[item_id] = posts[1:]
        if "due" in changes:
            values |= self._due(item, changes["due"])
        elif row.confirmed and item.unconfirmed:
            if item.due_on is None and item.recurrence is None:
                self.errors[item_id, "due"] = "没有写明周期，不能只作确认。可以写：每季度、每月25日、11月底前。"
            values["unconfirmed"] = False
        for name, value in values.items():
            setattr(item, name, value)
        if values:
            self.changed.add(item_id)
        if item.start_on and item.due_on and item.due_on < item.start_on:
            self.errors[item_id, "due"] = f"完成时限 {item.due_on} 早于开始时间 {item.start_on}：请更正。"

    def _department(self, item_id: int, name: str) -> dict[str, Any]:
        found = self._departments.get("".join(name.split()))
        if found is None:
            known = "、".join(one.name for one in list(self._departments.values())[:8]) or "无"
            self.errors[item_id, "department"] = (
                f"没有科室“{name}”；现有：{known}{'等' if len(self._departments) > 8 else ''}。"
            )
            return {}
        return {"department_id": found.id, "lead_text": found.name}

    def _posts(
        self, item_id: int, name: str, text: str, roles: tuple[Any, ...], department_id: int | None
    ) -> tuple[int, ...]:
        found = self._roster.find(text, roles, department_id)
        if found.problem:
            self.errors[item_id, name] = found.problem
            return ()
        return found.posts

    def _due(self, item: WorkItem, text: str) -> dict[str, Any]:
        try:
            meaning = understood(text, self.plan.year)
        except BadInputError as error:
            self.errors[key(item.id), "due"] = error.message
            return {}
        values = {
            "due_text": meaning.text[:200], "due_on": meaning.due_on, "recurrence": meaning.recurrence,
            "unconfirmed": False,
        }  # fmt: skip
        return values | ({"start_on": meaning.start_on} if meaning.start_on else {})


def _rows(session: Session, plan: AnnualPlan, items: Sequence[WorkItem], on: dt.date) -> list[GapRow]:
    ids = [key(item.id) for item in items]
    leaders: dict[int, list[int]] = defaultdict(list)
    further = select(ItemLeader).where(col(ItemLeader.item_id).in_(ids)).order_by(col(ItemLeader.ordinal))
    for leader in session.exec(further):
        leaders[leader.item_id].append(leader.post_id)
    posts = {post for item in items for post in (item.handler_post_id, item.leader_post_id) if post is not None}
    posts |= {post for listed in leaders.values() for post in listed}
    held = (
        select(Tenure.post_id, Person.name)
        .join(Person, col(Person.id) == Tenure.person_id)
        .where(col(Tenure.post_id).in_(posts), col(Tenure.started_on) <= on)
        .where(or_(col(Tenure.ended_on).is_(None), col(Tenure.ended_on) >= on))
        .order_by(col(Tenure.started_on))
    )
    names = dict(session.exec(held).all())
    own = select(Department.id, Department.name).where(Department.organ_id == plan.organ_id)
    departments = dict(session.exec(own).all())
    rows = []
    for item in items:
        listed = [item.leader_post_id] if item.leader_post_id else []
        shown = {
            "due": item.due_text or str(item.due_on or ""),
            "department": departments.get(item.department_id) or item.lead_text or "",
            "handler": names.get(item.handler_post_id or 0, ""),
            "leader": "、".join(names[post] for post in [*listed, *leaders[key(item.id)]] if post in names),
        }
        timed = item.due_on is not None or item.recurrence is not None
        rows.append(GapRow(item, shown, _said(item), item.unconfirmed and timed))
    return rows


def _said(item: WorkItem) -> str:
    if item.recurrence is not None:
        return describe(item.recurrence)
    return f"最后一天为 {item.due_on}" if item.due_on else ""
