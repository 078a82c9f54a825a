"""Which acts an item page offers one person: those open now, with the conditions known beforehand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from duban.acts.item import ACTS, ItemAct
from models.actor import Actor
from models.errors import ForbiddenError
from models.instruction import InstructionState
from models.item import DeadlineKind, ItemState, WorkItem
from models.permission import Action
from tasks.close import check_nothing_open
from tasks.extend import check_extendable
from tasks.foresee import Turn, turn_of_closure, turn_of_extension
from tasks.object_to import check_objectable
from tasks.perform import check_open, may_decide, open_actions
from tasks.urge import foresee_urging


@dataclass(frozen=True)
class Offer:
    """An act somebody may do now; to what instruction, where it is about one."""

    act: ItemAct
    item_id: int
    instruction: int | None = None

    @property
    def path(self) -> str:
        return f"/items/{self.item_id}/{self.act.verb}"


def offers(session: Session, by: Actor, item: WorkItem, data: Mapping[str, Any]) -> list[Offer]:
    """What `by` may do to the item today, in the order of the table; `data` is what `tasks.show_item` tells.

    The page may be of another day than today: what may be done is asked anew.
    """
    open_now = set(open_actions(session, by, item))
    found: list[Offer] = []
    for act in ACTS:
        if act.action not in open_now:
            continue
        if act.of_instruction:
            found += [Offer(act, item.id or 0, number) for number in _instructions(act, data["instructions"])]
        elif _fits(session, by, item, act, data):
            found.append(Offer(act, item.id or 0))
    return found


def check_form(session: Session, by: Actor, item: WorkItem, act: ItemAct) -> None:
    """Whether it makes sense to fill in the form: what the act itself would say, as far as it is known beforehand.

    Raises NotFoundError, ForbiddenError.
    """
    check_open(session, by, act.action, item)
    match act.action:
        case Action.OBJECT:
            check_objectable(session, item, on=by.on)
        case Action.EXTEND:
            check_extendable(session, item)
        case Action.REQUEST_CLOSE | Action.ACCEPT:
            check_nothing_open(session, item, act.action)
        case Action.DECIDE_EXTENSION if turn_of_extension(session, item) is None:
            raise ForbiddenError(f"任务 {item.number} 没有待审批的延期申请。")
        case Action.URGE:
            refused = foresee_urging(session, [item], by=by)[0].refused
            if refused:
                raise ForbiddenError(f"任务 {item.number} {refused}。")


def _instructions(act: ItemAct, given: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    for row in given:
        open_one = row["state"] is not InstructionState.CLOSED
        fits = {
            Action.SIGN_INSTRUCTION: row["signed_on"] is None,
            Action.REPLY: True,
            Action.CLOSE_INSTRUCTION: bool(row["replies"]),
        }[act.action]
        if open_one and fits:
            yield row["id"]


def _fits(session: Session, by: Actor, item: WorkItem, act: ItemAct, data: Mapping[str, Any]) -> bool:
    match act.action:
        case Action.SIGN:
            return any(
                row["signed_on"] is None and (not row["lead"] or row["assignment"] == item.assignments)
                for row in data["receipts"]
            )
        case Action.MILESTONE if act.verb == "reached":
            stages = (row for row in data["deadlines"] if row["kind"] is DeadlineKind.MILESTONE)
            return any(row["done_on"] is None for row in stages)
        case Action.SPLIT:
            return len(data["cooperating"]) > len(data["children"]) and item.parent_id is None
        case Action.DECIDE_EXTENSION:
            return _may_decide(session, by, item, act.action, turn_of_extension(session, item))
        case Action.RETURN if item.state is ItemState.OBJECTED:
            return True
        case Action.ACCEPT | Action.RETURN:
            return _may_decide(session, by, item, act.action, turn_of_closure(session, item))
        case Action.OBJECT | Action.EXTEND | Action.URGE:
            try:
                check_form(session, by, item, act)
            except ForbiddenError:
                return False
    return True


def _may_decide(session: Session, by: Actor, item: WorkItem, action: Action, turn: Turn | None) -> bool:
    return turn is not None and may_decide(
        session, by, action, item, turn.asked.levels, turn.asked.level,
        asked_by=turn.asked.person_id, decided=turn.decided,
    )  # fmt: skip
