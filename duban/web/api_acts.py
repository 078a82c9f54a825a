"""Every act upon an item as the interface offers it: what is sent, and which of `duban.web.deeds` it is.

Permission, state and record are the business of `tasks.acting.perform`, as for every other way in.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import Field
from sqlmodel import Session

from duban.web.api_fields import LARGEST, Body, Day, text
from duban.web.deeds import DEEDS, Deed, Outcome
from models.actor import Actor
from models.errors import BadInputError, NotFoundError
from models.instruction import Instruction
from models.item import WorkItem
from models.ledgers.leadership_act import Duty
from models.organ import Organ
from models.permission import Action
from tasks.items.instruct import find_instruction
from tasks.people.find import find_department, find_person

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
class ApiAct:
    """One act: the last part of its address, the verb of `duban.web.deeds`, and what is sent."""

    name: str
    verb: str
    action: Action
    title: str
    body: type[Body]


def do(act: ApiAct, session: Session, item: WorkItem, by: Actor, body: Body) -> Outcome:
    """Do it. Raises NotFoundError for an instruction, a department or a person there is not."""
    given = dict(body)
    about = _instruction(session, item, given.pop("instruction")) if "instruction" in given else None
    if isinstance(body, Transferring):
        given |= _receivers(session, item, body)
    return DEEDS[act.verb](Deed(session, item, by, given, about))


def _instruction(session: Session, item: WorkItem, number: int) -> Instruction:
    """The instruction the act is about. Raises NotFoundError for one of another item."""
    unknown = NotFoundError(f"任务 {item.number} 没有编号为 {number} 的批示。")
    try:
        found = find_instruction(session, number)
    except NotFoundError as error:
        raise unknown from error
    if found.item_id != item.id:
        raise unknown
    return found


def _receivers(session: Session, item: WorkItem, body: Transferring) -> dict[str, Any]:
    """The department and the person that are named, of the item's own organ."""
    if body.department is None and body.handler is None:
        raise BadInputError("请写明转给哪个科室(department)或哪位承办人(handler)。")
    owner = session.get_one(Organ, item.organ_id)
    try:
        handler = find_person(session, body.handler, owner) if body.handler is not None else None
    except NotFoundError as error:
        raise NotFoundError(f"{owner.name}没有登记“{body.handler}”这个人。") from error
    return {
        "department": find_department(session, owner, body.department) if body.department else None,
        "handler": handler,
    }


API_ACTS: tuple[ApiAct, ...] = (
    ApiAct("sign", "sign", Action.SIGN, "签收", Nothing),
    ApiAct("report", "report", Action.REPORT, "填报进展", Report),
    ApiAct("request_close", "request-close", Action.REQUEST_CLOSE, "申请办结", Closing),
    ApiAct("extend", "extend", Action.EXTEND, "申请延期", Extending),
    ApiAct("object", "object", Action.OBJECT, "提出转办异议", Objecting),
    ApiAct("milestone", "milestone", Action.MILESTONE, "设阶段节点", Milestone),
    ApiAct("reach_milestone", "reached", Action.MILESTONE, "完成阶段节点", Reached),
    ApiAct("approve_extension", "approve", Action.DECIDE_EXTENSION, "批准延期", Approving),
    ApiAct("refuse_extension", "refuse", Action.DECIDE_EXTENSION, "不批准延期", Reason),
    ApiAct("accept", "accept", Action.ACCEPT, "审核通过", Accepting),
    ApiAct("return", "return", Action.RETURN, "退回", Reason),
    ApiAct("urge", "urge", Action.URGE, "催办", Urging),
    ApiAct("instruct", "instruct", Action.INSTRUCT, "批示", Instructing),
    ApiAct("sign_instruction", "sign-instruction", Action.SIGN_INSTRUCTION, "签收批示", OfInstruction),
    ApiAct("reply", "reply", Action.REPLY, "反馈批示", Replying),
    ApiAct("close_instruction", "close-instruction", Action.CLOSE_INSTRUCTION, "办结批示", ClosingInstruction),
    ApiAct("transfer", "transfer", Action.TRANSFER, "转办", Transferring),
    ApiAct("split", "split", Action.SPLIT, "分办", Splitting),
    ApiAct("suspend", "suspend", Action.SUSPEND, "挂起", Reason),
    ApiAct("resume", "resume", Action.RESUME, "恢复", Nothing),
    ApiAct("reopen", "reopen", Action.REOPEN, "重开", Reopening),
)
"""All but uploading evidence, which is no JSON."""
