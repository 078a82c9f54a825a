"""Whom issuing a plan reaches, told before it is done: the issue and the day's sweep themselves, rehearsed."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.item import ItemState, WorkItem
from models.notice import Notice, NoticeState
from models.person import Person
from models.plan import AnnualPlan
from models.policy import Rung
from models.workdays import WorkCalendar
from tasks.ladder.remind import remind
from tasks.plan.issue import issue
from tasks.plan.sum_plans import is_incomplete

MOST = 3000
"""Items up to which the day's notices are rehearsed; beyond, only the items are counted."""


@dataclass(frozen=True)
class Foreseen:
    """What issuing would do today."""

    issued: int
    incomplete: int
    people: list[tuple[str, list[tuple[str, int]]]] = field(default_factory=list)
    """Each person who gets notices, with the rungs and how many items by each."""
    unreachable: int = 0
    """Notices that would find nobody."""
    told: bool = True
    """Whether the notices were rehearsed at all."""

    @property
    def notices(self) -> int:
        return sum(count for _, rungs in self.people for _, count in rungs)


def foresee_issue(session: Session, plan: AnnualPlan, *, by: Actor, preset: str, calendar: WorkCalendar) -> Foreseen:
    """What `tasks.plan.issue.issue` would do, and whom the sweep of the day would tell.

    Done for trial in the session, which must be dropped, not committed. Raises as `issue` does.
    """
    drafts = select(func.count(col(WorkItem.id))).where(WorkItem.plan_id == plan.id, WorkItem.state == ItemState.DRAFT)
    count, gaps = session.exec(drafts).one(), session.exec(drafts.where(is_incomplete())).one()
    if count - gaps > MOST:
        return Foreseen(count - gaps, gaps, told=False)
    fresh = select(WorkItem.id).where(WorkItem.plan_id == plan.id, WorkItem.state == ItemState.DRAFT, ~is_incomplete())
    new = set(session.exec(fresh))
    done = issue(session, plan, by=by, preset=preset)
    remind(session, on=by.on, now=by.now, calendar=calendar)
    rungs = {rung.id: rung.label for rung in session.exec(select(Rung).where(Rung.policy_id == plan.policy_id))}
    raised = session.execute(
        select(Notice.item_id, Notice.rung_id, Notice.recipient_id, Person.name)
        .join(WorkItem, col(WorkItem.id) == Notice.item_id)
        .join(Person, col(Person.id) == Notice.recipient_id, isouter=True)
        .where(WorkItem.plan_id == plan.id, Notice.raised_on == by.on, Notice.state == NoticeState.PENDING)
        .order_by(col(Notice.id))
    )
    told: dict[str, Counter[str]] = defaultdict(Counter)
    unreachable = 0
    for item_id, rung_id, recipient_id, name in raised:
        if item_id not in new or rung_id not in rungs:
            continue
        if recipient_id is None:
            unreachable += 1
        else:
            told[name][rungs[rung_id]] += 1
    people = [(name, list(counts.items())) for name, counts in told.items()]
    return Foreseen(done.issued, len(done.incomplete), people, unreachable)
