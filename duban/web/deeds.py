"""What each act upon an item does, whichever way it came in: the function of `tasks`, and what was done in a sentence.

A form (`item_deeds`) and a program (`api_acts`) differ in how they are read; what they do and say is here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from models.actor import Actor
from models.errors import NotFoundError
from models.extension import ExtensionState
from models.instruction import Instruction
from models.item import ItemState, WorkItem
from models.person import Person
from tasks.items.close import accept, reopen, request_close, send_back
from tasks.items.extend import decide_extension, extend
from tasks.items.instruct import close_instruction, instruct, reply, sign_instruction
from tasks.items.milestone import add_milestone, reach_milestone
from tasks.items.object_to import object_to
from tasks.items.progress import record_progress
from tasks.items.sign import sign
from tasks.items.split import split
from tasks.items.suspend import resume, suspend
from tasks.items.transfer import transfer
from tasks.items.urge import urge

Outcome = tuple[str, Sequence[int]]
"""What was done, in a sentence, and the ids of the rows it made."""


@dataclass(frozen=True)
class Deed:
    """An act about to be done. `given` is what was sent, read, under the names that the function of `tasks` has."""

    session: Session
    item: WorkItem
    by: Actor
    given: Mapping[str, Any]
    about: Instruction | None = None
    """The instruction it is about, of the three acts that are about one."""

    @property
    def instruction(self) -> Instruction:
        if self.about is None:
            raise NotFoundError("没有这件批示,或者它不属于这项任务。")
        return self.about

    def words(self, name: str) -> str | None:
        """A text that may be left out, None where it is."""
        return self.given.get(name) or None


def _signed(deed: Deed) -> Outcome:
    receipt = sign(deed.session, deed.item, by=deed.by)
    whose = f"(代{deed.session.get_one(Person, receipt.for_id).name})" if receipt.for_id else ""
    return f"任务 {deed.item.number} 已签收{whose},现为“{deed.item.state.label}”。", [receipt.id or 0]


def _reported(deed: Deed) -> Outcome:
    entry = record_progress(deed.session, deed.item, by=deed.by, **deed.given)
    deed.session.flush()
    return f"任务 {deed.item.number} 的进展已记录。", [entry.id or 0]


def _objected(deed: Deed) -> Outcome:
    suggested = deed.words("suggested")
    made = object_to(deed.session, deed.item, by=deed.by, reason=deed.given["reason"], suggested=suggested)
    return f"任务 {deed.item.number} 的转办异议已提出,等待督办员转办或退回。", [made.id or 0]


def _transferred(deed: Deed) -> Outcome:
    """`department` and `handler` are rows, already found."""
    transfer(deed.session, deed.item, by=deed.by, **deed.given)
    return f"任务 {deed.item.number} 已转办,待签收。", []


def _split_up(deed: Deed) -> Outcome:
    made = split(deed.session, deed.item, by=deed.by, due_on=deed.given["due_on"])
    numbers = "、".join(child.number for child in made)
    return f"任务 {deed.item.number} 已分办为 {len(made)} 个子任务:{numbers}。", [child.id or 0 for child in made]


def _milestone_set(deed: Deed) -> Outcome:
    made = add_milestone(deed.session, deed.item, by=deed.by, **deed.given)
    return f"任务 {deed.item.number} 已设阶段节点“{made.title}”,时限 {made.due_on}。", [made.id or 0]


def _milestone_reached(deed: Deed) -> Outcome:
    title = deed.given["title"]
    timely = reach_milestone(deed.session, deed.item, by=deed.by, title=title)
    return f"阶段节点“{title}”已{'按期' if timely else '逾期'}完成。", []


def _extension_asked(deed: Deed) -> Outcome:
    asked = extend(deed.session, deed.item, by=deed.by, **deed.given)
    late = "(逾期申请)" if asked.late else ""
    return f"已申请由 {asked.from_on} 延至 {asked.proposed_on}{late},待审批。", [asked.id or 0]


def _extension_approved(deed: Deed) -> Outcome:
    decided = decide_extension(
        deed.session, deed.item, by=deed.by, approve=True, to=deed.given["to"], comment=deed.words("comment")
    )
    if decided.state is ExtensionState.APPROVED:
        return f"延期已批准,新的时限 {decided.granted_on}。", []
    return f"延期已通过第 {decided.level} 级,待下一级审批。", []


def _extension_refused(deed: Deed) -> Outcome:
    decide_extension(deed.session, deed.item, by=deed.by, approve=False, comment=deed.given["reason"])
    return f"延期未批准,时限仍为 {deed.item.due_on}。", []


def _urged(deed: Deed) -> Outcome:
    demand, reply_by = deed.words("demand"), deed.given["reply_by"]
    slip = urge(deed.session, [deed.item], by=deed.by, demand=demand, reply_by=reply_by)
    return f"已催办:{slip.written_number}。", [slip.id or 0]


def _instructed(deed: Deed) -> Outcome:
    given = instruct(deed.session, deed.item, by=deed.by, **deed.given)
    return f"批示已下达({given.document.written_number})。", [given.instruction.id or 0]


def _instruction_signed(deed: Deed) -> Outcome:
    sign_instruction(deed.session, deed.instruction, by=deed.by)
    return "批示已签收。", []


def _instruction_answered(deed: Deed) -> Outcome:
    made = reply(deed.session, deed.instruction, by=deed.by, content=deed.given["content"])
    return "批示的办理情况已反馈。", [made.id or 0]


def _instruction_closed(deed: Deed) -> Outcome:
    close_instruction(deed.session, deed.instruction, by=deed.by, outcome=deed.given["outcome"])
    return "批示已办结。", []


def _suspended(deed: Deed) -> Outcome:
    suspend(deed.session, deed.item, by=deed.by, reason=deed.given["reason"])
    return f"任务 {deed.item.number} 已挂起:停止计时和提醒。", []


def _resumed(deed: Deed) -> Outcome:
    span = resume(deed.session, deed.item, by=deed.by)
    return f"任务 {deed.item.number} 已恢复,顺延 {span.days} {span.unit.label},时限 {deed.item.due_on}。", []


def _closure_asked(deed: Deed) -> Outcome:
    asked = request_close(deed.session, deed.item, by=deed.by, **deed.given)
    return f"任务 {deed.item.number} 已申请办结,待审核。", [asked.id or 0]


def _accepted(deed: Deed) -> Outcome:
    waive, comment = deed.words("waive"), deed.words("comment")
    closure = accept(deed.session, deed.item, by=deed.by, waive=waive, comment=comment)
    if closure.state is ItemState.REVIEWED:
        return "本级审核通过,待下一级审核。", []
    what = "销号" if closure.state is ItemState.CLOSED else "办结本期"
    rest = f",下一期 {closure.next_due_on}" if closure.next_due_on else ""
    timely = "按期" if closure.on_time else "逾期"
    return f"任务 {deed.item.number} 已{what}({closure.done_on} {timely}办结){rest}。", []


def _sent_back(deed: Deed) -> Outcome:
    send_back(deed.session, deed.item, by=deed.by, reason=deed.given["reason"])
    return f"任务 {deed.item.number} 已退回,现为“{deed.item.state.label}”。", []


def _reopened(deed: Deed) -> Outcome:
    reopen(deed.session, deed.item, by=deed.by, **deed.given)
    return f"任务 {deed.item.number} 已重开,时限 {deed.item.due_on}。", []


DEEDS: Mapping[str, Callable[[Deed], Outcome]] = {
    "sign": _signed,
    "report": _reported,
    "object": _objected,
    "transfer": _transferred,
    "split": _split_up,
    "milestone": _milestone_set,
    "reached": _milestone_reached,
    "extend": _extension_asked,
    "approve": _extension_approved,
    "refuse": _extension_refused,
    "urge": _urged,
    "instruct": _instructed,
    "sign-instruction": _instruction_signed,
    "reply": _instruction_answered,
    "close-instruction": _instruction_closed,
    "suspend": _suspended,
    "resume": _resumed,
    "request-close": _closure_asked,
    "accept": _accepted,
    "return": _sent_back,
    "reopen": _reopened,
}
"""By the verb of an act: does it and says what was done."""
