"""Who may do what: actions, and for each the roles that may do it and how far each role reaches.

Deny by default: what is not granted here is forbidden, to everybody and by every way in. Whether a grant
reaches a given item is answered in one place, `tasks.acting.authorize`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.coded import Coded
from models.people.person import Role


class Scope(Coded):
    """How far a role reaches."""

    OWN = "own", "本人承办"
    DEPARTMENT = "department", "本科室牵头"
    COOPERATING = "cooperating", "本科室配合"
    CHARGE = "charge", "分管"
    COPIED = "copied", "抄送本人"
    ORGAN = "organ", "本单位"
    BELOW = "below", "下级单位"


class Action(Coded):
    """Everything that can be done to the office's records."""

    VIEW = "view", "查看"
    READ = "read", "查阅"

    SIGN = "sign", "签收"
    OBJECT = "object", "提出转办异议"
    TRANSFER = "transfer", "转办"
    SPLIT = "split", "分办"
    REPORT = "report", "填报进展"
    ATTACH = "attach", "上传佐证材料"
    MILESTONE = "milestone", "设置阶段节点"
    EXTEND = "extend", "申请延期"
    DECIDE_EXTENSION = "decide_extension", "审批延期"
    DECIDE_ADJUSTMENT = "decide_adjustment", "审批时限调整"
    URGE = "urge", "催办"
    INSTRUCT = "instruct", "批示"
    SIGN_INSTRUCTION = "sign_instruction", "签收批示"
    REPLY = "reply", "反馈批示"
    ASK_MORE = "ask_more", "要求补充"
    CLOSE_INSTRUCTION = "close_instruction", "办结批示"
    SUSPEND = "suspend", "中止"
    RESUME = "resume", "恢复"
    REQUEST_CLOSE = "request_close", "申请办结"
    ACCEPT = "accept", "审核通过"
    RETURN = "return", "退回"
    REOPEN = "reopen", "重开"
    SNOOZE = "snooze", "稍后提醒"
    WITHDRAW = "withdraw", "撤回申请"
    CORRECT = "correct", "更正进展"
    ACHIEVE = "achieve", "补记成效"
    COMMENT_ITEM = "comment_item", "留言"
    WITHDRAW_COMMENT = "withdraw_comment", "撤回留言"
    EDIT = "edit", "修改任务"
    ADJUST = "adjust", "调整时限"
    CANCEL = "cancel", "终止任务"

    PLAN = "plan", "导入计划"
    ADD_ITEM = "add_item", "新增任务"
    ISSUE = "issue", "下达计划"
    POLICY = "policy", "管理督办策略"
    CHANGE_POLICY = "change_policy", "改用督办策略"
    STAFF = "staff", "管理人员"
    CONFIRM_STAFF = "confirm_staff", "确认任职代理"
    CALENDAR = "calendar", "管理工作日历"
    RECORD = "record", "登记台账"
    RECORD_UNIT = "record_unit", "登记本科室台账"
    GRANT_LEDGER = "grant_ledger", "授权科室登记台账"
    DRAW_NUMBER = "draw_number", "参与随机抽取"
    COMPILE = "compile", "编制年度报告"
    COMMENT = "comment", "批注年度报告"
    RECEIVE_REPORT = "receive_report", "接收下级报告"
    REPORT_SUBMIT = "report_submit", "报告送审"
    REPORT_CONSULT = "report_consult", "报告征求意见"
    REPORT_OPINE = "report_opine", "反馈报告意见"
    LEGAL_REVIEW = "legal_review", "报告法制审核"
    SECRECY_REVIEW = "secrecy_review", "报告保密审查"
    REPORT_SIGN = "report_sign", "审签报告"
    REPORT_FILE = "report_file", "报送报告"
    REPORT_PUBLISH = "report_publish", "公开报告"
    REPORT_ARCHIVE = "report_archive", "报告归档"
    REPORT_RETURN = "report_return", "退回报告"
    REPORT_ASSIGN = "report_assign", "指定报告审核岗位"
    CIRCULATE = "circulate", "印发通报简报"
    BRIEF = "brief", "查看本人简报"
    SCORE = "score", "考核评分"
    EVALUATE = "evaluate", "领导评价"
    APPEAL = "appeal", "考核申诉"
    DECIDE_APPEAL = "decide_appeal", "裁定申诉"
    AUDIT = "audit", "查看操作记录"
    SYSTEM = "system", "查看系统运行"
    RESEND = "resend", "重发通知"
    TRY_CHANNEL = "try_channel", "测试渠道"
    PARK = "park", "停发通知"
    TAKE_BACK_SWEEP = "take_back_sweep", "撤回督办"
    INTEGRATE = "integrate", "管理外部接口"
    CONFIGURE = "configure", "设置系统"


@dataclass(frozen=True)
class Grant:
    """A role may, as far as the scope reaches."""

    role: Role
    scope: Scope


_H, _D, _L, _F = Role.HANDLER, Role.DEPARTMENT_HEAD, Role.LEADER, Role.FIRST_RESPONSIBLE
_S, _A, _M, _Y = Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR, Role.SECURITY

HANDLING = (Grant(_H, Scope.OWN), Grant(_D, Scope.DEPARTMENT), Grant(_L, Scope.OWN))
"""Those who do the item: its handler, the head of the leading department, a leader where it names nobody else."""
HELPING = (Grant(_H, Scope.COOPERATING), Grant(_D, Scope.COOPERATING))
DECIDING = (Grant(_S, Scope.ORGAN), Grant(_L, Scope.CHARGE), Grant(_F, Scope.ORGAN))
LEADING = (Grant(_L, Scope.CHARGE), Grant(_F, Scope.ORGAN))
SUPERVISING = (Grant(_S, Scope.ORGAN),)
REVIEWING = (Grant(_S, Scope.ORGAN), Grant(_L, Scope.ORGAN), Grant(_F, Scope.ORGAN))
"""Who looks over the year-end report, where no post is given that step (`tasks.report.filing.assign_step`); never who
had a hand in it: `tasks.report.filing.consent_to_report`."""
_ABOVE = Grant(_F, Scope.BELOW)
"""The next higher level, where an office has nobody left who may."""
RUNNING = (Grant(_S, Scope.ORGAN), Grant(_M, Scope.ORGAN))

VIEWING = (
    *HANDLING,
    Grant(_H, Scope.DEPARTMENT),
    *HELPING,
    Grant(_L, Scope.CHARGE),
    *(Grant(role, scope) for role in (_F, _S, _A) for scope in (Scope.ORGAN, Scope.BELOW)),
    Grant(_M, Scope.ORGAN),
)
"""Whose lists and numbers an item stands in."""
_COPIED = tuple(Grant(role, Scope.COPIED) for role in (_H, _D, _L))
TALKING = (*(grant for grant in VIEWING if grant.scope is not Scope.BELOW), *_COPIED)
"""Those of the organ who read the item."""

GRANTS: Mapping[Action, tuple[Grant, ...]] = {
    Action.VIEW: VIEWING,
    # One item by itself: whoever was sent a copy reads it, and has it in no list of work and in no number.
    Action.READ: (*VIEWING, *_COPIED),
    Action.SIGN: (*HANDLING, *HELPING),
    Action.OBJECT: HANDLING,
    Action.TRANSFER: (*SUPERVISING, Grant(_F, Scope.ORGAN), Grant(_D, Scope.DEPARTMENT)),
    Action.SPLIT: (*SUPERVISING, Grant(_D, Scope.DEPARTMENT)),
    Action.REPORT: (*HANDLING, *HELPING),
    Action.ATTACH: (*HANDLING, *HELPING, *SUPERVISING),
    Action.MILESTONE: (*HANDLING, *SUPERVISING),
    Action.EXTEND: HANDLING,
    Action.DECIDE_EXTENSION: DECIDING,
    Action.DECIDE_ADJUSTMENT: DECIDING,
    Action.URGE: SUPERVISING,
    Action.INSTRUCT: LEADING,
    Action.SIGN_INSTRUCTION: HANDLING,
    Action.REPLY: HANDLING,
    Action.ASK_MORE: DECIDING,
    Action.CLOSE_INSTRUCTION: DECIDING,
    Action.SUSPEND: DECIDING,
    Action.RESUME: DECIDING,
    Action.REQUEST_CLOSE: HANDLING,
    Action.ACCEPT: DECIDING,
    Action.RETURN: DECIDING,
    Action.REOPEN: (*SUPERVISING, Grant(_F, Scope.ORGAN)),
    Action.SNOOZE: (*HANDLING, *HELPING),
    Action.WITHDRAW: (*HANDLING, *SUPERVISING),
    Action.CORRECT: (*HANDLING, *HELPING),
    Action.ACHIEVE: (*HANDLING, *SUPERVISING),
    Action.COMMENT_ITEM: TALKING,
    Action.WITHDRAW_COMMENT: TALKING,
    Action.EDIT: SUPERVISING,
    Action.ADJUST: SUPERVISING,
    Action.CANCEL: SUPERVISING,
    Action.PLAN: RUNNING,
    Action.ADD_ITEM: SUPERVISING,
    Action.ISSUE: (*RUNNING, Grant(_F, Scope.ORGAN)),
    Action.POLICY: RUNNING,
    Action.CHANGE_POLICY: RUNNING,
    Action.STAFF: (*RUNNING, Grant(_Y, Scope.ORGAN)),
    Action.CONFIRM_STAFF: (Grant(_F, Scope.ORGAN), Grant(_Y, Scope.ORGAN)),
    Action.CALENDAR: RUNNING,
    Action.RECORD: (*RUNNING, Grant(_F, Scope.ORGAN), Grant(_L, Scope.ORGAN)),
    # Of the ledgers that the department was granted, and of its own rows: `tasks.ledgers.ledger_reach`.
    Action.RECORD_UNIT: (Grant(_H, Scope.DEPARTMENT), Grant(_D, Scope.DEPARTMENT)),
    Action.GRANT_LEDGER: SUPERVISING,
    Action.DRAW_NUMBER: tuple(Grant(role, Scope.ORGAN) for role in (_S, _L, _F, _A)),
    Action.COMPILE: RUNNING,
    Action.COMMENT: (*RUNNING, Grant(_F, Scope.ORGAN), Grant(_A, Scope.ORGAN)),
    Action.RECEIVE_REPORT: RUNNING,
    Action.REPORT_SUBMIT: SUPERVISING,
    Action.REPORT_CONSULT: SUPERVISING,
    Action.REPORT_OPINE: (Grant(_D, Scope.DEPARTMENT), Grant(_H, Scope.DEPARTMENT)),
    Action.LEGAL_REVIEW: (*REVIEWING, _ABOVE),
    Action.SECRECY_REVIEW: (*REVIEWING, _ABOVE),
    Action.REPORT_SIGN: (Grant(_F, Scope.ORGAN), _ABOVE),
    Action.REPORT_FILE: SUPERVISING,
    Action.REPORT_PUBLISH: SUPERVISING,
    Action.REPORT_ARCHIVE: SUPERVISING,
    Action.REPORT_RETURN: REVIEWING,
    Action.REPORT_ASSIGN: SUPERVISING,
    Action.CIRCULATE: SUPERVISING,
    Action.BRIEF: (Grant(_F, Scope.ORGAN), Grant(_S, Scope.ORGAN)),
    Action.SCORE: SUPERVISING,
    Action.EVALUATE: (Grant(_F, Scope.ORGAN), Grant(_L, Scope.CHARGE)),
    Action.APPEAL: (Grant(_D, Scope.DEPARTMENT),),
    Action.DECIDE_APPEAL: (Grant(_F, Scope.ORGAN),),
    Action.AUDIT: (
        *(Grant(_A, scope) for scope in (Scope.ORGAN, Scope.BELOW)),
        Grant(_S, Scope.ORGAN),
        Grant(_F, Scope.ORGAN),
        Grant(_M, Scope.ORGAN),
    ),
    Action.SYSTEM: RUNNING,
    Action.RESEND: RUNNING,
    Action.TRY_CHANNEL: RUNNING,
    Action.PARK: RUNNING,
    Action.TAKE_BACK_SWEEP: RUNNING,
    Action.INTEGRATE: (Grant(_M, Scope.ORGAN),),
    # Of the organ at the top: what is set holds for the whole system (`tasks.engine.choose_settings`).
    Action.CONFIGURE: (Grant(_M, Scope.ORGAN),),
}

BY_RHYTHM = frozenset({Action.COMPILE, Action.CIRCULATE, Action.BRIEF, Action.PLAN})
"""What the system's own rhythms do without anybody's grant, besides raising and sending notices: never more."""
