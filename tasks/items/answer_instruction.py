"""What becomes of an instruction: signed for, answered, asked for more or closed with what came of it.

An answer stops the clock of whoever does it, as a request for closure does: in time or late it is as of its own day.
What runs on is the leader's to end.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import ForbiddenError
from models.items.instruction import Instruction, InstructionReply, InstructionState
from models.items.item import Deadline, DeadlineKind, ItemState, MoveCause, WorkItem
from models.items.plan import AnnualPlan
from models.ladder.notice import NoticeKind
from models.people.permission import Action
from models.people.person import Person, Role
from models.typed_text import words
from tasks.acting.authorize import standings
from tasks.acting.consent import hands
from tasks.acting.perform import ActUnderWay, performing, policy_of
from tasks.items.close import check_nothing_open
from tasks.items.instruct import unknown
from tasks.items.sign import lead_receipt, take_on
from tasks.ladder.arm import move_deadline, refresh_due
from tasks.notices.tell import settle, tell


def sign_instruction(session: Session, instruction: Instruction, *, by: Actor) -> Instruction:
    """Take note of an instruction. Raises ForbiddenError where somebody did already."""
    with _acting(session, Action.SIGN_INSTRUCTION, instruction, by) as deed:
        if instruction.state is not InstructionState.GIVEN:
            signer = session.get(Person, instruction.signed_by_id) if instruction.signed_by_id else None
            raise ForbiddenError(
                f"批示 {instruction.id} 已由{signer.name if signer else ''}于 {instruction.signed_on} 签收。"
            )
        _take_note(session, instruction, deed)
    return instruction


def reply(session: Session, instruction: Instruction, *, by: Actor, content: str) -> InstructionReply:
    """Report back on an instruction; the first reply also signs for it. The leader is told, and the ladder is quiet
    until the leader asks for more.
    """
    with _acting(session, Action.REPLY, instruction, by) as deed:
        _check_not_closed(instruction)
        if instruction.state is InstructionState.GIVEN:
            _take_note(session, instruction, deed)
        answer = InstructionReply(
            instruction_id=key(instruction.id),
            person_id=deed.person_id,
            for_id=deed.for_id,
            on=by.on,
            text=words(content, "反馈内容", longest=4000),
            recorded_at=by.now,
        )
        session.add(answer)
        if instruction.state is InstructionState.SIGNED:
            instruction.state = InstructionState.ANSWERED
            deadline = session.get_one(Deadline, instruction.deadline_id)
            deadline.claimed_on, deadline.policy_id, deadline.look_on, deadline.promised = by.on, None, None, False
        session.flush()
        refresh_due(session, deed.item)
        tell(
            session, deed.item, role=Role.LEADER, kind=NoticeKind.ANSWER, subject=f"reply:{answer.id}",
            what=f"{by.name}反馈您的批示：{answer.text}", by=by, person_id=instruction.person_id,
            deadline_id=instruction.deadline_id,
        )  # fmt: skip
    return answer


def ask_more(session: Session, instruction: Instruction, *, by: Actor, content: str) -> InstructionReply:
    """Ask for more (要求补充) than was answered: whoever answered is told at once, and the clock runs again from here.

    What was left of the days when it was answered in time is left again, one working day at least; what was answered
    late stays late. Raises ForbiddenError where no answer waits, and for whoever replied.
    """
    with _acting(session, Action.ASK_MORE, instruction, by, reason=content) as deed:
        answer = _answered(session, instruction, deed, Action.ASK_MORE)[-1]
        answer.more, answer.more_on = words(content, "补充要求", longest=2000), by.on
        answer.more_by_id, answer.more_for_id = deed.person_id, deed.for_id
        instruction.state = InstructionState.SIGNED
        deadline, plan = (
            session.get_one(Deadline, instruction.deadline_id),
            session.get_one(AnnualPlan, deed.item.plan_id),
        )
        answered_on, deadline.claimed_on = deadline.claimed_on or by.on, None
        deadline.policy_id = plan.policy_id
        if answered_on <= deadline.due_on:
            unit, calendar = (
                policy_of(session, deed.item).suspension_unit,
                office_calendar(session, organ_id=plan.organ_id),
            )
            left = unit.later(deadline.due_on, unit.between(answered_on, by.on, calendar), calendar)
            to = max(left, calendar.add(by.on, 1))
            if to > deadline.due_on:
                move_deadline(
                    session, deed.item, deadline, to=to, cause=MoveCause.MORE,
                    reason=f"{answered_on} 已反馈，{by.on} 要求补充：{answer.more}", by=by,
                )  # fmt: skip
        deadline.look_on = by.on
        refresh_due(session, deed.item)
        tell(
            session, deed.item, role=Role.HANDLER, kind=NoticeKind.RETURNED, subject=f"more:{answer.id}",
            what=f"{by.name}要求补充，时限 {deadline.due_on}：{answer.more}", by=by, person_id=answer.person_id,
            deadline_id=deadline.id,
        )  # fmt: skip
    return answer


def close_instruction(session: Session, instruction: Instruction, *, by: Actor, outcome: str) -> Instruction:
    """Close an instruction that was replied to, saying what came of it; done as of the day it was answered.

    An item that stood for the instruction alone is closed with it. Raises ForbiddenError before any reply, for
    whoever replied, and where something else of such an item is open.
    """
    with _acting(session, Action.CLOSE_INSTRUCTION, instruction, by) as deed:
        _answered(session, instruction, deed, Action.CLOSE_INSTRUCTION)
        item, plan = deed.item, session.get_one(AnnualPlan, deed.item.plan_id)
        instruction.state = InstructionState.CLOSED
        instruction.closed_by_id, instruction.closed_on = deed.person_id, by.on
        instruction.outcome = words(outcome, "办理结果", longest=1000)
        deadline = session.get_one(Deadline, instruction.deadline_id)
        done_on = deadline.claimed_on or by.on
        # The policy comes back with it: what was done is counted under the ladder it ran by.
        deadline.done_on, deadline.policy_id, deadline.look_on = done_on, plan.policy_id, None
        session.flush()
        left = select(Deadline.id).where(Deadline.item_id == item.id, col(Deadline.done_on).is_(None))
        if session.exec(left).first() is None:
            check_nothing_open(session, item, Action.CLOSE_INSTRUCTION)
            deed.becomes = ItemState.CLOSED
            item.closed_on, item.percent = done_on, 100
            item.first_closed_on = item.first_closed_on or done_on
        refresh_due(session, item)
    return instruction


def _check_not_closed(instruction: Instruction) -> None:
    if instruction.state is InstructionState.CLOSED:
        raise ForbiddenError(f"批示 {instruction.id} 已于 {instruction.closed_on} 办结。")


def _answered(session: Session, instruction: Instruction, deed: ActUnderWay, action: Action) -> list[InstructionReply]:
    """The answers so far, the last of which waits, looked at by another than who gave them."""
    _check_not_closed(instruction)
    if instruction.state is not InstructionState.ANSWERED:
        raise ForbiddenError(
            f"批示 {instruction.id} 还没有反馈，不能{action.label}："
            f"请承办人先反馈{deed.by.hint('duban instruct reply')}。"
        )
    given = select(InstructionReply).where(InstructionReply.instruction_id == instruction.id)
    replies = list(session.exec(given.order_by(col(InstructionReply.id))))
    deed.consent(session, action, hands((one.person_id, one.for_id, "已反馈本件批示") for one in replies))
    settle(session, f"answered:{replies[-1].id}")
    return replies


@contextmanager
def _acting(
    session: Session, action: Action, instruction: Instruction, by: Actor, *, reason: str | None = None
) -> Iterator[ActUnderWay]:
    """The act on the instruction's item; read anew once the item is held, so that of two at once one is told.

    Who may not know of the item hears of neither.
    """
    item = session.get_one(WorkItem, instruction.item_id)
    if not standings(session, by, Action.READ, item):
        raise unknown(key(instruction.id), by)
    with performing(session, by, action, item, reason=reason) as deed:
        session.refresh(instruction)
        yield deed


def _take_note(session: Session, instruction: Instruction, deed: ActUnderWay) -> None:
    """Signed for; an item that stands for the instruction alone is taken on with it."""
    instruction.state = InstructionState.SIGNED
    instruction.signed_by_id, instruction.signed_on = deed.person_id, deed.by.on
    settle(session, f"instruction:{instruction.id}")
    alone = session.get_one(Deadline, instruction.deadline_id).kind is not DeadlineKind.INSTRUCTION
    if alone and deed.item.state is ItemState.ISSUED:
        take_on(session, deed, lead_receipt(session, deed.item), deed.standings[0])
