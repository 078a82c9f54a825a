"""Closure (办结): asked for, reviewed level by level, accepted or returned; then 销号."""

import datetime as dt

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, text

from models.coded import Coded, coded
from models.row import Row


class ClosureState(Coded):
    """What became of a request."""

    PENDING = "pending", "待审核"
    ACCEPTED = "accepted", "已通过"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


class ClosureRequest(Row, table=True):
    """A request to close an item, or one turn of it (`deadline_id`); done counts as of `on`, the day of asking.

    An accepted one rests on accepted evidence (`evidence`, ids) or on a waiver with a name.
    """

    __tablename__ = "closure_request"
    __table_args__ = (
        CheckConstraint("(waiver IS NULL) = (waived_by IS NULL)", name="waiver_has_a_name"),
        Index(
            "uq_closure_request_pending",
            "item_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_closure_request_item_id", "item_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="work_item.id")
    deadline_id: int | None = Field(default=None, foreign_key="deadline.id")
    """The turn of a recurring item; none: the whole item."""
    person_id: int | None = Field(default=None, foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    on: dt.date
    recorded_at: dt.datetime
    statement: str = Field(max_length=2000)
    levels: list[list[str]] = Field(sa_type=JSON)
    level: int = 0
    state: ClosureState = Field(default=ClosureState.PENDING, sa_type=coded(ClosureState))
    evidence: list[int] = Field(default_factory=list, sa_type=JSON)
    waiver: str | None = Field(default=None, max_length=1000)
    """Why it was closed without the evidence its rule asks for."""
    waived_by_id: int | None = Field(default=None, foreign_key="person.id")
    waived_by: str | None = Field(default=None, max_length=100)
    taken_back_on: dt.date | None = None
    """The day whoever asked took it back."""


class ClosureReview(Row, table=True):
    """What one level said: passed on, or returned with a reason."""

    __tablename__ = "closure_review"
    __table_args__ = (
        UniqueConstraint("request_id", "level"),
        CheckConstraint("passed OR comment IS NOT NULL", name="return_has_a_reason"),
    )

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="closure_request.id")
    level: int
    person_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    passed: bool
    comment: str | None = Field(default=None, max_length=1000)
    on: dt.date
    recorded_at: dt.datetime
