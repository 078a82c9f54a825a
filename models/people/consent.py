"""Which acts are somebody's consent to what another did or asked for, and which are done alone.

Every action stands in one of the two (`tests/models/people/test_consent.py`), so that a new one cannot be forgotten.
Who is kept from a consent is a question of persons, never of posts: `tasks.acting.consent` is the one place that
answers it, and no consent is written down that it was not asked about (`tasks.acting.audit`).
"""

from collections.abc import Mapping

from models.people.permission import Action

CONSENTS: Mapping[Action, str] = {
    Action.DECIDE_EXTENSION: "申请延期的人、办理过前面各级的人",
    Action.DECIDE_ADJUSTMENT: "提请调整时限的人、办理过前面各级的人",
    Action.ACCEPT: "申请办结的人、办理过前面各级的人",
    Action.RETURN: "申请办结、提出异议的人，办理过前面各级的人",
    Action.TRANSFER: "提出转办异议的人",
    Action.SUSPEND: "承办该任务的人",
    Action.ASK_MORE: "反馈批示的人",
    Action.CLOSE_INSTRUCTION: "反馈批示的人",
    Action.EVALUATE: "被评价科室的负责人",
    Action.DECIDE_APPEAL: "提出申诉的人",
    Action.CONFIRM_STAFF: "提出的人、要任职或代理的人",
    Action.DRAW_NUMBER: "绑定名单的人",
    Action.LEGAL_REVIEW: "编制、修改、送审、送法制审核的人",
    Action.SECRECY_REVIEW: "编制、修改、送审、送法制审核、作法制审核的人",
    Action.REPORT_SIGN: "编制、修改、送审、送法制审核、作法制审核、作保密审查的人",
}
"""By action, who may not do it: neither as himself, nor as a deputy, nor by a further post."""

ALONE: frozenset[Action] = frozenset(
    {
        # Nothing is changed.
        Action.VIEW, Action.READ, Action.AUDIT, Action.SYSTEM,
        # Asked for, told, objected to: what somebody else answers.
        Action.SIGN, Action.OBJECT, Action.SPLIT, Action.REPORT, Action.ATTACH, Action.MILESTONE, Action.EXTEND,
        Action.SIGN_INSTRUCTION, Action.REPLY, Action.REQUEST_CLOSE, Action.APPEAL, Action.COMMENT,
        Action.REPORT_OPINE,
        # Said beside the work: nothing of the item changes by it.
        Action.COMMENT_ITEM, Action.WITHDRAW_COMMENT,
        # One's own reminders, for a while; what escalates is not held.
        Action.SNOOZE,
        # One's own request, before anybody has looked at it, and one's own words, the former ones kept; what a report
        # may say of something done, which counts for nobody.
        Action.WITHDRAW, Action.CORRECT, Action.ACHIEVE,
        # Of a leader or supervisor, and never in favour of whoever does the item.
        Action.URGE, Action.INSTRUCT, Action.RESUME, Action.REOPEN, Action.RESEND,
        Action.PARK, Action.TAKE_BACK_SWEEP, Action.TRY_CHANNEL, Action.EDIT, Action.ADJUST, Action.CANCEL,
        # What an office has one keeper for: on record, seen by everybody it concerns.
        Action.PLAN, Action.ADD_ITEM, Action.ISSUE, Action.POLICY, Action.CHANGE_POLICY, Action.STAFF, Action.CALENDAR,
        Action.RECORD, Action.RECORD_UNIT, Action.GRANT_LEDGER, Action.COMPILE, Action.REPORT_ASSIGN,
        Action.RECEIVE_REPORT, Action.CIRCULATE, Action.BRIEF, Action.SCORE, Action.INTEGRATE, Action.CONFIGURE,
        # The way of a report, before it is looked over and after it is signed: bound to the version by its hash.
        Action.REPORT_SUBMIT, Action.REPORT_CONSULT, Action.REPORT_FILE, Action.REPORT_PUBLISH,
        Action.REPORT_ARCHIVE, Action.REPORT_RETURN,
    }
)  # fmt: skip
"""What needs nobody's consent, and is none."""
