"""What webhooks tell of: one event for each act upon an item, from its being added on, and two for notices."""

from collections.abc import Mapping

from models.items.lifecycle import LIFECYCLE
from models.people.permission import Action

_PAST: Mapping[Action, str] = {
    Action.SIGN: "item.signed",
    Action.OBJECT: "item.objected",
    Action.TRANSFER: "item.transferred",
    Action.SPLIT: "item.split",
    Action.REPORT: "item.reported",
    Action.ATTACH: "item.evidence_attached",
    Action.MILESTONE: "item.milestone_changed",
    Action.EXTEND: "item.extension_requested",
    Action.DECIDE_EXTENSION: "item.extension_decided",
    Action.DECIDE_ADJUSTMENT: "item.day_adjustment_decided",
    Action.URGE: "item.urged",
    Action.INSTRUCT: "item.instructed",
    Action.SIGN_INSTRUCTION: "item.instruction_signed",
    Action.REPLY: "item.instruction_replied",
    Action.ASK_MORE: "item.instruction_reply_returned",
    Action.CLOSE_INSTRUCTION: "item.instruction_closed",
    Action.SUSPEND: "item.suspended",
    Action.RESUME: "item.resumed",
    Action.REQUEST_CLOSE: "item.closure_requested",
    Action.ACCEPT: "item.closure_accepted",
    Action.RETURN: "item.returned",
    Action.REOPEN: "item.reopened",
    Action.SNOOZE: "item.reminders_snoozed",
    Action.WITHDRAW: "item.request_taken_back",
    Action.CORRECT: "item.report_corrected",
    Action.ACHIEVE: "item.achievement_written",
    Action.COMMENT_ITEM: "item.commented",
    Action.WITHDRAW_COMMENT: "item.comment_taken_back",
    Action.EDIT: "item.edited",
    Action.ADJUST: "item.day_adjusted",
    Action.CANCEL: "item.cancelled",
    Action.ADD_ITEM: "item.added",
}

ISSUED = "plan.issued"
SHEET = "item.sheet_drawn_up"
RAISED, SENT = "notice.raised", "notice.sent"
TEST = "test"
"""Sent on request only, to try an address."""

EVENTS: Mapping[str, str] = {
    **{_PAST[action]: action.label for action in (Action.ADD_ITEM, *LIFECYCLE) if action in _PAST},
    SHEET: "每日督办出具督办单",
    ISSUED: "下达计划",
    RAISED: "生成通知",
    SENT: "通知已发送",
}
"""Every event there is, with its word."""


def event_of(action: str, *, of_item: bool) -> str | None:
    """The event that an entry of the trail is told as: by its action, and whether it is about one item.

    An action nobody has thought of a name for is told by its own; what is about no item is not told, but for the
    issue of a plan.
    """
    if not of_item:
        return ISSUED if action == Action.ISSUE else None
    known = {**{act.value: event for act, event in _PAST.items()}, "draw_up": SHEET}
    return known.get(action, f"item.{action}")
