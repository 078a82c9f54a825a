"""A draft of the coming year, before it is written: what it is, where it comes from, who answered for it so far."""

import datetime as dt
from dataclasses import dataclass, field

from models.coded import Coded
from models.items.item import Importance


class Origin(Coded):
    """What a draft was drawn from."""

    REPORT = "report", "上年度报告“下一年度主要安排”"
    RECURRING = "recurring", "上年度计划中周期性任务、每年的工作"
    UNFINISHED = "unfinished", "上年度未办结任务"
    DEFICIENCY = "deficiency", "上年度不足的整改"
    STATUTORY = "statutory", "依法报告和公开"
    NODE = "node", "普法节点"


@dataclass(frozen=True)
class Draft:
    """One item to be. Posts and departments are those that answered for it before; nobody is invented.

    `covers` are further keys that this draft speaks for, so that nothing else is made of them.
    """

    key: str
    origin: Origin
    title: str
    project: str
    source: str
    also: str | None = None
    """How a report says it, with its rhythm (每季度评查案卷): a plan that came in by the report has it so."""
    note: str | None = None
    due_on: dt.date | None = None
    due_text: str | None = None
    recurrence: str | None = None
    unconfirmed: bool = False
    importance: Importance = Importance.NORMAL
    internal_only: bool = False
    yearly: bool = False
    department_id: int | None = None
    lead_text: str | None = None
    leader_post_id: int | None = None
    handler_post_id: int | None = None
    deliverable: str | None = None
    target_count: float | None = None
    target_unit: str | None = None
    evidence_rule: str | None = None
    units: tuple[tuple[int | None, str], ...] = ()
    leaders: tuple[int, ...] = ()
    covers: tuple[str, ...] = field(default=())
