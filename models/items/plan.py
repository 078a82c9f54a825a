"""The annual plan, its projects, and the batches by which a list came in."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from models.row import Row


class AnnualPlan(Row, table=True):
    """One organ's work list of one year."""

    __tablename__ = "annual_plan"
    __table_args__ = (UniqueConstraint("organ_id", "year"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    year: int
    title: str = Field(max_length=200)
    policy_id: int | None = Field(default=None, foreign_key="policy.id")
    """The frozen policy this plan runs by, once issued."""
    issued_on: dt.date | None = None


class Project(Row, table=True):
    """A group of items under one heading (项目化)."""

    __table_args__ = (UniqueConstraint("plan_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="annual_plan.id")
    ordinal: int
    name: str = Field(max_length=300)


class ImportBatch(Row, table=True):
    """One file that was read in; what it changed can be taken back as a whole."""

    __tablename__ = "import_batch"

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="annual_plan.id", index=True)
    file_name: str = Field(max_length=255)
    sha256: str = Field(max_length=64)
    imported_at: dt.datetime
    undone_at: dt.datetime | None = None


class ImportChange(Row, table=True):
    """What an item was before a batch rewrote it. Items a batch created carry its number instead."""

    __tablename__ = "import_change"

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="import_batch.id", index=True)
    item_id: int = Field(foreign_key="work_item.id")
    before: dict[str, Any] = Field(sa_type=JSON)
