"""Changes of the policy in a running year: each gives the plan a new version of its copy."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.row import Row


class PolicyChange(Row, table=True):
    """A plan runs by another copy of a policy than before: the copy of the issue is version 1, this one `version`.

    The old copy stays as it was, since what it told refers to its rungs.
    """

    __tablename__ = "policy_change"
    __table_args__ = (UniqueConstraint("plan_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="annual_plan.id")
    version: int
    from_policy_id: int = Field(foreign_key="policy.id")
    to_policy_id: int = Field(foreign_key="policy.id", unique=True)
    from_on: dt.date
    """The first day that the new copy decides: no step that only it has speaks for a day before."""
    reason: str = Field(max_length=1000)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: dt.datetime
