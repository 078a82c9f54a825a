"""The work item (任务): who answers for what by when."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, false
from sqlmodel import Field, text

from models.batch import ImportBatch
from models.coded import Coded, coded
from models.ladder.lookback import Lookback
from models.row import Row


class ItemState(Coded):
    """Where an item stands; how it gets from one state to another is told by `models.items.lifecycle`."""

    DRAFT = "draft", "拟办"
    ISSUED = "issued", "待签收"
    OBJECTED = "objected", "转办异议"
    ACTIVE = "active", "在办"
    SUSPENDED = "suspended", "中止"
    REQUESTED = "requested", "申请办结"
    REVIEWED = "reviewed", "审核"
    CLOSED = "closed", "已销号"
    CANCELLED = "cancelled", "已终止"


COUNTED, COUNTED_FROM_ONE = {"server_default": "0"}, {"server_default": "1"}
"""Counters that set-based statements need not name."""
NOT_SET = {"server_default": false()}
"""A mark that set-based statements need not name."""


class Importance(Coded):
    """How much an item weighs: the class whose evidence rule it is closed by."""

    NORMAL = "normal", "一般"
    IMPORTANT = "important", "重要"
    MAJOR = "major", "重大"


class SourceKind(Coded):
    """What an item comes from (任务来源)."""

    KEY_POINTS = "key_points", "年度要点"
    INSTRUCTION = "instruction", "批示"
    MINUTES = "minutes", "会议纪要"
    SUPERIOR = "superior", "上级来文"
    ASSIGNED = "assigned", "临时交办"
    PROPOSAL = "proposal", "人大建议政协提案"


class WorkItem(Row, table=True):
    """One item of the list (清单化): named responsibility (责任化) and a day (时限化).

    `due_on` is the earliest open deadline, kept up by `tasks.ladder.arm`; `number` is the office's own numbering,
    unique in the plan. `recurrence` is an RFC 5545 rule. `percent` is progress in points, 0 to 100.
    """

    __tablename__ = "work_item"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent_in_range"),
        CheckConstraint("start_on IS NULL OR due_on IS NULL OR start_on <= due_on", name="starts_before_due"),
        Index("ix_work_item_organ_id_due_on", "organ_id", "due_on", "id"),
        Index(
            "ix_work_item_unsigned",
            "issued_on",
            sqlite_where=text("state = 'issued'"),
            postgresql_where=text("state = 'issued'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="annual_plan.id")
    organ_id: int = Field(foreign_key="organ.id")
    project_id: int = Field(foreign_key="project.id", index=True)
    number: str = Field(max_length=64)
    title: str = Field(max_length=1000)
    deliverable: str | None = Field(default=None, max_length=1000)
    department_id: int | None = Field(default=None, foreign_key="department.id")
    lead_text: str | None = Field(default=None, max_length=300)
    """The leading unit as the ledger writes it; a unit that is no department of the organ stays text."""
    leader_post_id: int | None = Field(default=None, foreign_key="post.id")
    """The responsible leader named first; further ones are `ItemLeader` rows."""
    handler_post_id: int | None = Field(default=None, foreign_key="post.id")
    start_on: dt.date | None = None
    due_on: dt.date | None = None
    due_text: str | None = Field(default=None, max_length=200)
    recurrence: str | None = Field(default=None, max_length=200)
    unconfirmed: bool = False
    """The text only says 定期 or 每季度: a person has to confirm the rule before the item can be issued."""
    importance: Importance = Field(default=Importance.NORMAL, sa_type=coded(Importance))
    internal_only: bool = Field(default=False, sa_column_kwargs=NOT_SET)
    """Marked 内部 in the column 密级 of the list: what leaves the office names its number and day, nothing else."""
    yearly: bool = Field(default=False, sa_column_kwargs=NOT_SET)
    """Standing work (每年) that returns in the arrangements of the next year and when that year is opened."""
    target_count: float | None = None
    target_unit: str | None = Field(default=None, max_length=20)
    evidence_rule: str | None = Field(default=None, max_length=500)
    note: str | None = Field(default=None, max_length=2000)
    source: str | None = Field(default=None, max_length=4000)
    source_kind: SourceKind | None = Field(default=None, sa_type=coded(SourceKind))
    source_number: str | None = Field(default=None, max_length=200)
    """The number (文号) of the document it comes from."""
    state: ItemState = Field(default=ItemState.DRAFT, sa_type=coded(ItemState))
    percent: int = 0
    reported_on: dt.date | None = None
    """The day of the newest progress entry."""
    issued_on: dt.date | None = None
    """The day it was last given to a unit: a transfer counts anew."""
    signed_on: dt.date | None = None
    """Of a draft: it was in work when a list brought it in, and is signed for once it is issued."""
    closed_on: dt.date | None = None
    """Of a draft: it was done on that day before it came in, and is closed once it is issued."""
    first_closed_on: dt.date | None = None
    """Stays when the item is opened again."""
    cancelled_on: dt.date | None = None
    """The day it was ended without being done (终止), or withdrawn as a draft (撤销); it is waited for no more."""
    parent_id: int | None = Field(default=None, foreign_key="work_item.id", index=True)
    """The item this one was split from (分办)."""
    assignments: int = Field(default=1, sa_column_kwargs=COUNTED_FROM_ONE)
    """How often it was given to a unit: receipts count for one assignment."""
    returns: int = Field(default=0, sa_column_kwargs=COUNTED)
    extensions: int = Field(default=0, sa_column_kwargs=COUNTED)
    reopenings: int = Field(default=0, sa_column_kwargs=COUNTED)
    batch_id: int | None = Field(default=None, foreign_key=f"{ImportBatch.__tablename__}.id", index=True)
    ledger: str | None = Field(default=None, max_length=32)
    """The code of the ledger whose days it carries (台账时限): no item of the plan's own, and counted in no report."""

    @property
    def missing(self) -> list[str]:
        """What keeps this item from being issued, in words. A day or a person that no text names is never invented."""
        return gaps_of(self)


def gaps_of(item: Any) -> list[str]:
    """What `WorkItem.missing` says, of an item or of a row of its columns."""
    gaps = []
    if item.due_on is None and item.recurrence is None:
        gaps.append("完成时限")
    if item.handler_post_id is None and item.leader_post_id is None and item.department_id is None:
        gaps.append("责任人")
    if item.unconfirmed:
        gaps.append("周期待确认")
    return gaps


class ItemLeader(Row, table=True):
    """A further responsible leader of an item, second in the cell and on."""

    __tablename__ = "item_leader"
    __table_args__ = (UniqueConstraint("item_id", "post_id"),)

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="work_item.id")
    post_id: int = Field(foreign_key="post.id")
    ordinal: int


class ItemUnit(Row, table=True):
    """A cooperating unit (配合单位): a department where the name is known, else the text as written."""

    __tablename__ = "item_unit"

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="work_item.id", index=True)
    ordinal: int
    department_id: int | None = Field(default=None, foreign_key="department.id")
    text: str = Field(max_length=300)


class DeadlineKind(Coded):
    """Why an item has a day: its end, a stage on the way, one turn of a recurrence, a leader's instruction, or a row
    of a ledger."""

    FINAL = "final", "完成时限"
    MILESTONE = "milestone", "阶段节点"
    OCCURRENCE = "occurrence", "本期"
    INSTRUCTION = "instruction", "批示"
    LEDGER = "ledger", "台账时限"


class Deadline(Row, table=True):
    """A day an item is supervised by. Each item has at least one; recurrences and milestones have one each.

    `policy_id` is set while the ladder runs. `look_on` is the next day on which the whole ladder has to be
    looked at (issue, a moved day, a start in the future, a promise that runs out); while it is null the
    daily windows of `models.ladder.escalation` are enough, so a sweep never scans.
    """

    __table_args__ = (
        # Two instructions may set the same day, and so may two rows of a ledger.
        Index(
            "uq_deadline_item_id_kind_original_due_on",
            "item_id",
            "kind",
            "original_due_on",
            unique=True,
            sqlite_where=text("kind NOT IN ('instruction', 'ledger')"),
            postgresql_where=text("kind NOT IN ('instruction', 'ledger')"),
        ),
        Index(
            "ix_deadline_window",
            "policy_id",
            "due_on",
            sqlite_where=text("done_on IS NULL AND look_on IS NULL"),
            postgresql_where=text("done_on IS NULL AND look_on IS NULL"),
        ),
        Index(
            "ix_deadline_look_on",
            "look_on",
            sqlite_where=text("done_on IS NULL AND look_on IS NOT NULL"),
            postgresql_where=text("done_on IS NULL AND look_on IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="work_item.id", index=True)
    kind: DeadlineKind = Field(default=DeadlineKind.FINAL, sa_type=coded(DeadlineKind))
    title: str | None = Field(default=None, max_length=300)
    due_on: dt.date
    original_due_on: dt.date
    """The day first set; it stays for the score."""
    policy_id: int | None = Field(default=None, foreign_key="policy.id")
    look_on: dt.date | None = None
    promised: bool = False
    """`look_on` is the day after a promised report, not the day of issue or start."""
    claimed_on: dt.date | None = None
    """The day the closure was asked for that waits for review, or the instruction was answered; the ladder is quiet
    meanwhile."""
    done_on: dt.date | None = None
    looked_on: dt.date | None = None
    """The day whose sweep looked at the whole ladder last; what stood in `look_on` and `promised` before it is kept
    in the two that follow, so that the sweep can be taken back."""
    looked_from: dt.date | None = None
    looked_promised: bool | None = None
    lookback: Lookback | None = Field(default=None, sa_type=coded(Lookback))
    """What was chosen for a day that was past when the item was issued. Unless that is the whole ladder, the day is
    quiet and nobody's miss until it is moved."""


class MoveCause(Coded):
    """Why a deadline moved."""

    PLAN = "plan", "计划调整"
    EXTENSION = "extension", "批准延期"
    SUSPENSION = "suspension", "中止顺延"
    MORE = "more", "补充顺延"


class DeadlineMove(Row, table=True):
    """One move of a deadline: a deadline explains itself by its original day and these rows."""

    __tablename__ = "deadline_move"

    id: int | None = Field(default=None, primary_key=True)
    deadline_id: int = Field(foreign_key="deadline.id", index=True)
    from_on: dt.date
    to_on: dt.date
    cause: MoveCause = Field(default=MoveCause.PLAN, sa_type=coded(MoveCause))
    moved_on: dt.date | None = None
    """The day the move took effect; a move after `from_on` had passed leaves the miss standing."""
    reason: str = Field(max_length=500)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    moved_at: dt.datetime
