"""Why somebody gets a notice, in one line of Chinese (为何收到此消息)."""

import datetime as dt

from models.notice import Via
from models.person import Role
from models.policy import Rung
from models.workdays import WorkCalendar


def why(rung: Rung, role: Role, via: Via, *, late: bool) -> str:
    """By which rung, in which role, and whether the recipient stands in for somebody."""
    stands = {
        Via.HOLDER: f"您是本任务的{role.label}",
        Via.DEPUTY: f"本任务的{role.label}请假,由您代理",
        Via.NEXT_LEVEL: f"本任务没有在岗的{role.label},依次由您接收",
        Via.NOBODY: f"本任务没有在岗的{role.label},以上各级也无人在岗",
    }[via]
    return f"{stands};触发规则:{rung.label}{'(错过当日,补发)' if late else ''}"


def distance(due_on: dt.date, *, on: dt.date, calendar: WorkCalendar) -> str:
    """How far away a due day is, in working days: 还有5个工作日, 今日到期, 逾期2个工作日."""
    if due_on == on:
        return "今日到期"
    days = calendar.between(on, due_on)
    if due_on > on:
        return f"还有{days}个工作日" if days else "临近到期(其间无工作日)"
    return f"逾期{-days}个工作日" if days else "已逾期(其间无工作日)"
