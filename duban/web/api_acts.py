"""Every act upon an item as the interface offers it: what is sent, and the function of `tasks` that does it.

Permission, state and record are the business of `tasks.perform`, as for every other way in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field
from sqlmodel import Session

from duban.web.api_fields import LARGEST, Body, Day, text
from models.actor import Actor
from models.errors import BadInputError, NotFoundError
from models.extension import ExtensionState
from models.instruction import Instruction
from models.item import ItemState, WorkItem
from models.leadership import Duty
from models.organ import Organ
from models.permission import Action
from models.person import Person
from tasks.close import accept, reopen, request_close, send_back
from tasks.extend import decide_extension, extend
from tasks.find import find_department, find_person
from tasks.instruct import close_instruction, find_instruction, instruct, reply, sign_instruction
from tasks.milestone import add_milestone, reach_milestone
from tasks.object_to import object_to
from tasks.progress import record_progress
from tasks.sign import sign
from tasks.split import split
from tasks.suspend import resume, suspend
from tasks.transfer import transfer
from tasks.urge import urge

Outcome = tuple[str, Sequence[int]]
"""What was done, in a sentence, and the ids of the rows it made."""

_REASON: Any = text(1000)


class Nothing(Body):
    """不需要内容:发送 {}。"""


class Report(Body):
    """填报进展。"""

    content: text(4000) = Field(title="进展情况", examples=["已完成初稿,正在征求意见。"])  # type: ignore[valid-type]
    percent: int | None = Field(default=None, title="进度(%)", ge=0, le=100, examples=[60])
    problems: text(2000, least=0) | None = Field(default=None, title="存在问题")  # type: ignore[valid-type]
    next_step: text(2000, least=0) | None = Field(default=None, title="下一步打算")  # type: ignore[valid-type]
    achievement: text(2000, least=0) | None = Field(default=None, title="成效")  # type: ignore[valid-type]
    next_report_on: Day | None = Field(default=None, title="下次填报日", description="到这一天之前不再提醒。")


class Reason(Body):
    """写明理由。"""

    reason: _REASON = Field(title="理由")


class Objecting(Reason):
    """转办异议。"""

    suggested: text(200, least=0) | None = Field(default=None, title="建议的承办单位")  # type: ignore[valid-type]


class Transferring(Reason):
    """转办:科室和承办人至少写一个。"""

    department: text(200) | None = Field(default=None, title="转给科室", description="科室名称。")  # type: ignore[valid-type]
    handler: text(64) | None = Field(default=None, title="转给承办人", description="姓名、手机号或邮箱。")  # type: ignore[valid-type]


class Splitting(Body):
    """分办给各配合科室。"""

    due_on: Day | None = Field(default=None, title="子任务时限", description="缺省与任务相同。")


class Milestone(Body):
    """设阶段节点。"""

    title: text(300) = Field(title="节点名称")  # type: ignore[valid-type]
    due_on: Day = Field(title="时限")


class Reached(Body):
    """完成阶段节点。"""

    title: text(300) = Field(title="节点名称")  # type: ignore[valid-type]


class Extending(Body):
    """申请延期。"""

    to: Day = Field(title="延至")
    reason: _REASON = Field(title="原因")
    progress: text(2000) = Field(title="目前进展")  # type: ignore[valid-type]
    evidence: list[int] = Field(default_factory=list, title="依据的材料(id)", max_length=50)
    late: bool = Field(default=False, title="逾期申请", description="时限已到、确需补办的写 true,将记为逾期申请。")


class Approving(Body):
    """批准延期。"""

    to: Day | None = Field(default=None, title="批准的时限", description="缺省为申请的或上一级批准的日期。")
    comment: text(1000, least=0) | None = Field(default=None, title="批复意见")  # type: ignore[valid-type]


class Accepting(Body):
    """审核通过。"""

    comment: text(1000, least=0) | None = Field(default=None, title="审核意见")  # type: ignore[valid-type]
    waive: text(1000) | None = Field(default=None, title="免证理由", description="佐证材料不足而同意办结时填写。")  # type: ignore[valid-type]


class Closing(Body):
    """申请办结。"""

    statement: text(2000) = Field(title="办结情况")  # type: ignore[valid-type]
    whole: bool = Field(default=False, title="其余各期一并办结", description="周期任务。")


class Reopening(Reason):
    """重开。"""

    due_on: Day = Field(title="新的时限")


class Urging(Body):
    """催办。"""

    demand: text(500) | None = Field(default=None, title="催办要求")  # type: ignore[valid-type]
    reply_by: Day | None = Field(default=None, title="回复期限", description="缺省为 3 个工作日内。")


class Instructing(Body):
    """批示。"""

    content: text(2000) = Field(title="批示内容")  # type: ignore[valid-type]
    due_on: Day = Field(title="办理时限")
    kind: Duty = Field(default=Duty.SUPERVISE, title="履职类别")


class OfInstruction(Body):
    """签收批示。"""

    instruction: int = Field(title="批示(id)", ge=1, le=LARGEST)


class Replying(OfInstruction):
    """反馈批示。"""

    content: text(4000) = Field(title="办理情况")  # type: ignore[valid-type]


class ClosingInstruction(OfInstruction):
    """办结批示。"""

    outcome: text(1000) = Field(title="办理结果")  # type: ignore[valid-type]


@dataclass(frozen=True)
class Doing:
    """An act about to be done."""

    session: Session
    item: WorkItem
    by: Actor
    body: Any

    @property
    def instruction(self) -> Instruction:
        """The instruction the act is about. Raises NotFoundError for one of another item."""
        unknown = NotFoundError(f"任务 {self.item.number} 没有编号为 {self.body.instruction} 的批示。")
        try:
            found = find_instruction(self.session, self.body.instruction)
        except NotFoundError as error:
            raise unknown from error
        if found.item_id != self.item.id:
            raise unknown
        return found


@dataclass(frozen=True)
class ApiAct:
    """One act: the last part of its address, what is sent, and what does it."""

    name: str
    action: Action
    title: str
    body: type[Body]
    does: Callable[[Doing], Outcome]


def _sign(act: Doing) -> Outcome:
    receipt = sign(act.session, act.item, by=act.by)
    return f"任务 {act.item.number} 已签收,现为“{act.item.state.label}”。", [receipt.id or 0]


def _report(act: Doing) -> Outcome:
    body: Report = act.body
    entry = record_progress(act.session, act.item, by=act.by, **body.model_dump())
    act.session.flush()
    return f"任务 {act.item.number} 的进展已记录。", [entry.id or 0]


def _object(act: Doing) -> Outcome:
    made = object_to(act.session, act.item, by=act.by, reason=act.body.reason, suggested=act.body.suggested or None)
    return f"任务 {act.item.number} 的转办异议已提出,等待督办员转办或退回。", [made.id or 0]


def _transfer(act: Doing) -> Outcome:
    body: Transferring = act.body
    if body.department is None and body.handler is None:
        raise BadInputError("请写明转给哪个科室(department)或哪位承办人(handler)。")
    owner = act.session.get_one(Organ, act.item.organ_id)
    handler: Person | None = None
    if body.handler is not None:
        try:
            handler = find_person(act.session, body.handler, owner)
        except NotFoundError as error:
            raise NotFoundError(f"{owner.name}没有登记“{body.handler}”这个人。") from error
    transfer(
        act.session,
        act.item,
        by=act.by,
        reason=body.reason,
        department=find_department(act.session, owner, body.department) if body.department else None,
        handler=handler,
    )
    return f"任务 {act.item.number} 已转办,待签收。", []


def _split(act: Doing) -> Outcome:
    made = split(act.session, act.item, by=act.by, due_on=act.body.due_on)
    numbers = "、".join(child.number for child in made)
    return f"任务 {act.item.number} 已分办为 {len(made)} 个子任务:{numbers}。", [child.id or 0 for child in made]


def _milestone(act: Doing) -> Outcome:
    made = add_milestone(act.session, act.item, by=act.by, title=act.body.title, due_on=act.body.due_on)
    return f"任务 {act.item.number} 已设阶段节点“{made.title}”,时限 {made.due_on}。", [made.id or 0]


def _reached(act: Doing) -> Outcome:
    timely = reach_milestone(act.session, act.item, by=act.by, title=act.body.title)
    return f"阶段节点“{act.body.title}”已{'按期' if timely else '逾期'}完成。", []


def _extend(act: Doing) -> Outcome:
    asked = extend(act.session, act.item, by=act.by, **act.body.model_dump())
    late = "(逾期申请)" if asked.late else ""
    return f"已申请由 {asked.from_on} 延至 {asked.proposed_on}{late},待审批。", [asked.id or 0]


def _approve(act: Doing) -> Outcome:
    decided = decide_extension(
        act.session, act.item, by=act.by, approve=True, to=act.body.to, comment=act.body.comment or None
    )
    if decided.state is ExtensionState.APPROVED:
        return f"延期已批准,新的时限 {decided.granted_on}。", []
    return f"延期已通过第 {decided.level} 级,待下一级审批。", []


def _refuse(act: Doing) -> Outcome:
    decide_extension(act.session, act.item, by=act.by, approve=False, comment=act.body.reason)
    return f"延期未批准,时限仍为 {act.item.due_on}。", []


def _urge(act: Doing) -> Outcome:
    slip = urge(act.session, [act.item], by=act.by, demand=act.body.demand, reply_by=act.body.reply_by)
    return f"已催办:{slip.written_number}。", [slip.id or 0]


def _instruct(act: Doing) -> Outcome:
    body: Instructing = act.body
    given = instruct(act.session, act.item, by=act.by, content=body.content, due_on=body.due_on, kind=body.kind)
    return f"批示已下达({given.document.written_number})。", [given.instruction.id or 0]


def _sign_instruction(act: Doing) -> Outcome:
    sign_instruction(act.session, act.instruction, by=act.by)
    return "批示已签收。", []


def _reply(act: Doing) -> Outcome:
    made = reply(act.session, act.instruction, by=act.by, content=act.body.content)
    return "批示的办理情况已反馈。", [made.id or 0]


def _close_instruction(act: Doing) -> Outcome:
    close_instruction(act.session, act.instruction, by=act.by, outcome=act.body.outcome)
    return "批示已办结。", []


def _suspend(act: Doing) -> Outcome:
    suspend(act.session, act.item, by=act.by, reason=act.body.reason)
    return f"任务 {act.item.number} 已挂起:停止计时和提醒。", []


def _resume(act: Doing) -> Outcome:
    span = resume(act.session, act.item, by=act.by)
    return f"任务 {act.item.number} 已恢复,顺延 {span.days} {span.unit.label},时限 {act.item.due_on}。", []


def _request_close(act: Doing) -> Outcome:
    asked = request_close(act.session, act.item, by=act.by, statement=act.body.statement, whole=act.body.whole)
    return f"任务 {act.item.number} 已申请办结,待审核。", [asked.id or 0]


def _accept(act: Doing) -> Outcome:
    closure = accept(act.session, act.item, by=act.by, waive=act.body.waive, comment=act.body.comment or None)
    if closure.state is ItemState.REVIEWED:
        return "本级审核通过,待下一级审核。", []
    what = "销号" if closure.state is ItemState.CLOSED else "办结本期"
    rest = f",下一期 {closure.next_due_on}" if closure.next_due_on else ""
    return f"任务 {act.item.number} 已{what}({closure.done_on} {'按期' if closure.on_time else '逾期'}办结){rest}。", []


def _return(act: Doing) -> Outcome:
    send_back(act.session, act.item, by=act.by, reason=act.body.reason)
    return f"任务 {act.item.number} 已退回,现为“{act.item.state.label}”。", []


def _reopen(act: Doing) -> Outcome:
    reopen(act.session, act.item, by=act.by, reason=act.body.reason, due_on=act.body.due_on)
    return f"任务 {act.item.number} 已重开,时限 {act.item.due_on}。", []


API_ACTS: tuple[ApiAct, ...] = (
    ApiAct("sign", Action.SIGN, "签收", Nothing, _sign),
    ApiAct("report", Action.REPORT, "填报进展", Report, _report),
    ApiAct("request_close", Action.REQUEST_CLOSE, "申请办结", Closing, _request_close),
    ApiAct("extend", Action.EXTEND, "申请延期", Extending, _extend),
    ApiAct("object", Action.OBJECT, "提出转办异议", Objecting, _object),
    ApiAct("milestone", Action.MILESTONE, "设阶段节点", Milestone, _milestone),
    ApiAct("reach_milestone", Action.MILESTONE, "完成阶段节点", Reached, _reached),
    ApiAct("approve_extension", Action.DECIDE_EXTENSION, "批准延期", Approving, _approve),
    ApiAct("refuse_extension", Action.DECIDE_EXTENSION, "不批准延期", Reason, _refuse),
    ApiAct("accept", Action.ACCEPT, "审核通过", Accepting, _accept),
    ApiAct("return", Action.RETURN, "退回", Reason, _return),
    ApiAct("urge", Action.URGE, "催办", Urging, _urge),
    ApiAct("instruct", Action.INSTRUCT, "批示", Instructing, _instruct),
    ApiAct("sign_instruction", Action.SIGN_INSTRUCTION, "签收批示", OfInstruction, _sign_instruction),
    ApiAct("reply", Action.REPLY, "反馈批示", Replying, _reply),
    ApiAct("close_instruction", Action.CLOSE_INSTRUCTION, "办结批示", ClosingInstruction, _close_instruction),
    ApiAct("transfer", Action.TRANSFER, "转办", Transferring, _transfer),
    ApiAct("split", Action.SPLIT, "分办", Splitting, _split),
    ApiAct("suspend", Action.SUSPEND, "挂起", Reason, _suspend),
    ApiAct("resume", Action.RESUME, "恢复", Nothing, _resume),
    ApiAct("reopen", Action.REOPEN, "重开", Reopening, _reopen),
)
"""All but uploading evidence, which is no JSON."""
