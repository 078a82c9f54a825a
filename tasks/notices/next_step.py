"""What whoever gets a notice can do about it now, in a word and as the page on which it is done."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from models.items.instruction import InstructionState
from models.items.item import DeadlineKind, ItemState
from models.items.lifecycle import LIFECYCLE
from models.ladder.notice import NoticeKind, Via
from models.people.permission import Action
from models.people.person import Role


@dataclass(frozen=True, slots=True)
class NextStep:
    """`path` is a page of the system, as `Settings.address` takes it."""

    words: str
    path: str


LOOK = NextStep("查看任务", "/items")
"""What there is always to do."""


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What the next step depends on, as things stand: the notice, its item, its deadline and what that belongs to."""

    kind: NoticeKind
    role: Role
    via: Via
    subject: str | None
    unsigned: bool
    item_id: int
    state: ItemState
    deadline: DeadlineKind
    due_on: dt.date
    done: bool
    instruction_id: int | None
    instruction: InstructionState | None
    ledger: str | None
    ledger_row: int | None
    report_year: int | None


class _Deed(Enum):
    """An act with a page of its own: what it is called here, the last part of its address, which action it is."""

    SIGN = "签收", "sign", Action.SIGN
    REPORT = "填报进展", "report", Action.REPORT
    REACHED = "完成阶段节点", "reached", Action.MILESTONE
    REQUEST_CLOSE = "申请办结", "request-close", Action.REQUEST_CLOSE
    APPROVE = "审批延期", "approve", Action.DECIDE_EXTENSION
    APPROVE_ADJUSTMENT = "审批时限调整", "approve-adjustment", Action.DECIDE_ADJUSTMENT
    ACCEPT = "审核办结", "accept", Action.ACCEPT
    TRANSFER = "转办或退回", "transfer", Action.TRANSFER
    INSTRUCT = "批示", "instruct", Action.INSTRUCT
    URGE = "催办", "urge", Action.URGE
    SIGN_INSTRUCTION = "签收批示", "sign-instruction", Action.SIGN_INSTRUCTION
    REPLY = "反馈批示", "reply", Action.REPLY
    CLOSE_INSTRUCTION = "办结批示", "close-instruction", Action.CLOSE_INSTRUCTION


_OF_INSTRUCTION = (_Deed.SIGN_INSTRUCTION, _Deed.REPLY, _Deed.CLOSE_INSTRUCTION)
_APPROVALS = {
    "extension": _Deed.APPROVE, "adjustment": _Deed.APPROVE_ADJUSTMENT, "closure": _Deed.ACCEPT,
    "objection": _Deed.TRANSFER, "answered": _Deed.CLOSE_INSTRUCTION,
}  # fmt: skip
_RETURNS = {
    "closure": _Deed.REQUEST_CLOSE, "extension": _Deed.REPORT, "reopen": _Deed.REPORT, "objection": _Deed.SIGN,
    "more": _Deed.REPLY,
}  # fmt: skip
_DOERS = (Role.HANDLER, Role.DEPARTMENT_HEAD)


def next_step(facts: NoticeFacts, *, on: dt.date) -> NextStep:
    """The act that the notice asks for, else the page that tells more.

    Of an item in a state in which the act is not open, or for somebody further up in whose role nobody was in office,
    it is the item's own page.
    """
    about, _, number = (facts.subject or "").partition(":")
    if facts.report_year is not None:
        return NextStep("办理年度报告", f"/reports/filing/{facts.report_year}")
    if about == "appeal":
        asked = facts.kind is NoticeKind.APPROVAL
        return NextStep("裁定申诉" if asked else "查看申诉", f"/scores/appeals/{number.partition(':')[0]}")
    if facts.deadline is DeadlineKind.LEDGER and facts.ledger is not None and facts.subject is None:
        row = f"{facts.ledger}/{facts.ledger_row}" if facts.ledger_row else "terms"
        return NextStep("登记台账", f"/ledgers/{row}")
    if facts.kind is NoticeKind.COMMENT:
        return NextStep("查看留言", f"{LOOK.path}/{facts.item_id}#comments")
    deed = _deed(facts, about, on)
    if deed is None or facts.done or facts.state not in LIFECYCLE[deed.value[2]].sources:
        return NextStep(LOOK.words, f"{LOOK.path}/{facts.item_id}")
    words, verb, _action = deed.value
    query = f"?instruction={facts.instruction_id}" if deed in _OF_INSTRUCTION else ""
    return NextStep(words, f"/items/{facts.item_id}/{verb}{query}")


def _deed(facts: NoticeFacts, about: str, on: dt.date) -> _Deed | None:
    match facts.kind:
        case NoticeKind.APPROVAL:
            return _APPROVALS.get(about)
        case NoticeKind.RETURNED:
            return _RETURNS.get(about)
        case NoticeKind.COPIED:
            return None
        case NoticeKind.ANSWER:
            return _Deed.CLOSE_INSTRUCTION if about == "reply" and _is_open(facts) else None
    if facts.via is Via.NEXT_LEVEL:
        return None
    if facts.role in _DOERS:
        return _own(facts, on)
    if facts.kind is NoticeKind.ESCALATION:
        return _Deed.URGE if facts.role is Role.SUPERVISOR else _Deed.INSTRUCT
    return None


def _own(facts: NoticeFacts, on: dt.date) -> _Deed | None:
    """What whoever does the item does next."""
    if facts.unsigned or (facts.state is ItemState.ISSUED and facts.kind is not NoticeKind.INSTRUCTION):
        return _Deed.SIGN
    if facts.instruction is not None:
        if not _is_open(facts):
            return None
        return _Deed.SIGN_INSTRUCTION if facts.instruction is InstructionState.GIVEN else _Deed.REPLY
    if facts.deadline is DeadlineKind.MILESTONE and facts.kind is not NoticeKind.URGE:
        return _Deed.REACHED
    return _Deed.REQUEST_CLOSE if facts.due_on == on and facts.kind is NoticeKind.REMINDER else _Deed.REPORT


def _is_open(facts: NoticeFacts) -> bool:
    return facts.instruction is not None and facts.instruction is not InstructionState.CLOSED
