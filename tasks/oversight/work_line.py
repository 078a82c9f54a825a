"""One line of what somebody has to do: under which heading, why it is theirs, by when, and by which act."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.actor import Actor
from models.coded import Coded
from models.people.permission import Action, Scope
from models.people.person import Role
from tasks.acting.authorize import Standing
from tasks.lists.await_decision import Decision
from tasks.lists.item_line import ItemLine


class Group(Coded):
    """Under which heading a line stands, in the order of the list."""

    INSTRUCTION = "instruction", "批示"
    RETURNED = "returned", "退回"
    OVERDUE = "overdue", "逾期"
    TODAY = "today", "今日"
    SOON = "soon", "三日内"
    UNSIGNED = "unsigned", "待签收"
    UNREPORTED = "unfiled", "待填报"
    DECIDING = "deciding", "待我审批"
    DOING = "doing", "我的在办"


REMINDED = "今日提醒"
"""Said of what has time and was reminded of on the day."""
HELPS = "配合"
"""Said of what somebody's department helps with."""
_UNTOLD = ItemLine(0, "", "")


@dataclass(frozen=True)
class WorkLine:
    """One thing to do: `action` is the primary act; for `instruction`, `decision` or `appeal` where it is about one.

    `day` is the one that `distance` counts from or to: the due day, or since when it waits; none for an item without
    one. `passed`: it is a due day that lies behind. `also` names what else
    the item wants; `seen` is the item's newest audit entry, as the forms of acts carry it.
    """

    group: Group
    item_id: int
    action: Action
    day: dt.date | None
    distance: str
    passed: bool = False
    why: str = ""
    about: str = ""
    also: tuple[str, ...] = ()
    instruction: int | None = None
    decision: Decision | None = None
    appeal: int | None = None
    standings: tuple[Standing, ...] = field(default=(), repr=False)
    item: ItemLine = _UNTOLD
    seen: int = 0


@dataclass(frozen=True)
class Work:
    """The list, in order; `rest` says of each group that has more than is told how many more."""

    lines: tuple[WorkLine, ...]
    rest: Mapping[Group, int]
    coming: ItemLine | None
    """The item whose day is next and not yet pressing."""

    @property
    def groups(self) -> list[tuple[Group, list[WorkLine]]]:
        """The groups that have lines."""
        found = [(group, [line for line in self.lines if line.group is group]) for group in Group]
        return [(group, lines) for group, lines in found if lines]

    @property
    def pressing(self) -> bool:
        """Whether anything is asked for, besides what is in hand, has time and was not reminded of on the day."""
        return any(line.group is not Group.DOING or REMINDED in line.also for line in self.lines)


def why_mine(standings: Sequence[Standing], by: Actor, *, doer: str | None = None) -> str:
    """In which role something is somebody's, and for whom: 承办人, 代王科长(科室负责人), 配合科室承办人."""
    if not standings:
        return ""
    way = standings[0]
    role = f"配合科室{way.role.label}" if way.scope is Scope.COOPERATING else way.role.label
    words = f"代{way.seat.for_name}（{role}）" if way.seat.for_name else role
    if way.role is Role.DEPARTMENT_HEAD and way.scope is Scope.DEPARTMENT and doer not in (None, by.name):
        words += f"，承办人{doer}"
    return words


def pressing(line: WorkLine) -> tuple[Any, ...]:
    """By group, then by day; at the same day what is one's own to do comes before what others do."""
    own = bool(line.standings) and line.standings[0].role is Role.HANDLER
    return list(Group).index(line.group), line.day or dt.date.max, not own, line.item_id
