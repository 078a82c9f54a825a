"""The annual plan and its projects."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.row import Row

NO_PROJECT = "年度任务"
"""The project of items that are put under none."""


class AnnualPlan(Row, table=True):
    """One organ's work list of one year."""

    __tablename__ = "annual_plan"
    __table_args__ = (UniqueConstraint("organ_id", "year"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    year: int
    title: str = Field(max_length=200)
    policy_id: int | None = Field(default=None, foreign_key="policy.id")
    """The frozen policy this plan runs by, once issued; of several versions the last."""
    issued_on: dt.date | None = None


class Project(Row, table=True):
    """A group of items under one heading (项目化)."""

    __table_args__ = (UniqueConstraint("plan_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="annual_plan.id")
    ordinal: int
    name: str = Field(max_length=300)
