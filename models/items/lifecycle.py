"""The life of an item as one table: from which states an action leads where, on what conditions, leaving what row.

拟办 → 待签收 → 在办 → 申请办结 → 审核 → 销号, with the side ways. Who may act stands in `models.people.permission`;
`tasks.acting.perform` is the one place that applies both.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.items.item import ItemState as S
from models.people.permission import Action


@dataclass(frozen=True)
class Transition:
    """One line of the table. The target is one of `to`; a body chooses where there are several, none means stays."""

    sources: tuple[S, ...]
    to: tuple[S, ...] = ()
    guard: str = ""
    """The further condition, in the words of an error."""
    records: str = ""
    """The table of the row an act leaves, besides the audit entry."""


OPEN = (S.ISSUED, S.OBJECTED, S.ACTIVE, S.SUSPENDED, S.REQUESTED, S.REVIEWED)
"""States of an item that was given to somebody and is not done."""

OVER = (S.CLOSED, S.CANCELLED)
"""States of an item that is waited for no more."""

TALK = (Action.COMMENT_ITEM, Action.WITHDRAW_COMMENT)
"""What is said beside the work: nothing of the item changes, and nobody who acts on it meanwhile acts blindly."""

LIFECYCLE: Mapping[Action, Transition] = {
    Action.ISSUE: Transition((S.DRAFT,), (S.ISSUED,), "时限、责任人齐全", "deadline, receipt"),
    Action.SIGN: Transition((S.ISSUED, S.ACTIVE), (S.ACTIVE,), "本单位尚未签收", "receipt"),
    Action.OBJECT: Transition((S.ISSUED,), (S.OBJECTED,), "在异议期内，每次交办一次", "objection"),
    Action.TRANSFER: Transition((S.ISSUED, S.OBJECTED, S.ACTIVE), (S.ISSUED,), "写明接办的科室或承办人", "receipt"),
    Action.SPLIT: Transition((S.ISSUED, S.ACTIVE), (), "有配合单位，每个单位只分一次", "work_item"),
    Action.REPORT: Transition((S.ISSUED, S.ACTIVE), (S.ACTIVE,), "写明进展", "progress_entry"),
    Action.ATTACH: Transition((S.ACTIVE, S.SUSPENDED, S.REQUESTED, S.REVIEWED), (), "类型和大小合格", "evidence"),
    Action.MILESTONE: Transition((S.ISSUED, S.ACTIVE), (), "在任务期间内", "deadline"),
    Action.EXTEND: Transition((S.ACTIVE,), (), "到期前，未达次数上限，没有在批的申请", "extension"),
    Action.DECIDE_EXTENSION: Transition(
        (S.ACTIVE,), (), "有待审批的延期，轮到本级，非本人申请", "extension_decision, deadline_move"
    ),
    Action.DECIDE_ADJUSTMENT: Transition(
        (S.ISSUED, S.ACTIVE), (), "有待审批的时限调整，轮到本级，非本人提请", "extension_decision, deadline_move"
    ),
    Action.URGE: Transition((S.ISSUED, S.OBJECTED, S.ACTIVE), (), "距上次催办已满间隔", "urge, document"),
    Action.INSTRUCT: Transition(OPEN, (), "写明内容和时限", "instruction, deadline, leadership_act, document"),
    Action.SIGN_INSTRUCTION: Transition(OPEN, (S.ACTIVE,), "批示尚未签收", "instruction"),
    Action.REPLY: Transition(OPEN, (S.ACTIVE,), "批示尚未办结", "instruction_reply"),
    Action.ASK_MORE: Transition(OPEN, (), "批示待办结，写明补充要求", "instruction_reply, deadline_move"),
    Action.CLOSE_INSTRUCTION: Transition(OPEN, (S.CLOSED,), "批示待办结", "instruction"),
    Action.SUSPEND: Transition((S.ACTIVE,), (S.SUSPENDED,), "写明原因", "suspension"),
    Action.RESUME: Transition((S.SUSPENDED,), (S.ACTIVE,), "", "suspension, deadline_move"),
    Action.REQUEST_CLOSE: Transition(
        (S.ACTIVE,), (S.REQUESTED,), "子任务、批示均已办结，没有在批的延期", "closure_request"
    ),
    Action.ACCEPT: Transition(
        (S.REQUESTED, S.REVIEWED),
        (S.REVIEWED, S.CLOSED, S.ACTIVE),
        "轮到本级，非本人申请，佐证材料合格或写明免证理由",
        "closure_review",
    ),
    Action.RETURN: Transition(
        (S.REQUESTED, S.REVIEWED, S.OBJECTED), (S.ACTIVE, S.ISSUED), "写明理由", "closure_review, objection"
    ),
    Action.REOPEN: Transition((S.CLOSED,), (S.ACTIVE,), "写明理由和新的时限", "deadline"),
    Action.WITHDRAW: Transition(
        (S.REQUESTED, S.ISSUED, S.ACTIVE, S.OBJECTED),
        (S.ACTIVE, S.ISSUED),
        "有本人提出、还没有人办理的申请",
        "closure_request, extension, objection",
    ),
    Action.CORRECT: Transition(OPEN, (), "有本人填报的进展", "progress_entry"),
    Action.ACHIEVE: Transition((S.REQUESTED, S.REVIEWED, S.CLOSED), (), "写明成效", "progress_entry"),
    Action.COMMENT_ITEM: Transition((*OPEN, *OVER), (), "写明内容；提到、抄送的须是本单位在职的人", "item_comment"),
    Action.WITHDRAW_COMMENT: Transition((*OPEN, *OVER), (), "本人的留言，尚未撤回", "item_comment"),
    Action.SNOOZE: Transition((S.ISSUED, S.ACTIVE), (), "最近的时限未到，本人没有稍后提醒过", "snooze"),
    Action.EDIT: Transition(
        (S.DRAFT, S.ISSUED, S.ACTIVE, S.SUSPENDED, S.REQUESTED, S.REVIEWED),
        (S.ISSUED,),
        "写明理由；已下达的不在此改时限，换人、换单位须在签收、在办环节",
        "receipt",
    ),
    Action.ADJUST: Transition(
        (S.ISSUED, S.ACTIVE),
        (),
        "写明理由，没有在批的延期、调整；策略要求审批的，批准后才改",
        "extension, deadline_move",
    ),
    Action.CANCEL: Transition(
        (S.DRAFT, S.ISSUED, S.ACTIVE, S.SUSPENDED),
        (S.CANCELLED,),
        "写明理由；子任务、批示均已办结，没有在批的延期",
        "deadline_move",
    ),
}
"""By action; what is no key here is no act upon an item."""
