"""How the plan stands on a day: lights counted by department, project or person."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import bindparam, text
from sqlmodel import Session, col, select

from models.database import key, known_once
from models.dates.workdays import WorkCalendar
from models.items.item import DeadlineKind, WorkItem
from models.items.plan import AnnualPlan, Project
from models.items.plan_item import OF_PLAN
from models.ladder.light import Light
from models.ladder.policy import LagScope, Policy
from models.people.organ import Organ
from models.people.person import Person, Post, Role, Tenure
from tasks.ladder.extent import Extent
from tasks.people.find import departments_of

_ANY = Policy(name="")
"""Before a plan is issued nothing is late, and any policy will do."""

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
    lagging: int
    behind: int
    paused: int
    cancelled: int
    total: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def standing(*, lag: bool, paused: bool, postgres: bool) -> str:
    """The items of plan `:plan` on day `:on`, as `i` with its open day `open_on`, and the light of each, as `light`.

    A day that is claimed done waits for review and counts as done. `lag`: the policy has thresholds for it; `paused`:
    some item of the plan was ever suspended.
    """
    lights = light_case(lag=lag, paused=paused, postgres=postgres)
    return f"""(SELECT i.*, {lights} AS light FROM (
        SELECT w.*, {_OPEN_ON} AS open_on, {_FINAL_ON if lag else "NULL"} AS final_on,
            {_STAGED if lag else "NULL"} AS staged
        FROM work_item w WHERE w.plan_id = :plan AND w.{OF_PLAN}) i) i"""


@dataclass(frozen=True)
class Terms:
    """What a light is worked out from, as SQL: the day, the last day that is near, the open day, the thresholds."""

    on: str = ":on"
    near: str = ":near"
    open_on: str = "i.open_on"
    lag_yellow: str = ":lag_yellow"
    lag_red: str = ":lag_red"
    lag_of: str = ":lag_of"


def light_case(*, lag: bool, paused: bool, postgres: bool, terms: Terms | None = None) -> str:
    """The light of an item `i` that has `final_on`, `staged` and the open day beside its columns; see `standing`.

    By planned progress are judged the items that have stages, and those without where the policy says all.
    """
    asked = terms or Terms()
    on, open_on = asked.on, asked.open_on
    judged = f"i.staged IS NOT NULL OR {asked.lag_of} = '{LagScope.ALL}'"
    planned = f"CASE WHEN {judged} THEN {_planned(on, postgres=postgres)} END"
    behind = f"({planned} - {_percent(on)})" if lag else "0"
    suspended = f"WHEN {_paused(on)} THEN '{Light.PAUSED}'" if paused else ""
    return f"""CASE
        WHEN i.closed_on <= {on} THEN '{Light.BLUE}'
        WHEN i.cancelled_on <= {on} THEN '{Light.CANCELLED}'
        {suspended}
        WHEN i.state = 'draft' OR i.start_on > {on} THEN '{Light.GREY}'
        WHEN {open_on} < {on} THEN '{Light.RED}'
        WHEN {behind} > {asked.lag_red} THEN '{Light.BEHIND}'
        WHEN {open_on} <= {asked.near} THEN '{Light.YELLOW}'
        WHEN {behind} >= {asked.lag_yellow} THEN '{Light.LAGGING}'
        ELSE '{Light.GREEN}' END"""


def open_when(on: str) -> str:
    """Whether a deadline is neither done nor claimed done on a day, as SQL."""
    return f"(done_on IS NULL OR done_on > {on}) AND (claimed_on IS NULL OR claimed_on > {on})"


def open_on(item: str) -> str:
    """The open day on day `:on` of the item that the SQL name means."""
    return _OPEN_ON.replace("w.id", f"{item}.id")


_OPEN_ON = """(SELECT min(d.due_on) FROM deadline d WHERE d.item_id = w.id
    AND (d.done_on IS NULL OR d.done_on > :on) AND (d.claimed_on IS NULL OR d.claimed_on > :on))"""
_FINAL_ON = "(SELECT f.due_on FROM deadline f WHERE f.item_id = w.id AND f.kind = 'final' ORDER BY f.id DESC LIMIT 1)"
"""The end it has now: an item opened again may be due before the day it had first."""
_STAGED = f"(SELECT max(m.id) FROM deadline m WHERE m.item_id = w.id AND m.kind = '{DeadlineKind.MILESTONE}')"


def _paused(on: str) -> str:
    return f"""EXISTS (SELECT 1 FROM suspension s WHERE s.item_id = i.id AND s.from_on <= {on}
        AND (s.resumed_on IS NULL OR s.resumed_on > {on}))"""


def _percent(on: str) -> str:
    """Progress as it was on the day: the column, unless it was reported, or closed as done, later."""
    return f"""CASE WHEN i.reported_on > {on} OR i.closed_on > {on} OR i.first_closed_on > {on} THEN coalesce((
            SELECT p.percent FROM progress_entry p WHERE p.item_id = i.id AND p."on" <= {on} AND p.percent IS NOT NULL
                AND p.department_id IS NULL ORDER BY p."on" DESC, p.id DESC LIMIT 1), 0)
        ELSE i.percent END"""


def _planned(on: str, *, postgres: bool) -> str:
    """`models.ladder.light.planned_percent` in SQL; null for an item without an end."""
    start = "coalesce(i.start_on, i.issued_on)"

    def days(until: str) -> str:
        """How many days there are from the start to `until`, both included, in each database's way."""
        return f"({until} - {start} + 1)" if postgres else f"(julianday({until}) - julianday({start}) + 1)"

    return f"""CASE WHEN i.final_on IS NULL THEN NULL WHEN {on} < {start} THEN 0
        WHEN {on} >= i.final_on THEN 100 ELSE 100.0 * {days(on)} / {days("i.final_on")} END"""


def near_day(session: Session, plan: AnnualPlan | None, *, on: dt.date, calendar: WorkCalendar) -> dt.date:
    """The last day that is near on `on`, by the plan's policy; without a plan by what an office starts from."""
    return calendar.add(on, (_policy(session, plan) if plan is not None else _ANY).near_days)


def light_values(session: Session, extent: Extent, *, on: dt.date, calendar: WorkCalendar) -> dict[str, Any]:
    """What `standing_of` is bound with."""
    if not isinstance(extent, Organ):
        return _values(key(extent.id), _policy(session, extent), on, calendar)
    values: dict[str, Any] = {"on": on}
    for place, (plan_id, policy) in enumerate(_terms(session, extent)):
        near = calendar.add(on, policy.near_days)
        asked = {
            "plan": plan_id, "near": near, "yellow": policy.lag_yellow, "red": policy.lag_red,
            "of": policy.lag_of.value,
        }  # fmt: skip
        values |= {f"{name}{place}": value for name, value in asked.items()}
    return values


def _values(plan: int, policy: Policy, on: dt.date, calendar: WorkCalendar) -> dict[str, Any]:
    return {
        "on": on,
        "plan": plan,
        "near": calendar.add(on, policy.near_days),
        "lag_yellow": policy.lag_yellow,
        "lag_red": policy.lag_red,
        "lag_of": policy.lag_of.value,
    }


def standing_of(session: Session, extent: Extent) -> str:
    """`standing` for this plan: no more than what its policy and its items need. For an organ the same of the items
    of all its plans, each judged by its own plan's policy."""
    if not isinstance(extent, Organ):
        lag, paused, postgres = needs_of(session, extent)
        return standing(lag=lag, paused=paused, postgres=postgres)
    terms = _terms(session, extent)
    lag, postgres = any(_knows_lag(policy) for _, policy in terms), session.get_bind().dialect.name == "postgresql"
    lights = light_case(
        lag=lag, paused=True, postgres=postgres,
        terms=Terms(near="i.near", lag_yellow="i.yellow", lag_red="i.red", lag_of="i.lag_of"),
    )  # fmt: skip
    rows = ", ".join(TERMS_ROW.format(place=place) for place in range(len(terms)))
    return f"""(SELECT i.*, {lights} AS light FROM (
        WITH asked (plan, near, yellow, red, lag_of) AS (VALUES {rows})
        SELECT w.*, a.near, a.yellow, a.red, a.lag_of, {_OPEN_ON} AS open_on,
            {_FINAL_ON if lag else "NULL"} AS final_on, {_STAGED if lag else "NULL"} AS staged
        FROM asked a JOIN work_item w ON w.plan_id = a.plan AND w.{OF_PLAN}) i) i"""


TERMS_ROW = (
    "(CAST(:plan{place} AS integer), :near{place}, CAST(:yellow{place} AS integer), CAST(:red{place} AS integer),"
    " :of{place})"
)
"""The terms of one of several plans. Cast, for a column of nothing but nulls has no type; a day is never null, and a
cast would make it a number."""


def _terms(session: Session, organ: Organ) -> Sequence[tuple[int | None, Policy]]:
    """Each plan of the organ with the policy it lives by; where there is none, a plan that no item is of."""
    plans = (
        select(AnnualPlan.id, Policy)
        .outerjoin(Policy, col(Policy.id) == AnnualPlan.policy_id)
        .where(AnnualPlan.organ_id == organ.id)
        .order_by(col(AnnualPlan.id))
    )
    found: Sequence[tuple[int | None, Policy | None]] = known_once(
        session, ("terms", organ.id), lambda: session.exec(plans).all()
    )
    return [(plan_id, _ANY if policy is None else policy) for plan_id, policy in found] or [(None, _ANY)]


def needs_of(session: Session, plan: AnnualPlan) -> tuple[bool, bool, bool]:
    """Whether the plan's lights know lag, whether any item was ever suspended, and whether this is PostgreSQL."""
    policy = _policy(session, plan)
    paused = session.execute(
        text("SELECT EXISTS (SELECT 1 FROM suspension s JOIN work_item w ON w.id = s.item_id WHERE w.plan_id = :plan)"),
        {"plan": plan.id},
    ).scalar_one()
    return _knows_lag(policy), bool(paused), session.get_bind().dialect.name == "postgresql"


def _knows_lag(policy: Policy) -> bool:
    return (policy.lag_yellow, policy.lag_red) != (None, None)


def standing_alone(
    session: Session, item: WorkItem, policy: Policy | None, *, paused: bool, on: dt.date, calendar: WorkCalendar
) -> tuple[str, dict[str, Any]]:
    """One item as `standing` has it, and what that is bound with; it lives by the policy, if by any.

    `paused`: the item was ever suspended.
    """
    terms = policy or _ANY
    alone = standing(lag=_knows_lag(terms), paused=paused, postgres=session.get_bind().dialect.name == "postgresql")
    return f"{alone} WHERE i.id = :item", _values(item.plan_id, terms, on, calendar) | {"item": item.id}


def _policy(session: Session, plan: AnnualPlan) -> Policy:
    return (session.get(Policy, plan.policy_id) if plan.policy_id else None) or _ANY


def status(session: Session, plan: AnnualPlan, *, on: dt.date, by: By, calendar: WorkCalendar) -> list[LightCount]:
    """Each item of the plan counted once, under its leading department, its project or its responsible person."""
    rows = session.execute(
        text(
            "SELECT light, i.department_id, i.lead_text, i.project_id, i.handler_post_id, i.leader_post_id, count(*)"
            f" FROM {standing_of(session, plan)}"
            " GROUP BY 1, i.department_id, i.lead_text, i.project_id, i.handler_post_id, i.leader_post_id"
        ),
        light_values(session, plan, on=on, calendar=calendar),
    ).all()
    name = {"department": _by_department, "project": _by_project, "person": _by_person}[by](session, plan, rows, on)
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        counts.setdefault(name(row), Counter())[row[0]] += row[6]
    return [_counted(key, counts[key]) for key in sorted(counts)]


def lights_shown(total: LightCount) -> list[Light]:
    """The lights a table needs: the five that everybody knows, and the others where some item shows them."""
    always = (Light.RED, Light.YELLOW, Light.GREEN, Light.GREY, Light.BLUE)
    return [light for light in Light if light in always or getattr(total, light.value)]


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
    names = {department.id: department.name for department in departments_of(session, plan.organ_id)}
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
    holders = session.execute(
        text(
            "SELECT t.post_id, p.name FROM tenure t JOIN person p ON p.id = t.person_id"
            " WHERE t.post_id IN :posts AND t.started_on <= :on AND (t.ended_on IS NULL OR t.ended_on >= :on)"
            " ORDER BY t.id DESC"
        ).bindparams(bindparam("posts", expanding=True)),
        {"posts": [post for post in posts if post is not None], "on": on},
    )
    return {row[0]: row[1] for row in holders}


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
