"""Organs (机关) in their tree, and the departments (科室) inside one."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.row import Row


class Organ(Row, table=True):
    """A government office that owes a plan and a report. Its parent sees it; its siblings do not."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=64)
    name: str = Field(unique=True, max_length=200)
    parent_id: int | None = Field(default=None, foreign_key="organ.id", index=True)
    joined_officers: bool = False
    """One person may be several of system administrator, security administrator and auditor (三员合一)."""
    steps_done_at: dt.datetime | None = None
    """When somebody put the first steps away."""


class Department(Row, table=True):
    """A department of an organ; a unit of a ledger's 牵头单位 column is matched to it by name."""

    __table_args__ = (UniqueConstraint("organ_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    name: str = Field(max_length=200)
