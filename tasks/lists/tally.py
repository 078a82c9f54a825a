"""Count a plan for its board: the lights of a day beside those of another, and the deadlines of a span of days.

Each is one statement that goes through the items once and asks for every deadline once.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from models.actor import Actor
from models.coded import Coded
from models.dates.workdays import WorkCalendar
from models.items.item import Deadline
from models.items.plan import AnnualPlan
from models.items.plan_item import OF_PLAN
from models.ladder.light import Light
from models.ladder.notice import Via
from models.people.permission import Action
from models.people.person import Person, Role
from tasks.acting.authorize import permitted
from tasks.ladder.status import Terms, light_case, light_values, needs_of, open_when
from tasks.lists.choose_items import ITEMS, ROW, handler_on
from tasks.people.address import VIA, recipient_by_role
from tasks.people.people_in_lists import ITEM, answer

Group = Literal["department", "project", "person"]
Days = Mapping[tuple[dt.date, "DeadlineOutcome"], int]

DEADLINES = SQLModel.metadata.tables[str(Deadline.__tablename__)]
DUE = DEADLINES.c


class DeadlineOutcome(Coded):
    """What became of a deadline by a day."""

    IN_TIME = "in_time", "按期完成"
    LATE = "late", "逾期完成"
    OPEN = "open", "未完成"


def outcome_on(on: dt.date | sa.BindParameter[dt.date]) -> sa.ColumnElement[str]:
    """The outcome of a deadline as of the day; what is claimed done counts as done."""
    undone = sa.and_(
        sa.or_(DUE.done_on.is_(None), DUE.done_on > on), sa.or_(DUE.claimed_on.is_(None), DUE.claimed_on > on)
    )
    in_time = sa.func.coalesce(DUE.done_on, DUE.claimed_on) <= DUE.due_on
    words = {outcome: sa.literal_column(f"'{outcome}'", sa.String) for outcome in DeadlineOutcome}
    return sa.case(
        (undone, words[DeadlineOutcome.OPEN]),
        (in_time, words[DeadlineOutcome.IN_TIME]),
        else_=words[DeadlineOutcome.LATE],
    )


@dataclass(frozen=True)
class Tally:
    """The lights of the items one person may see, by the id of their group (None: in none), and what is overdue."""

    lights: Mapping[int | None, Mapping[Light, int]]
    now: Mapping[Light, int]
    before: Mapping[Light, int]
    """All of them on the day, and on the day compared with."""
    overdue: Sequence[tuple[int, dt.date]]
    """The items overdue longest, by id, each with the day that passed."""


def tally(
    session: Session,
    plan: AnnualPlan,
    *,
    by: Actor,
    calendar: WorkCalendar,
    group: Group,
    before: dt.date,
    overdue: int,
) -> Tally:
    """The lights on `by`'s day and on `before`, and up to `overdue` of the items that are overdue."""
    values = light_values(session, plan, on=by.on, calendar=calendar)
    values |= {"was_on": before, "was_near": light_values(session, plan, on=before, calendar=calendar)["near"]}
    lit, counted = _statements(*needs_of(session, plan), group == "project", overdue)
    seen = permitted(session, by, Action.VIEW, organ_id=plan.organ_id)
    if not isinstance(seen, sa.True_):
        lit = sa.select(lit).join(ITEMS, ROW.id == lit.c.id).where(seen).cte("seen")
        counted = _counted(lit, group == "project", overdue)
    lights: dict[int | None, Counter[Light]] = {}
    now, was, red = Counter[Light](), Counter[Light](), []
    for open_on, key, light, earlier, count in session.execute(counted, values).all():
        if open_on is not None:
            red.append((key, open_on))
            continue
        lights.setdefault(key, Counter())[Light(light)] += count
        now[Light(light)] += count
        was[Light(earlier)] += count
    if group == "person":
        lights = _by_person(session, by, lit, values)
    return Tally(lights, now, was, red)


def count_days(
    session: Session, seen: Sequence[sa.ColumnElement[bool]], *, on: dt.date, first: dt.date, last: dt.date
) -> Days:
    """How many deadlines of the items under the conditions `seen` fall on each day, by their outcome."""
    rows = session.execute(_DAYS.where(*seen), {"on": on, "first": first, "last": last}).all()
    return {(due_on, _OUTCOMES[word]): count for due_on, word, count in rows}


_OUTCOMES = {str(outcome): outcome for outcome in DeadlineOutcome}
_OUTCOME = outcome_on(sa.bindparam("on", type_=sa.Date)).label("outcome")
_DAYS = (
    sa.select(DUE.due_on, _OUTCOME, sa.func.count())
    .select_from(DEADLINES.join(ITEMS, ROW.id == DUE.item_id))
    .where(DUE.due_on.between(sa.bindparam("first", type_=sa.Date), sa.bindparam("last", type_=sa.Date)))
    .where(ROW.cancelled_on.is_(None))
    .group_by(DUE.due_on, _OUTCOME)
)


_COLUMNS = (
    sa.column("id", sa.Integer), sa.column("department_id", sa.Integer), sa.column("project_id", sa.Integer),
    sa.column("open_on", sa.Date), sa.column("light", sa.String), sa.column("was", sa.String),
)  # fmt: skip
_WAS = Terms(on=":was_on", near=":was_near", open_on="i.open_was")


def _counted(lit: sa.CTE, by_project: bool, overdue: int) -> sa.CompoundSelect[Any]:
    """The lights by group, and then the items that are overdue longest."""
    grouped = lit.c.project_id if by_project else lit.c.department_id
    nothing: Any = sa.cast(sa.null(), sa.Date())
    counted = sa.select(nothing, grouped, lit.c.light, lit.c.was, sa.func.count()).group_by(
        grouped, lit.c.light, lit.c.was
    )
    late = sa.select(lit.c.id, lit.c.open_on).where(lit.c.light == sa.literal_column(f"'{Light.RED}'"))
    first = late.order_by(lit.c.open_on, lit.c.id).limit(overdue).subquery()
    return sa.union_all(counted, sa.select(first.c.open_on, first.c.id, sa.null(), sa.null(), sa.literal_column("0")))


@lru_cache(maxsize=32)
def _statements(
    lag: bool, paused: bool, postgres: bool, by_project: bool, overdue: int
) -> tuple[sa.CTE, sa.CompoundSelect[Any]]:
    """Put together once: a small office waits longer for that than for its answer."""
    lit = _statement(lag, paused, postgres).columns(*_COLUMNS).cte("lit")
    return lit, _counted(lit, by_project, overdue)


def _statement(lag: bool, paused: bool, postgres: bool) -> sa.TextClause:
    """What `tasks.ladder.status.standing` says, of two days at once and with every deadline asked for once."""
    now = light_case(lag=lag, paused=paused, postgres=postgres)
    was = light_case(lag=lag, paused=paused, postgres=postgres, terms=_WAS)
    final_on, final = ("f.due_on", "LEFT JOIN deadline f ON f.id = d.final_id") if lag else ("NULL", "")
    return sa.text(f"""
        SELECT i.id, i.department_id, i.project_id, i.open_on, {now} AS light, {was} AS was FROM (
            SELECT w.id, w.department_id, w.project_id, w.state, w.start_on, w.issued_on, w.closed_on, w.cancelled_on,
                w.first_closed_on, w.reported_on, w.percent, d.open_on, d.open_was, d.staged,
                {final_on} AS final_on
            FROM work_item w LEFT JOIN (
                SELECT item_id, min(CASE WHEN {open_when(":on")} THEN due_on END) AS open_on,
                    min(CASE WHEN {open_when(":was_on")} THEN due_on END) AS open_was,
                    max(CASE WHEN kind = 'final' THEN id END) AS final_id,
                    max(CASE WHEN kind = 'milestone' THEN id END) AS staged
                FROM deadline WHERE item_id IN (SELECT id FROM work_item WHERE plan_id = :plan AND {OF_PLAN})
                GROUP BY item_id
            ) d ON d.item_id = w.id {final}
            WHERE w.plan_id = :plan AND w.{OF_PLAN}) i""")  # noqa: S608 - put together from constants


def _by_person(session: Session, by: Actor, lit: sa.CTE, values: Mapping[str, Any]) -> dict[int | None, Counter[Light]]:
    """By whoever does the item or leads it on the day, as `Choice.person` of the list understands it."""
    leads = answer(recipient_by_role(f"'{Role.LEADER}'", frozenset({Role.LEADER}), leaves=True), by.on)
    people = [handler_on(by.on), sa.case((leads % 4 < VIA.index(Via.NEXT_LEVEL), leads // 4))]
    of_each = (
        sa.select(lit.c.id, lit.c.light, person.label("person")).join(ITEM, col(ITEM.id) == lit.c.id)
        for person in people
    )
    pairs = sa.union(*of_each).subquery()
    rows = session.execute(
        sa.select(pairs.c.person, pairs.c.light, sa.func.count())
        .join(Person, col(Person.id) == pairs.c.person)
        .group_by(pairs.c.person, pairs.c.light),
        values,
    )
    counts: dict[int | None, Counter[Light]] = {}
    for person_id, light, count in rows:
        counts.setdefault(person_id, Counter())[Light(light)] = count
    return counts
