"""Compare the organs below one, each with a plan of the same year: the lights of all of them by one statement."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select

from models.actor import Actor
from models.database import key
from models.dates.day_override import DayOverride
from models.dates.workdays import DayRule, WorkCalendar
from models.items.plan import AnnualPlan
from models.items.plan_item import OF_PLAN
from models.ladder.light import Light
from models.ladder.policy import Policy
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.authorize import organs_within
from tasks.ladder.status import TERMS_ROW, Terms, light_case, open_when


@dataclass(frozen=True)
class OrganCount:
    """The items of an organ's plan by light."""

    code: str
    name: str
    lights: Mapping[Light, int]

    @property
    def total(self) -> int:
        return sum(self.lights.values())


def compare_organs(session: Session, plan: AnnualPlan, *, by: Actor) -> list[OrganCount]:
    """The organs below the plan's that `by` may see whole, those with most overdue first; none without a plan.

    A constant number of statements, however many organs there are.
    """
    # Most organs have none below, and this is asked at every board.
    if session.execute(_ANY_BELOW, {"organ": plan.organ_id}).first() is None:
        return []
    below = _below(session, plan.organ_id) & organs_within(session, by, Action.VIEW)
    plans: Sequence[tuple[AnnualPlan, Organ, Policy | None]] = session.exec(
        select(AnnualPlan, Organ, Policy)
        .join(Organ, col(Organ.id) == AnnualPlan.organ_id)
        .outerjoin(Policy, col(Policy.id) == AnnualPlan.policy_id)
        .where(col(Organ.id).in_(below), AnnualPlan.year == plan.year)
        .order_by(col(Organ.code))
    ).all()
    if not plans:
        return []
    calendars = _calendars(session, below, by.on)
    counts: dict[int, Counter[Light]] = {key(one.id): Counter() for one, _organ, _policy in plans}
    asked: dict[str, object] = {"on": by.on}
    rows = []
    for place, (one, organ, own) in enumerate(plans):
        policy = own or Policy(name="")
        near = calendars[key(organ.id)].add(by.on, policy.near_days)
        values = {
            "plan": one.id,
            "near": near,
            "yellow": policy.lag_yellow,
            "red": policy.lag_red,
            "of": policy.lag_of.value,
        }
        asked |= {f"{name}{place}": value for name, value in values.items()}
        rows.append(TERMS_ROW.format(place=place))
    lag = any(own is not None and (own.lag_yellow, own.lag_red) != (None, None) for *_, own in plans)
    postgres = session.get_bind().dialect.name == "postgresql"
    lights = light_case(
        lag=lag,
        paused=True,
        postgres=postgres,
        terms=Terms(near="i.near", lag_yellow="i.yellow", lag_red="i.red", lag_of="i.lag_of"),
    )
    for plan_id, light, count in session.execute(_counted(lights, rows), asked):
        counts[plan_id][Light(light)] = count
    compared = [OrganCount(organ.code, organ.name, counts[key(one.id)]) for one, organ, _policy in plans]
    return sorted(compared, key=lambda one: -one.lights.get(Light.RED, 0))


_ANY_BELOW = sa.text("SELECT 1 FROM organ WHERE parent_id = :organ LIMIT 1")


def _counted(lights: str, rows: list[str]) -> sa.TextClause:
    values = ", ".join(rows)
    return sa.text(f"""
        WITH asked (plan, near, yellow, red, lag_of) AS (VALUES {values})
        SELECT i.plan_id, {lights} AS light, count(*) FROM (
            SELECT w.*, a.near, a.yellow, a.red, a.lag_of, d.open_on, d.staged, f.due_on AS final_on
            FROM asked a JOIN work_item w ON w.plan_id = a.plan AND w.{OF_PLAN}
            LEFT JOIN (
                SELECT item_id, min(CASE WHEN {open_when(":on")} THEN due_on END) AS open_on,
                    max(CASE WHEN kind = 'final' THEN id END) AS final_id,
                    max(CASE WHEN kind = 'milestone' THEN id END) AS staged
                FROM deadline
                WHERE item_id IN (SELECT w.id FROM asked a JOIN work_item w ON w.plan_id = a.plan) GROUP BY item_id
            ) d ON d.item_id = w.id
            LEFT JOIN deadline f ON f.id = d.final_id) i
        GROUP BY 1, 2""")  # noqa: S608 - put together from constants and numbered parameters


def _below(session: Session, organ_id: int) -> set[int]:
    """The organs below one, at any depth."""
    organ_ids: set[int] = set()
    children: dict[int | None, list[int]] = {}
    for child, parent in session.exec(select(Organ.id, Organ.parent_id)):
        children.setdefault(parent, []).append(key(child))
    waiting = [organ_id]
    while waiting:
        deeper = [child for child in children.get(waiting.pop(), []) if child not in organ_ids]
        organ_ids.update(deeper)
        waiting += deeper
    return organ_ids


def _calendars(session: Session, organs: Collection[int], on: dt.date) -> Mapping[int, WorkCalendar]:
    """The calendar of each organ; those without arrangements of their own share one."""
    rows = session.exec(
        select(DayOverride)
        .where(or_(col(DayOverride.organ_id).is_(None), col(DayOverride.organ_id).in_(organs)))
        .where(col(DayOverride.on) >= dt.date(on.year, 1, 1))
    ).all()
    of_all = {row.on: DayRule(row.on, row.working, row.name) for row in rows if row.organ_id is None}
    own: dict[int, dict[dt.date, DayRule]] = {}
    for row in rows:
        if row.organ_id is not None:
            own.setdefault(row.organ_id, {})[row.on] = DayRule(row.on, row.working, row.name)
    shared = WorkCalendar(of_all.values())
    return {
        organ_id: WorkCalendar((of_all | own[organ_id]).values()) if organ_id in own else shared for organ_id in organs
    }
