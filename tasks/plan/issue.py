"""Issuing a plan (下达) as somebody's act, and what it would set in motion: from then on its items are watched and
their receipts waited for.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.dates.day_override import office_calendar
from models.dates.workdays import WorkCalendar
from models.items.item import ItemState, WorkItem
from models.items.plan import AnnualPlan
from models.ladder.notice import Notice, NoticeState
from models.ladder.policy import DEFAULT_PRESET, Rung
from models.people.permission import Action
from models.people.person import Person
from tasks.acting.perform import performing_for
from tasks.ladder.arm import IssueResult, issue_plan
from tasks.ladder.remind import remind
from tasks.ledgers.keep_terms import catch_up
from tasks.plan.sum_plans import is_incomplete

MOST = 3000
"""Items up to which the day's notices are rehearsed; beyond, only the items are counted."""


def issue(session: Session, plan: AnnualPlan, *, by: Actor, preset: str = DEFAULT_PRESET) -> IssueResult:
    """Issue every complete draft of the plan; see `tasks.ladder.arm.issue_plan`.

    From now on it carries what the ledgers of its year owe, too. Raises ForbiddenError.
    """
    with performing_for(session, by, Action.ISSUE, plan.organ_id) as record:
        result = issue_plan(session, plan, on=by.on, preset=preset)
        owed = catch_up(session, plan, by=by, calendar=office_calendar(session, organ_id=plan.organ_id))
        record.after |= {"plan": plan.id, "issued": result.issued, "incomplete": len(result.incomplete)}
        if owed.made:
            record.after["terms_set"] = owed.made
    return result


@dataclass(frozen=True)
class ForeseenIssue:
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


def foresee_issue(
    session: Session, plan: AnnualPlan, *, by: Actor, preset: str, calendar: WorkCalendar
) -> ForeseenIssue:
    """What `tasks.plan.issue.issue` would do, and whom the sweep of the day would tell.

    Done for trial in the session, which must be dropped, not committed. Raises as `issue` does.
    """
    drafts = select(func.count(col(WorkItem.id))).where(WorkItem.plan_id == plan.id, WorkItem.state == ItemState.DRAFT)
    count, gaps = session.exec(drafts).one(), session.exec(drafts.where(is_incomplete())).one()
    if count - gaps > MOST:
        return ForeseenIssue(count - gaps, gaps, told=False)
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
    return ForeseenIssue(done.issued, len(done.incomplete), people, unreachable)
