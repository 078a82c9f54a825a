"""How the plan stands on a day: lights counted by department, project or person."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import bindparam, text
from sqlmodel import Session, col, select

from models.light import Light
from models.organ import Department
from models.person import Person, Post, Role, Tenure
from models.plan import AnnualPlan, Project
from models.policy import Policy
from models.workdays import WorkCalendar

By = Literal["department", "project", "person"]
UNASSIGNED = "未明确"


@dataclass(frozen=True)
class LightCount:
    """The items of one key by light; `total` is their sum, always."""

    key: str
    green: int
    yellow: int
    red: int
    grey: int
    blue: int
    total: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


LIGHT = f"""CASE
    WHEN i.closed_on <= :on THEN '{Light.BLUE.value}'
    WHEN i.state = 'draft' OR i.start_on > :on THEN '{Light.GREY.value}'
    WHEN n.due_on < :on THEN '{Light.RED.value}'
    WHEN n.due_on <= :near THEN '{Light.YELLOW.value}'
    ELSE '{Light.GREEN.value}' END"""
"""The rule of `models.light` for a row of `STANDING`."""

STANDING = """work_item i JOIN (
    SELECT w.id AS item_id, coalesce((
        SELECT min(d.due_on) FROM deadline d WHERE d.item_id = w.id AND (d.done_on IS NULL OR d.done_on > :on)
    ), w.due_on) AS due_on
    FROM work_item w WHERE w.plan_id = :plan) n ON n.item_id = i.id"""
"""The items of a plan, each with the due day that was open on day `:on`."""


def near_until(session: Session, plan: AnnualPlan, *, on: dt.date, calendar: WorkCalendar) -> dt.date:
    """The last due day that shows yellow on `on`, by the plan's policy."""
    policy = session.get(Policy, plan.policy_id) if plan.policy_id else None
    return calendar.add(on, policy.near_days if policy else 5)


def status(session: Session, plan: AnnualPlan, *, on: dt.date, by: By, calendar: WorkCalendar) -> list[LightCount]:
    """Each item of the plan counted once, under its leading department, its project or its responsible person."""
    rows = session.execute(
        text(
            f"SELECT {LIGHT} AS light, i.department_id, i.lead_text, i.project_id, i.handler_post_id, i.leader_post_id,"
            f" count(*) FROM {STANDING}"
            " GROUP BY 1, i.department_id, i.lead_text, i.project_id, i.handler_post_id, i.leader_post_id"
        ),
        {"on": on, "plan": plan.id, "near": near_until(session, plan, on=on, calendar=calendar)},
    ).all()
    name = {"department": _by_department, "project": _by_project, "person": _by_person}[by](session, plan, rows, on)
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        counts.setdefault(name(row), Counter())[row[0]] += row[6]
    return [_counted(key, counts[key]) for key in sorted(counts)]


def overall(counts: Sequence[LightCount], key: str = "合计") -> LightCount:
    """The sum of all rows."""
    total: Counter[str] = Counter()
    for count in counts:
        total.update({light.value: getattr(count, light.value) for light in Light})
    return _counted(key, total)


def _counted(key: str, lights: Counter[str]) -> LightCount:
    return LightCount(key, **{light.value: lights[light.value] for light in Light}, total=lights.total())


Namer = Callable[[Any], str]


def _by_department(session: Session, plan: AnnualPlan, rows: Sequence[Any], _on: dt.date) -> Namer:
    departments = session.exec(select(Department).where(Department.organ_id == plan.organ_id))
    names = {department.id: department.name for department in departments}
    return lambda row: names.get(row[1]) or row[2] or UNASSIGNED


def _by_project(session: Session, plan: AnnualPlan, rows: Sequence[Any], _on: dt.date) -> Namer:
    names = {project.id: project.name for project in session.exec(select(Project).where(Project.plan_id == plan.id))}
    return lambda row: names[row[3]]


def _by_person(session: Session, plan: AnnualPlan, rows: Sequence[Any], on: dt.date) -> Namer:
    holders = post_holders(session, {row[4] for row in rows} | {row[5] for row in rows}, on=on)
    heads = _heads(session, plan, on)
    return lambda row: holders.get(row[4]) or heads.get(row[1]) or holders.get(row[5]) or UNASSIGNED


def post_holders(session: Session, posts: set[int | None], *, on: dt.date) -> dict[int | None, str]:
    """Who holds these posts on `on`, by name."""
    found = session.execute(
        text(
            "SELECT t.post_id, p.name FROM tenure t JOIN person p ON p.id = t.person_id"
            " WHERE t.post_id IN :posts AND t.started_on <= :on AND (t.ended_on IS NULL OR t.ended_on >= :on)"
            " ORDER BY t.id DESC"
        ).bindparams(bindparam("posts", expanding=True)),
        {"posts": [post for post in posts if post is not None], "on": on},
    )
    return {row[0]: row[1] for row in found}


def _heads(session: Session, plan: AnnualPlan, on: dt.date) -> dict[int | None, str]:
    rows = session.exec(
        select(Post.department_id, Person.name)
        .join(Tenure, col(Tenure.post_id) == Post.id)
        .join(Person, col(Person.id) == Tenure.person_id)
        .where(Post.organ_id == plan.organ_id, Post.role == Role.DEPARTMENT_HEAD, col(Tenure.started_on) <= on)
        .where(col(Tenure.ended_on).is_(None) | (col(Tenure.ended_on) >= on))
        .order_by(col(Post.id).desc())
    )
    return dict(rows.all())
