"""Which acts an item page offers one person: those open now, with the conditions known beforehand."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session

from duban.acts.item import ACTS, ItemAct
from models.actor import Actor
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import ForbiddenError
from models.items.closure import ClosureRequest, ClosureReview, ClosureState
from models.items.comment import ItemComment
from models.items.extension import Extension, ExtensionDecision, ExtensionState
from models.items.instruction import Instruction, InstructionState
from models.items.item import Deadline, DeadlineKind, ItemState, ItemUnit, WorkItem
from models.items.objection import Objection
from models.items.progress import ProgressEntry
from models.items.receipt import Receipt
from models.items.urge import Urge
from models.ladder.policy import Policy
from models.people.permission import Action
from tasks.acting.perform import check_open, may_decide, open_actions
from tasks.items.close import check_nothing_open, hands_in_closure
from tasks.items.correct_progress import own_entry
from tasks.items.dossier import Dossier, dossier_of
from tasks.items.edit_item import check_no_request
from tasks.items.extend import check_extendable, check_pending, check_requests, hands_in_extension, pending_extension
from tasks.items.object_to import check_objectable, check_objections
from tasks.items.snooze import check_snoozable, next_deadline
from tasks.items.urge import again_on, foresee_urging
from tasks.items.withdraw import Request, open_requests, withdrawable


@dataclass(frozen=True)
class Offer:
    """An act somebody may do now; to what instruction, where it is about one."""

    act: ItemAct
    item_id: int
    instruction: int | None = None

    @property
    def path(self) -> str:
        return f"/items/{self.item_id}/{self.act.verb}"


def offers(session: Session, by: Actor, item: WorkItem) -> list[Offer]:
    """What `by` may do to the item today, in the order of the table.

    The page may be of another day than today: what may be done is asked anew.
    """
    open_now = set(open_actions(session, by, item))
    dossier = dossier_of(session, item)
    offered: list[Offer] = []
    for act in ACTS:
        if act.action not in open_now:
            continue
        if act.of_instruction:
            offered += [Offer(act, item.id or 0, number) for number in _instructions(act, dossier)]
        elif _fits(session, by, act, dossier):
            offered.append(Offer(act, item.id or 0))
    return offered


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
        case Action.SNOOZE:
            check_snoozable(session, item, by=by)
        case Action.REQUEST_CLOSE | Action.ACCEPT:
            check_nothing_open(session, item, act.action)
        case Action.DECIDE_EXTENSION | Action.DECIDE_ADJUSTMENT:
            check_pending(pending_extension(session, item), item, act.action)
        case Action.ADJUST:
            check_no_request(session, item)
        case Action.WITHDRAW:
            withdrawable(open_requests(session, item), item, by)
        case Action.CORRECT if own_entry(session, item, by) is None:
            raise ForbiddenError(f"任务 {item.number} 没有您本人填报的进展，不能更正。")
        case Action.URGE:
            refused = foresee_urging(session, [item], by=by)[0].refused
            if refused:
                raise ForbiddenError(f"任务 {item.number} {refused}。")


def _instructions(act: ItemAct, dossier: Dossier) -> Iterator[int]:
    for row in dossier.of(Instruction):
        fits = {
            Action.SIGN_INSTRUCTION: row.signed_on is None,
            Action.REPLY: True,
            Action.ASK_MORE: row.state is InstructionState.ANSWERED,
            Action.CLOSE_INSTRUCTION: row.state is InstructionState.ANSWERED,
        }[act.action]
        if fits and row.state is not InstructionState.CLOSED:
            yield key(row.id)


def _fits(session: Session, by: Actor, act: ItemAct, dossier: Dossier) -> bool:
    item = dossier.item
    match act.action:
        case Action.SIGN:
            return any(
                row.signed_on is None and (row.unit_id is not None or row.assignment == item.assignments)
                for row in dossier.of(Receipt)
            )
        case Action.MILESTONE if act.verb == "reached":
            return any(row.kind is DeadlineKind.MILESTONE and row.done_on is None for row in dossier.of(Deadline))
        case Action.SNOOZE:
            return _may_snooze(by, dossier)
        case Action.WITHDRAW:
            return _may_withdraw(by, dossier)
        case Action.CORRECT:
            return any(row.person_id == by.person_id for row in dossier.of(ProgressEntry))
        case Action.WITHDRAW_COMMENT:
            own = [row for row in dossier.of(ItemComment) if row.person_id == by.person_id]
            return any(row.taken_back_on is None for row in own)
        case Action.SPLIT:
            return len(dossier.of(ItemUnit)) > len(dossier.children) and item.parent_id is None
        case Action.RETURN if item.state is ItemState.OBJECTED:
            return True
        case Action.ADJUST:
            return all(one.state is not ExtensionState.PENDING for one in dossier.of(Extension))
        case Action.DECIDE_EXTENSION | Action.DECIDE_ADJUSTMENT | Action.ACCEPT | Action.RETURN:
            return _may_decide(session, by, act.action, dossier)
        case Action.OBJECT | Action.EXTEND | Action.URGE if dossier.policy is not None:
            return _allowed(session, by, act.action, dossier, dossier.policy)
    return True


def _may_withdraw(by: Actor, dossier: Dossier) -> bool:
    """Whether something the person asked for waits, and nobody has looked at it."""
    waiting: list[Request] = [
        *(one for one in dossier.of(ClosureRequest) if one.state is ClosureState.PENDING),
        *(one for one in dossier.of(Extension) if one.state is ExtensionState.PENDING),
        *(one for one in dossier.of(Objection) if one.upheld is None),
    ]
    try:
        withdrawable(waiting, dossier.item, by)
    except ForbiddenError:
        return False
    return True


def _may_snooze(by: Actor, dossier: Dossier) -> bool:
    """Whether a day is ahead whose reminders the person has not held before: the trail has it."""
    deadline = next_deadline(dossier.of(Deadline), on=by.on)
    return deadline is not None and not any(
        f"snooze:{by.person_id}-{deadline.id}" in entry.after for entry in dossier.untold
    )


def _may_decide(session: Session, by: Actor, action: Action, dossier: Dossier) -> bool:
    """Whether a request waits, and it is `by`'s turn to decide on it."""
    asked: Extension | ClosureRequest | None
    if action in (Action.DECIDE_EXTENSION, Action.DECIDE_ADJUSTMENT):
        waits = (one for one in dossier.of(Extension) if one.state is ExtensionState.PENDING)
        asked = next((one for one in waits if one.action is action), None)
        decisions = dossier.parts(ExtensionDecision, "extension_id")
        done = hands_in_extension(asked, decisions.get(key(asked.id), ())) if asked else {}
    else:
        asked = next((one for one in dossier.of(ClosureRequest) if one.state is ClosureState.PENDING), None)
        reviews = dossier.parts(ClosureReview, "request_id")
        done = hands_in_closure(asked, reviews.get(key(asked.id), ())) if asked else {}
    return asked is not None and may_decide(session, by, action, dossier.item, asked.levels, asked.level, done=done)


def _allowed(session: Session, by: Actor, action: Action, dossier: Dossier, policy: Policy) -> bool:
    """Whether the policy lets it be done today: not too late, too often or too soon."""
    item, calendar = dossier.item, office_calendar(session, organ_id=dossier.item.organ_id)
    try:
        match action:
            case Action.OBJECT:
                check_objections(item, dossier.of(Objection), policy, calendar, on=by.on)
            case Action.EXTEND:
                check_requests(item, dossier.of(Extension), policy)
            case Action.URGE:
                return all(by.on >= again_on(urged.on, policy, calendar) for urged in dossier.of(Urge))
    except ForbiddenError:
        return False
    return True
