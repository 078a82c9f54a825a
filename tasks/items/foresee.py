"""Whom an act upon an item will tell, said beforehand: the form of an act shows it before anything is sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.actor import Actor
from models.items.closure import ClosureRequest, ClosureReview, ClosureState
from models.items.extension import Extension, ExtensionDecision, ExtensionState
from models.items.instruction import Instruction, InstructionReply
from models.items.item import ItemState, WorkItem
from models.people.permission import Action
from models.people.person import Person, Role
from tasks.acting.perform import policy_of
from tasks.items.object_to import open_objection
from tasks.notices.tell import role_to_ask
from tasks.people.people_of import reached_by

_TO_HANDLER = (Action.URGE, Action.INSTRUCT, Action.REOPEN)


@dataclass(frozen=True)
class DecisionTurn:
    """A request that waits for a decision: whose turn it is, as level `level` (counted from 1) of `levels`."""

    asked: Extension | ClosureRequest
    applicant: Person | None
    level: int
    levels: int
    roles: tuple[Role, ...]
    decided: Sequence[int]

    @property
    def is_last(self) -> bool:
        return self.level >= self.levels


def turn_of_extension(session: Session, item: WorkItem) -> DecisionTurn | None:
    """The extension that waits, if one does."""
    waiting = select(Extension).where(Extension.item_id == item.id, Extension.state == ExtensionState.PENDING)
    asked = session.exec(waiting).first()
    if asked is None:
        return None
    decided = select(ExtensionDecision.person_id).where(ExtensionDecision.extension_id == asked.id)
    return _turn(session, asked, session.exec(decided).all())


def turn_of_closure(session: Session, item: WorkItem) -> DecisionTurn | None:
    """The request for closure that waits, if one does."""
    waiting = select(ClosureRequest).where(
        ClosureRequest.item_id == item.id, ClosureRequest.state == ClosureState.PENDING
    )
    asked = session.exec(waiting).first()
    if asked is None:
        return None
    decided = select(ClosureReview.person_id).where(ClosureReview.request_id == asked.id)
    return _turn(session, asked, session.exec(decided).all())


def foresee(
    session: Session,
    item: WorkItem,
    action: Action,
    *,
    by: Actor,
    approve: bool = True,
    instruction: Instruction | None = None,
) -> Person | None:
    """Who will get a notice of the act if it is done today; None where nobody will, or nobody but `by`.

    Of a transfer it depends on what is chosen, and of a level on who is in office: this is how it stands now.
    """
    recipient = _recipient(session, item, action, by, approve=approve, instruction=instruction)
    return None if recipient is None or recipient.id == by.person_id else recipient


def _recipient(
    session: Session, item: WorkItem, action: Action, by: Actor, *, approve: bool, instruction: Instruction | None
) -> Person | None:
    if action in _TO_HANDLER:
        return reached_by(session, item, Role.HANDLER, by.on)
    match action:
        case Action.CANCEL if item.state is not ItemState.DRAFT:
            return reached_by(session, item, Role.HANDLER, by.on)
        case Action.OBJECT:
            return reached_by(session, item, Role.SUPERVISOR, by.on)
        case Action.REPLY if instruction is not None:
            return session.get(Person, instruction.person_id)
        case Action.ASK_MORE if instruction is not None:
            last = select(InstructionReply).where(InstructionReply.instruction_id == instruction.id)
            answer = session.exec(last.order_by(col(InstructionReply.id).desc())).first()
            return session.get(Person, answer.person_id) if answer else None
        case Action.EXTEND | Action.REQUEST_CLOSE:
            policy = policy_of(session, item)
            levels = policy.extension_levels if action is Action.EXTEND else policy.closure_levels
            return _asked(session, item, levels[0], by, {by.person_id}) if levels else None
        case Action.ADJUST:
            levels = policy_of(session, item).adjustment_levels
            if not levels:
                return reached_by(session, item, Role.HANDLER, by.on)
            return _asked(session, item, levels[0], by, {by.person_id})
        case Action.DECIDE_EXTENSION | Action.DECIDE_ADJUSTMENT:
            return _after(session, item, turn_of_extension(session, item), by, approve=approve)
        case Action.ACCEPT:
            return _after(session, item, turn_of_closure(session, item), by, approve=True)
        case Action.RETURN if item.state is ItemState.OBJECTED:
            objection = open_objection(session, item)
            return session.get(Person, objection.person_id) if objection is not None else None
        case Action.RETURN:
            return _after(session, item, turn_of_closure(session, item), by, approve=False)
    return None


def _after(session: Session, item: WorkItem, turn: DecisionTurn | None, by: Actor, *, approve: bool) -> Person | None:
    """Who hears of a decision: the next level, or after the last one and after a refusal whoever asked."""
    if turn is None:
        return None
    if approve and not turn.is_last:
        roles = turn.asked.levels[turn.level]
        return _asked(session, item, roles, by, {turn.asked.person_id, by.person_id, *turn.decided})
    return turn.applicant or reached_by(session, item, Role.HANDLER, by.on)


def _asked(
    session: Session, item: WorkItem, roles: Sequence[str], by: Actor, without: set[int | None]
) -> Person | None:
    role = role_to_ask(session, item, roles, on=by.on, without=without)
    return reached_by(session, item, role, by.on)


def _turn(session: Session, asked: Extension | ClosureRequest, decided: Sequence[int]) -> DecisionTurn:
    applicant = session.get(Person, asked.person_id) if asked.person_id is not None else None
    roles = tuple(Role(role) for role in asked.levels[asked.level]) if asked.level < len(asked.levels) else ()
    return DecisionTurn(asked, applicant, asked.level + 1, len(asked.levels), roles, decided)
