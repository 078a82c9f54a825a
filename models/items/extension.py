"""Extensions (延期): asked for with a reason, decided level by level, counted; the original day stays.

Adjustments (调整时限) that wait for approval go the same way, and are never counted.
"""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, text

from models.coded import Coded, coded
from models.people.permission import Action
from models.row import Row


class ExtensionState(Coded):
    """What became of a request."""

    PENDING = "pending", "待审批"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


class Extension(Row, table=True):
    """A request to move a deadline from `from_on`; `late` when it came on or after that day.

    With `adjusts` it is a supervisor's adjustment of the item's own days, which may come earlier, too, or recur.
    `levels` are copied from the policy when it is made; `level` counts those passed.
    """

    __table_args__ = (
        CheckConstraint("adjusts IS NOT NULL OR proposed_on > from_on", name="proposes_later"),
        CheckConstraint("state <> 'approved' OR granted_on IS NOT NULL", name="approved_names_a_day"),
        Index(
            "uq_extension_pending",
            "deadline_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="work_item.id", index=True)
    deadline_id: int = Field(foreign_key="deadline.id")
    person_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    on: dt.date
    recorded_at: dt.datetime
    from_on: dt.date
    proposed_on: dt.date
    reason: str = Field(max_length=1000)
    progress: str = Field(max_length=2000)
    evidence: list[int] = Field(default_factory=list, sa_type=JSON)
    late: bool = False
    levels: list[list[str]] = Field(sa_type=JSON)
    level: int = 0
    state: ExtensionState = Field(default=ExtensionState.PENDING, sa_type=coded(ExtensionState))
    granted_on: dt.date | None = None
    taken_back_on: dt.date | None = None
    """The day whoever asked took it back."""
    adjusts: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    """What an adjustment sets, by the columns of the item; days as ISO 8601 has them."""
    changes: list[str] = Field(default_factory=list, sa_type=JSON)
    """What an adjustment changes, field by field in words."""

    @property
    def action(self) -> Action:
        """By which it is answered."""
        return Action.DECIDE_EXTENSION if self.adjusts is None else Action.DECIDE_ADJUSTMENT

    @property
    def called(self) -> str:
        return "延期申请" if self.adjusts is None else "时限调整"

    @property
    def subject(self) -> str:
        """What notices about it begin with."""
        return f"{'extension' if self.adjusts is None else 'adjustment'}:{self.id}"


class ExtensionDecision(Row, table=True):
    """What one level said; an approval names a concrete day."""

    __tablename__ = "extension_decision"
    __table_args__ = (
        UniqueConstraint("extension_id", "level"),
        CheckConstraint("NOT approved OR granted_on IS NOT NULL", name="approval_names_a_day"),
    )

    id: int | None = Field(default=None, primary_key=True)
    extension_id: int = Field(foreign_key="extension.id")
    level: int
    person_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    approved: bool
    granted_on: dt.date | None = None
    comment: str | None = Field(default=None, max_length=1000)
    on: dt.date
    recorded_at: dt.datetime
