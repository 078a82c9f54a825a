"""Ledgers (台账): the dated records that the report's figures are counted from."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric
from sqlmodel import Field

from models.coded import Coded, coded
from models.row import Row


class Procedure(Coded):
    """Procedure of an administrative penalty (行政处罚法 chapter 5)."""

    SIMPLE = "simple", "简易程序"
    ORDINARY = "ordinary", "普通程序"


class Outcome(Coded):
    """What review or lawsuit made of a decision."""

    STANDS = "stands", "未被变更或撤销"
    CHANGED = "changed", "被变更"
    REVOKED = "revoked", "被撤销"


class EnforcementCase(Row, table=True):
    """One enforcement case (执法案件); `fine` is in yuan."""

    __tablename__ = "enforcement_case"
    __table_args__ = (
        CheckConstraint("fine >= 0", name="fine_not_negative"),
        Index("ix_enforcement_case_organ_id_decided_on", "organ_id", "decided_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    number: str | None = Field(default=None, max_length=100)
    title: str | None = Field(default=None, max_length=500)
    procedure: Procedure = Field(sa_type=coded(Procedure))
    decided_on: dt.date
    fine: Decimal = Field(default=Decimal(0), sa_type=Numeric(14, 2))
    outcome: Outcome = Field(default=Outcome.STANDS, sa_type=coded(Outcome))
    recorded_at: dt.datetime


class StudySession(Row, table=True):
    """One study session of the leading group (中心组学习研讨)."""

    __tablename__ = "study_session"
    __table_args__ = (Index("ix_study_session_organ_id_held_on", "organ_id", "held_on"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    held_on: dt.date
    topic: str = Field(max_length=500)
    people: int | None = None
    recorded_at: dt.datetime
