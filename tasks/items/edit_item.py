"""Changing an item (修改、调整时限): what would change, which of it the item's state allows, and doing it on record.

The one place that knows these rules: whoever wants an item to say something else, a form, a command or a list that
comes in again, names the facts wanted and asks here.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError, ForbiddenError
from models.items.item import ItemLeader, ItemState, ItemUnit, WorkItem
from models.items.plan import AnnualPlan, Project
from models.items.receipt import Receipt
from models.ladder.notice import NoticeKind
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Role
from models.typed_text import words
from tasks.acting.perform import ActUnderWay, performing, policy_of
from tasks.items.extend import ask_to_adjust, pending_extension, set_days
from tasks.items.item_fields import FIELDS, ItemFacts, Units, differing, facts_of, in_words
from tasks.items.transfer import hand_on
from tasks.notices.tell import tell
from tasks.people.find import find_role
from tasks.people.people_of import holder_of
from tasks.trail.tell_entry import EDITED


class Effect(Enum):
    """What changing a field of an issued item means."""

    SAID = auto()
    """It says something else, with a reason."""
    HANDED_ON = auto()
    """Others have to do it: it is signed for anew."""
    DAY_MOVED = auto()
    """A day moves: never along with other changes, only as an adjustment."""


_EFFECTS = {
    "lead": Effect.HANDED_ON, "handler": Effect.HANDED_ON, "start": Effect.DAY_MOVED, "due": Effect.DAY_MOVED,
}  # fmt: skip


@dataclass(frozen=True)
class FieldChange:
    """One field that would say something else, in words."""

    name: str
    was: str
    wanted: str
    approval: str = ""
    """Who has to approve before it does, in words."""

    @property
    def label(self) -> str:
        return FIELDS[self.name][0]

    @property
    def effect(self) -> Effect:
        return _EFFECTS.get(self.name, Effect.SAID)

    def __str__(self) -> str:
        asked = f"（须经{self.approval}批准）" if self.approval else ""
        return f"{self.label}：{self.was or '无'} → {self.wanted or '无'}{asked}"


def changes_of(session: Session, item: WorkItem, wanted: ItemFacts, *, on: dt.date) -> list[FieldChange]:
    """What of the item would change if it said what is wanted, people by whoever holds their posts on the day.

    Nothing is written. A due text that reads as before changes nothing: an extension may have moved the day since.
    """
    was = facts_of(session, item)
    names = differing(was, _keeping_days(was, wanted))
    if not names:
        return []
    before, after = in_words(session, was, on=on), in_words(session, wanted.laid_over(was), on=on)
    return [FieldChange(name, before[name], after[name]) for name in names]


def refused(item: WorkItem, changes: Sequence[FieldChange], *, adjust: bool = False) -> str | None:
    """Why the item's state does not allow the changes, in words; None where it does.

    A draft allows everything. An issued item allows days to move only by an adjustment, which moves nothing else, and
    to be handed on only while it is signed for or in work. One that is over allows nothing.
    """
    if item.state is ItemState.DRAFT:
        return None
    if item.state in (ItemState.CLOSED, ItemState.CANCELLED):
        return f"任务 {item.number} {item.state.label}，不能再改。"
    moved = [change.label for change in changes if change.effect is Effect.DAY_MOVED]
    if moved and not adjust:
        return f"任务 {item.number} 已下达，{'、'.join(moved)}不能直接修改：请办理“调整时限”，或由承办人申请延期。"
    if adjust and len(moved) < len(changes):
        return f"任务 {item.number}：调整时限不改其他内容，其他内容请办理“修改”。"
    handed = [change.label for change in changes if change.effect is Effect.HANDED_ON]
    if handed and item.state not in (ItemState.ISSUED, ItemState.ACTIVE):
        return f"任务 {item.number} 现为“{item.state.label}”，不能改{'、'.join(handed)}：须在“待签收”“在办”时。"
    return None


def edit_item(
    session: Session, item: WorkItem, wanted: ItemFacts, *, by: Actor, reason: str = "", adjust: bool = False
) -> list[FieldChange]:
    """Make the item say what is wanted, on record field by field; returns what changed.

    Of an issued item it takes a reason, and a day moves only where `adjust` says so; where the policy has it approved,
    that is asked for, and the day stays until it is. A new unit or handler signs anew and is told, and so is the one
    before. Raises BadInputError where nothing would change, a reason is missing or the
    item would lack something; ForbiddenError where its state does not allow it (`refused`).
    """
    with performing(session, by, Action.ADJUST if adjust else Action.EDIT, item, reason=reason) as deed:
        was = facts_of(session, item)
        wanted = _keeping_days(was, wanted)
        changes = changes_of(session, item, wanted, on=by.on)
        if not changes:
            raise BadInputError(f"任务 {item.number} 没有变动。")
        if why := refused(item, changes, adjust=adjust):
            raise ForbiddenError(why)
        issued = item.state is not ItemState.DRAFT
        if issued:
            reason = words(reason, "修改理由", longest=1000)
        said = [str(change) for change in changes]
        if issued and adjust:
            check_day(session, item, wanted, by=by)
            if policy_of(session, item).adjustment_levels:
                ask_to_adjust(session, deed, wanted.values, said, reason)
                return changes
        deed.record.after[EDITED] = said
        before = holder_of(session, item, Role.HANDLER, by.on)
        effects = {change.effect for change in changes}
        _apply(session, deed, wanted, issued=issued)
        _check_whole(item, issued=issued)
        if not issued:
            return changes
        if Effect.DAY_MOVED in effects:
            set_days(session, item, {}, reason, by)
        if Effect.HANDED_ON in effects:
            hand_on(session, deed, before)
        else:
            named = "、".join(change.label for change in changes)
            did = "调整" if adjust else "修改"
            _tell(session, deed, Role.HANDLER, f"{by.name}{did}了{named}：{reason}", act="adjust" if adjust else "edit")
    return changes


def project_named(session: Session, plan: AnnualPlan, name: str) -> Project:
    """The plan's project of this name, made where there is none."""
    found = session.exec(select(Project).where(Project.plan_id == plan.id, Project.name == name)).first()
    if found is None:
        last = session.exec(select(func.max(col(Project.ordinal))).where(Project.plan_id == plan.id)).one()
        found = Project(plan_id=key(plan.id), ordinal=(last or 0) + 1, name=name)
        session.add(found)
        session.flush()
    return found


def set_leaders(session: Session, item: WorkItem, posts: Sequence[int]) -> None:
    """Set the further leaders of the item."""
    for row in session.exec(select(ItemLeader).where(ItemLeader.item_id == item.id)):
        session.delete(row)
    session.flush()
    session.add_all(
        ItemLeader(item_id=key(item.id), post_id=post, ordinal=place) for place, post in enumerate(posts, 2)
    )


def _keeping_days(was: ItemFacts, wanted: ItemFacts) -> ItemFacts:
    """The same without the columns of a due text that reads as before."""
    if "due_text" not in wanted.values or wanted.values["due_text"] != was.values["due_text"]:
        return wanted
    confirmed = bool(was.values["unconfirmed"]) and not wanted.values.get("unconfirmed")
    kept = {"due_text", "due_on", "recurrence", "start_on"} | (set() if confirmed else {"unconfirmed"})
    values = {name: value for name, value in wanted.values.items() if name not in kept}
    return ItemFacts(values, wanted.units, wanted.leaders, wanted.project)


def check_day(session: Session, item: WorkItem, wanted: ItemFacts, *, by: Actor) -> None:
    """Raises ForbiddenError, BadInputError where the day wanted cannot be set by an adjustment now."""
    check_no_request(session, item)
    due_on = wanted.values.get("due_on")
    if due_on is not None and due_on < by.on:
        raise BadInputError(f"新时限 {due_on} 已过：应不早于 {by.on}。")
    would_be = WorkItem(**item.model_dump() | dict(wanted.values))
    _check_order(would_be)
    _check_whole(would_be, issued=True)


def check_no_request(session: Session, item: WorkItem) -> None:
    """Raises ForbiddenError while a request to move a day of the item waits for its answer."""
    asked = pending_extension(session, item)
    if asked is not None:
        raise ForbiddenError(f"任务 {item.number} 有待审批的{asked.called}，请等批复后再调整时限。")


def _apply(session: Session, deed: ActUnderWay, wanted: ItemFacts, *, issued: bool) -> None:
    item = deed.item
    for column, value in wanted.values.items():
        setattr(item, column, value)
    _check_order(item)
    if wanted.project is not None:
        item.project_id = key(project_named(session, session.get_one(AnnualPlan, item.plan_id), wanted.project).id)
    if wanted.leaders is not None:
        set_leaders(session, item, wanted.leaders)
    if wanted.units is not None:
        _set_units(session, deed, wanted.units, issued=issued)


def _check_order(item: WorkItem) -> None:
    if item.start_on is not None and item.due_on is not None and item.due_on < item.start_on:
        raise BadInputError(f"完成时限 {item.due_on} 早于开始时间 {item.start_on}：请更正其中之一。")


def _check_whole(item: WorkItem, *, issued: bool) -> None:
    if issued and item.missing:
        raise BadInputError(f"任务 {item.number} 已下达，不能改成缺{'、'.join(item.missing)}。")


def _set_units(session: Session, deed: ActUnderWay, wanted: Units, *, issued: bool) -> None:
    """Set the cooperating units; one that is new to an issued item is to sign, one that is gone need not any more."""
    item, by = deed.item, deed.by
    had = {(row.department_id, row.text): row for row in _units(session, item)}
    for named, row in had.items():
        if named not in wanted:
            session.execute(delete(Receipt).where(col(Receipt.unit_id) == row.id))
            session.delete(row)
    for place, (department_id, name) in enumerate(wanted, 1):
        if (department_id, name) in had:
            had[department_id, name].ordinal = place
            continue
        row = ItemUnit(item_id=key(item.id), ordinal=place, department_id=department_id, text=name)
        session.add(row)
        session.flush()
        if issued and department_id is not None:
            session.add(
                Receipt(
                    item_id=key(item.id), assignment=item.assignments, unit_id=row.id, department_id=department_id,
                    issued_on=by.on,
                )
            )  # fmt: skip
            head = find_role(
                session, session.get_one(Organ, item.organ_id), Role.DEPARTMENT_HEAD, by.on, department_id=department_id
            )
            if head is not None:
                _tell(session, deed, Role.DEPARTMENT_HEAD, f"{by.name}请{name}配合本任务，请签收", head.id)


def _units(session: Session, item: WorkItem) -> Sequence[ItemUnit]:
    return session.exec(select(ItemUnit).where(ItemUnit.item_id == item.id)).all()


def _tell(
    session: Session, deed: ActUnderWay, role: Role, what: str, person_id: int | None = None, *, act: str = "edit"
) -> None:
    subject = f"{act}:{deed.item.id}:{deed.by.now:%Y%m%d%H%M%S%f}"
    tell(
        session, deed.item, role=role, kind=NoticeKind.CHANGED, subject=subject, what=what, by=deed.by,
        person_id=person_id,
    )  # fmt: skip
