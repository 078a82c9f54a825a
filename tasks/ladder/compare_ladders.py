"""What moves where one ladder takes the place of another: rung by rung, how many days and people it concerns."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import text
from sqlmodel import Session

from models.dates.days import DAY
from models.dates.workdays import WorkCalendar
from models.items.plan import AnnualPlan
from models.ladder.escalation import last_reaching, steps
from models.ladder.policy import Relation, Rung
from models.ladder.succession import moment_of
from models.people.person import Role
from tasks.ladder.conditions import ARMED
from tasks.people.address import recipient_by_role, recipient_of_leader
from tasks.wording.policy import rung_sentence


@dataclass(frozen=True)
class RungMove:
    """A rung that is another from now on, in words; without `after` it comes no more, without `before` it is new.

    `deadlines` are those that still had it ahead or have it now, `people` whom it reaches otherwise than before.
    """

    before: str | None
    after: str | None
    deadlines: int
    people: int


def compare_ladders(
    session: Session,
    plan: AnnualPlan,
    before: Sequence[Rung],
    after: Sequence[Rung],
    *,
    since: dt.date,
    on: dt.date,
    calendar: WorkCalendar,
) -> list[RungMove]:
    """What is not as before in what the ladder says from day `since` on, in the order of the new one; people as they
    answer for the open items of the plan on `on`.
    """
    return [
        RungMove(
            rung_sentence(old) if old else None, rung_sentence(new) if new else None,
            *_reach(session, plan, [rung for rung in (old, new) if rung], since - DAY, on, calendar),
        )
        for old, new in _pairs(before, after)
    ]  # fmt: skip


def _pairs(before: Sequence[Rung], after: Sequence[Rung]) -> list[tuple[Rung | None, Rung | None]]:
    """Each rung with what it was before: one of the same day, else one of the same kind for the same people."""
    left, fresh = list(before), list(after)
    found = list[tuple[Rung | None, Rung | None]]()
    for alike in (_content, moment_of, attrgetter("relation", "roles")):
        for new in list(fresh):
            old = next((one for one in left if alike(one) == alike(new)), None)
            if old is not None:
                left.remove(old)
                fresh.remove(new)
                if _content(old) != _content(new):
                    found.append((old, new))
    found += [(None, new) for new in fresh]
    return sorted(found, key=lambda pair: pair[1].ordinal if pair[1] else 0) + [(old, None) for old in left]


def _content(rung: Rung) -> dict[str, object]:
    return rung.model_dump(exclude={"id", "policy_id", "ordinal"})


def _reach(
    session: Session, plan: AnnualPlan, rungs: Sequence[Rung], until: dt.date, on: dt.date, calendar: WorkCalendar
) -> tuple[int, int]:
    """How many days have a step of the rungs after `until`, and how many people that concerns."""
    lines = [line for rung in rungs for line in steps([rung]) if line]
    past = min(last_reaching(line[-1], calendar, until) for line in lines)
    unsigned = rungs[0].relation is Relation.UNSIGNED
    one = "i.id" if unsigned else "d.id"
    where = "i.issued_on > :past AND i.state = 'issued'" if unsigned else "d.due_on > :past"
    where += f" AND i.plan_id = :plan AND d.done_on IS NULL AND d.policy_id IS NOT NULL AND {ARMED}"
    roles = frozenset(_concerned(rungs))
    tables = "FROM w CROSS JOIN deadline d JOIN work_item i ON i.id = d.item_id"
    values = ", ".join(f"('{role}')" for role in sorted(roles))
    found = session.execute(
        text(f"""
            WITH w (role) AS (VALUES {values})
            SELECT count(DISTINCT one), count(DISTINCT found / 4) FROM (
                SELECT {one} AS one, {recipient_by_role("w.role", roles, leaves=True)} AS found {tables} WHERE {where}
                UNION ALL
                SELECT {one}, {recipient_of_leader("x.post_id", leaves=True)} {tables}
                JOIN item_leader x ON x.item_id = i.id WHERE w.role = '{Role.LEADER}' AND {where}) reached"""),
        {"past": past, "plan": plan.id, "on": on},
    ).one()
    return found[0], found[1]


def _concerned(rungs: Sequence[Rung]) -> Iterator[Role]:
    """The roles of the rungs; of two that fall on the same day those that only one of them speaks to, if any."""
    spoken = [set(rung.roles) for rung in rungs]
    every = set().union(*spoken)
    if len({moment_of(rung) for rung in rungs}) == 1 < len(rungs):
        every = spoken[0] ^ spoken[1] or every
    yield from (Role(role) for role in every)
