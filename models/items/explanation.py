"""Why somebody gets a notice, in one line of Chinese (为何收到此消息)."""

import datetime as dt
from collections.abc import Sequence

from models.dates.workdays import WorkCalendar
from models.items.item import Deadline, DeadlineMove
from models.ladder.notice import Via
from models.ladder.policy import Rung
from models.people.person import Role

CLAIMED = {False: "申请办结，待审核", True: "已反馈，待办结"}
"""What is said of a day claimed done, by whether it is that of an instruction."""


def why(
    rung: Rung | None, role: Role, via: Via, *, late: bool, what: str | None = None, stood_for: str | None = None
) -> str:
    """By which rung, or by `what` somebody did, in which role, and whether the recipient stands in for somebody.

    With both, `what` is the cooperating unit that the rung asks. `stood_for` is who is away, where that is known.
    """
    away = f"代{stood_for}（请假）收，{stood_for}是本任务的{role.label}" if stood_for else ""
    stands = {
        Via.HOLDER: f"您是本任务的{role.label}",
        Via.DEPUTY: away or f"本任务的{role.label}请假，由您代理",
        Via.NEXT_LEVEL: f"本任务没有在岗的{role.label}，依次由您接收",
        Via.NAMED: "抄送您本人知悉，不需办理",
        Via.CALLED: "留言中提到或抄送本人",
        Via.JOINED: "参与过本任务的留言",
        Via.NOBODY: f"本任务没有在岗的{role.label}，以上各级也无人在岗",
    }[via]
    if rung is None:
        return f"{stands}；{what}" if what else stands
    if what:
        stands = f"您是配合科室“{what}”的{role.label}" if via is Via.HOLDER else stands
    return f"{stands}；触发规则：{rung.label}{'（错过当日，补发）' if late else ''}"


def distance(due_on: dt.date, *, on: dt.date, calendar: WorkCalendar) -> str:
    """How far away a due day is, in working days: 还有5个工作日, 今日到期, 逾期2个工作日."""
    if due_on == on:
        return "今日到期"
    if due_on > on:
        days = calendar.between(on, due_on)
        return f"还有{days}个工作日" if days else "临近到期（其间无工作日）"
    days = calendar.between(due_on, on)
    return f"逾期{days}个工作日" if days else "已逾期（其间无工作日）"


def explain_deadline(deadline: Deadline, moves: Sequence[DeadlineMove], *, instructed: bool = False) -> str:
    """A deadline in words: the original day, then each move with its day, cause and reason; `instructed`: it is the
    day of an instruction.

    One that was taken back, whose last move leads nowhere, says so and no more.
    """
    words = [f"原定 {deadline.original_due_on}"]
    if deadline.lookback is not None:
        words.append(f"下达时已过，{deadline.lookback.label}（{deadline.lookback.explained}）")
    for move in moves:
        when = f"{move.moved_on} " if move.moved_on else ""
        if move.from_on == move.to_on:
            return "；".join([*words, f"{when}{move.reason}"])
        words.append(f"{when}{move.cause.label}，由 {move.from_on} 改为 {move.to_on}（{move.reason}）")
    if deadline.done_on is not None:
        late = "按期" if deadline.done_on <= deadline.due_on else "逾期"
        words.append(f"{deadline.done_on} {late}办结")
    elif deadline.claimed_on is not None:
        words.append(f"{deadline.claimed_on} {CLAIMED[instructed]}")
    return "；".join(words)
