"""Changing the policy of a plan that runs (改用策略): a new version of its copy, for what lies ahead, on record."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.dates.day_override import office_calendar
from models.dates.days import DAY
from models.engine.rhythm import LastRun
from models.errors import BadInputError, ConflictError, ForbiddenError
from models.items.plan import AnnualPlan
from models.ladder.policy import Policy
from models.ladder.policy_change import PolicyChange
from models.people.permission import Action
from models.people.person import Person
from models.typed_text import words
from tasks.acting.perform import performing_for
from tasks.ladder.alone import ALONE
from tasks.ladder.arm import freeze
from tasks.ladder.compare_ladders import RungMove, compare_ladders
from tasks.ladder.note_sweep import SLUG
from tasks.ladder.set_policy import rungs_of, show_policy
from tasks.wording.policy import differences

KEPT = ("filling", "filling_day")
"""Terms that stay for the year: what was owed in its periods so far is counted by them again and again."""


@dataclass(frozen=True)
class ChangedPolicy:
    """A new version of the copy, what it changes in the ladder, and in the terms in words."""

    change: PolicyChange
    policy: Policy
    rungs: list[RungMove]
    terms: list[str]

    @property
    def seal(self) -> str:
        """What the copy is known by: the same for the same policy, plan and version."""
        return self.policy.frozen_hash or ""

    def as_dict(self) -> dict[str, Any]:
        """What a program is told."""
        return {
            "policy": self.policy.name, "version": self.change.version, "from_on": self.change.from_on,
            "rungs": self.rungs, "terms": self.terms,
        }  # fmt: skip


@dataclass(frozen=True)
class PolicyVersion:
    """One version of a plan's copy: from which day on, of which policy, and why and by whom."""

    version: int
    from_on: dt.date
    policy_id: int
    policy: str
    reason: str
    by: str | None
    """None for the issue, and for the administrator at the machine."""


def change_policy(
    session: Session, plan: AnnualPlan, preset: str, *, by: Actor, reason: str, seal: str | None = None
) -> ChangedPolicy:
    """Have the plan run by the preset as it stands now: from today, or from tomorrow where today was swept.

    A rung that both versions have goes on as if nothing had happened; what was told stays, and what only the new one
    has says nothing for a day before. Raises ForbiddenError before the issue; BadInputError without a reason and where
    nothing would change; ConflictError where the copy would not be that of `seal`, which a preview showed.
    """
    why = words(reason, "改用策略的理由", longest=1000)
    with performing_for(session, by, Action.CHANGE_POLICY, plan.organ_id, reason=why):
        if session.get_bind().dialect.name == "postgresql":
            session.execute(ALONE)
        session.refresh(plan, with_for_update=True)
        if plan.policy_id is None:
            raise ForbiddenError(f"{plan.title}尚未下达：下达时选用策略即可。")
        old = session.get_one(Policy, plan.policy_id)
        version = len(versions_of(session, plan)) + 1
        kept = {term: getattr(old, term) for term in KEPT}
        new = freeze(session, preset, only_for=[key(plan.id), version], **kept)
        was, now = show_policy(session, old), show_policy(session, new)
        if was == now:
            raise BadInputError(f"“{new.name}”与计划现在所用的策略相同（填报周期全年不变），没有要改的。")
        if seal not in (None, new.frozen_hash):
            raise ConflictError("您查看以后，策略又有改动，没有改用。请再看一次影响。")
        last = session.get(LastRun, SLUG)
        change = PolicyChange(
            plan_id=key(plan.id), version=version, from_policy_id=key(old.id), to_policy_id=key(new.id),
            from_on=max(by.on, last.on + DAY) if last else by.on, reason=why, person_id=by.person_id,
            recorded_at=by.now,
        )  # fmt: skip
        session.add(change)
        plan.policy_id = new.id
        session.flush()
        session.execute(
            text(
                "UPDATE deadline SET policy_id = :new WHERE policy_id IS NOT NULL"
                " AND item_id IN (SELECT id FROM work_item WHERE plan_id = :plan)"
            ),
            {"new": new.id, "plan": plan.id},
        )
        session.expire_all()
    moves = compare_ladders(
        session, plan, rungs_of(session, old), rungs_of(session, new), since=change.from_on, on=by.on,
        calendar=office_calendar(session, organ_id=plan.organ_id),
    )  # fmt: skip
    return ChangedPolicy(change, new, moves, differences(was | {"rungs": []}, now | {"rungs": []}))


def foresee_change(session: Session, plan: AnnualPlan, preset: str, *, by: Actor) -> ChangedPolicy:
    """What `change_policy` would do. Done for trial in the session, which must be dropped. Raises as it does."""
    return change_policy(session, plan, preset, by=by, reason="预览")


def versions_of(session: Session, plan: AnnualPlan) -> list[PolicyVersion]:
    """The versions of the plan's copy, the oldest first; none before the issue."""
    of_plan = PolicyChange.plan_id == plan.id
    query = (
        select(PolicyChange, Policy.name, Person.name)
        .join(Policy, col(Policy.id) == PolicyChange.to_policy_id)
        .outerjoin(Person, col(Person.id) == PolicyChange.person_id)
        .where(of_plan)
        .order_by(col(PolicyChange.version))
    )
    later = [
        PolicyVersion(change.version, change.from_on, change.to_policy_id, name, change.reason, who)
        for change, name, who in session.exec(query)
    ]
    earliest = select(PolicyChange.from_policy_id).where(of_plan).order_by(col(PolicyChange.version))
    first = session.get(Policy, session.exec(earliest).first() or plan.policy_id or 0)
    if first is None or plan.issued_on is None:
        return []
    return [PolicyVersion(1, plan.issued_on, key(first.id), first.name, "下达", None), *later]
