"""What the rhythms remember: who owns the clock, the last run of each, and the newest runs one by one."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from models.clock import day_of
from models.coded import Coded, coded
from models.row import Row


class Lease(Row, table=True):
    """The right to run the embedded clock: taken and renewed by a conditional update, lost when it expires."""

    name: str = Field(primary_key=True, max_length=50)
    owner: str = Field(max_length=100)
    expires_at: dt.datetime


class LastRun(Row, table=True):
    """The last day and instant a rhythm ran to its end, and the organs it failed for then (`OrganProblem`)."""

    __tablename__ = "last_run"

    slug: str = Field(primary_key=True, max_length=50)
    on: dt.date
    ended_at: dt.datetime
    problems: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)

    def follows(self, slot: dt.datetime) -> bool:
        """Whether it ran after the slot and for its day; where it failed for some organ, the day stays as it was."""
        return self.ended_at >= slot and (self.on >= day_of(slot) or bool(self.problems))

    @property
    def faulty(self) -> bool:
        """Whether it failed for an organ in a way nobody foresaw."""
        return any(problem["fault"] for problem in self.problems)


class RunDriver(Coded):
    """What started a run."""

    CLOCK = "clock", "时钟"
    PREFECT = "prefect", "Prefect"


class RunOutcome(Coded):
    """How a run ended; one that lost its process never did."""

    COMPLETED = "completed", "完成"
    PARTLY = "partly", "部分未完成"
    STOPPED = "stopped", "已停下，等人确认"
    UNFINISHED = "unfinished", "应要求停下，下次接着做"
    FAILED = "failed", "失败"


class KeptRun(Row, table=True):
    """One run of a rhythm, whoever started it; of each rhythm the newest are kept."""

    __tablename__ = "kept_run"

    id: int | None = Field(default=None, primary_key=True)
    rhythm: str = Field(max_length=50, index=True)
    driver: RunDriver = Field(sa_type=coded(RunDriver))
    place: str = Field(max_length=100)
    """The name of the machine."""
    on: dt.date
    began_at: dt.datetime
    ended_at: dt.datetime | None = None
    outcome: RunOutcome | None = Field(default=None, sa_type=coded(RunOutcome))
