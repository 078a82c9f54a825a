"""People, the posts they hold, and who stands in for them.

An item names posts, not people: when a post changes hands its successor takes over open items and
their later notices, and no row of the item is rewritten.
"""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from models.coded import Coded, coded
from models.row import Row


class Role(Coded):
    """What a post answers for, from the handler of an item up to the first responsible person."""

    HANDLER = "handler", "承办人"
    DEPARTMENT_HEAD = "department_head", "科室负责人"
    LEADER = "leader", "分管领导"
    FIRST_RESPONSIBLE = "first_responsible", "第一责任人"
    SUPERVISOR = "supervisor", "督办员"
    AUDITOR = "auditor", "监督检查"
    ADMINISTRATOR = "administrator", "管理员"
    SECURITY = "security", "安全管理员"


OFFICERS = (Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR)
"""三员: who runs the system, who gives roles and confirms appointments, who reads the trail."""
LADDER = (Role.HANDLER, Role.DEPARTMENT_HEAD, Role.LEADER, Role.FIRST_RESPONSIBLE)
"""Who comes next when a level resolves to nobody: a notice climbs this line, at last to the supervisor."""


class Person(Row, table=True):
    """Somebody who can be named in a plan. `left_on` is the last day of service; later notices go elsewhere."""

    __table_args__ = (UniqueConstraint("organ_id", "name", "mobile"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    name: str = Field(max_length=64, index=True)
    email: str | None = Field(default=None, max_length=254)
    mobile: str | None = Field(default=None, max_length=32)
    deputy_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    left_on: dt.date | None = None


class Post(Row, table=True):
    """A seat in the office: a title with a role, in a department or (without one) in the organ itself."""

    __table_args__ = (
        Index("ix_post_department_id_role", "department_id", "role"),
        Index("ix_post_organ_id_role", "organ_id", "role"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    department_id: int | None = Field(default=None, foreign_key="department.id")
    title: str = Field(max_length=100)
    role: Role = Field(sa_type=coded(Role))


class Oversight(Row, table=True):
    """A leader's post in charge of a department (分管)."""

    department_id: int = Field(foreign_key="department.id", primary_key=True)
    post_id: int = Field(foreign_key="post.id", primary_key=True)


class Tenure(Row, table=True):
    """Who held a post, from which day to which (both included; an open end means still)."""

    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
        Index("ix_tenure_post_id_started_on", "post_id", "started_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    started_on: dt.date
    ended_on: dt.date | None = None


class Leave(Row, table=True):
    """Days on which a person is away (both included); without a deputy of its own, the person's deputy stands in."""

    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="ends_after_start"),
        Index("ix_leave_person_id_until_on", "person_id", "until_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    from_on: dt.date
    until_on: dt.date
    deputy_id: int | None = Field(default=None, foreign_key="person.id", index=True)
