"""Long work that a person started and may leave: what it is, how far it is, what came of it."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from models.coded import Coded, coded
from models.row import Row


class JobState(Coded):
    """Where long work stands."""

    WAITING = "waiting", "等待中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"


class Job(Row, table=True):
    """One piece of long work. `parameters` and `result` are plain data; files lie in the data folder."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=40)
    title: str = Field(max_length=200)
    organ_id: int = Field(foreign_key="organ.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    parameters: dict[str, Any] = Field(sa_type=JSON)
    state: JobState = Field(default=JobState.WAITING, sa_type=coded(JobState))
    progress: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """How far it was when its process told last; only where other processes cannot ask it."""
    result: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    message: str | None = Field(default=None, max_length=2000)
    """What came of it, or why nothing did, for the person."""
    made_at: dt.datetime
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
