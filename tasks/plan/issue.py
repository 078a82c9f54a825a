"""Issuing a plan (下达) as somebody's act, and what it would set in motion: from then on its items are watched and
their receipts waited for.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.dates.day_override import office_calendar
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError, ForbiddenError
from models.items.item import Deadline, ItemState, WorkItem
from models.items.plan import AnnualPlan
from models.ladder.lookback import Lookback
from models.ladder.notice import Notice, NoticeKind, NoticeState
from models.ladder.policy import DEFAULT_PRESET, Rung
from models.people.permission import Action
from models.people.person import Person, Role
from tasks.acting.perform import performing_for
from tasks.ladder.arm import IssueResult, issue_plan, look_back
from tasks.ladder.remind import remind
from tasks.ledgers.keep_terms import catch_up
from tasks.notices.tell import tell
from tasks.plan.sum_plans import is_incomplete

MOST = 3000
"""Items up to which the day's notices are rehearsed; beyond, only the items are counted."""


def issue(
    session: Session,
    plan: AnnualPlan,
    *,
    by: Actor,
    preset: str = DEFAULT_PRESET,
    lookback: Lookback = Lookback.NONE,
    only: WorkItem | None = None,
) -> IssueResult:
    """Issue every complete draft of the plan, or `only` one; see `tasks.ladder.arm.issue_plan`.

    From now on it carries what the ledgers of its year owe, too. Days that were over before today are treated as
    `lookback` says, which stands on each of them. Raises ForbiddenError, and BadInputError for one that lacks something
    or whose plan is not issued.
    """
    if only is not None:
        _check_only(plan, only)
    with performing_for(session, by, Action.ISSUE, plan.organ_id) as record:
        newest = session.exec(select(func.max(col(Deadline.id)))).one() or 0
        result = issue_plan(session, plan, on=by.on, preset=preset, only=only)
        owed = catch_up(session, plan, by=by, calendar=office_calendar(session, organ_id=plan.organ_id))
        past = look_back(session, plan, lookback, on=by.on, after=newest)
        record.after |= {"plan": plan.id, "issued": result.issued, "incomplete": len(result.incomplete)}
        if owed.made:
            record.after["terms_set"] = owed.made
        if past:
            record.after |= {"past_days": len(past), "lookback": lookback.label}
    if lookback is Lookback.NOTICE:
        for item, deadline in past:
            _tell_past(session, item, deadline, by=by)
    named = [{"number": item.number, "title": item.title, "due_on": deadline.due_on} for item, deadline in past]
    return replace(result, lookback=lookback, past=named)


def _check_only(plan: AnnualPlan, item: WorkItem) -> None:
    """Raises ForbiddenError, BadInputError where the item cannot be issued by itself."""
    if plan.policy_id is None:
        raise ForbiddenError(f"{plan.title}尚未下达，单项不能先下达：请先存为拟办，随计划一并下达。")
    if item.state is not ItemState.DRAFT:
        raise ForbiddenError(f"任务 {item.number} 现为“{item.state.label}”，不能再下达。")
    if item.missing:
        raise BadInputError(f"任务 {item.number} 缺{'、'.join(item.missing)}，补齐后才能下达。")


def _tell_past(session: Session, item: WorkItem, deadline: Deadline, *, by: Actor) -> None:
    tell(
        session, item, role=Role.HANDLER, kind=NoticeKind.REMINDER, subject=f"past:{deadline.id}", by=by,
        what=f"下达时时限 {deadline.due_on} 已过：请尽快办理，或申请延期", deadline_id=deadline.id,
    )  # fmt: skip


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
    past: list[dict[str, Any]] = field(default_factory=list)
    """The days that are over already, as `IssueResult` lists them."""

    @property
    def notices(self) -> int:
        return sum(count for _, rungs in self.people for _, count in rungs)


def foresee_issue(
    session: Session,
    plan: AnnualPlan,
    *,
    by: Actor,
    preset: str,
    calendar: WorkCalendar,
    lookback: Lookback,
    only: WorkItem | None = None,
) -> ForeseenIssue:
    """What `tasks.plan.issue.issue` would do, and whom the sweep of the day would tell.

    Done for trial in the session, which must be dropped, not committed. Raises as `issue` does.
    """
    these = [WorkItem.plan_id == plan.id, WorkItem.state == ItemState.DRAFT]
    if only is not None:
        these.append(WorkItem.id == only.id)
    drafts = select(func.count(col(WorkItem.id))).where(*these)
    count, gaps = session.exec(drafts).one(), session.exec(drafts.where(is_incomplete())).one()
    if count - gaps > MOST:
        return ForeseenIssue(count - gaps, gaps, told=False)
    fresh = select(WorkItem.id).where(*these, ~is_incomplete())
    new = set(session.exec(fresh))
    done = issue(session, plan, by=by, preset=preset, lookback=lookback, only=only)
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
    return ForeseenIssue(done.issued, len(done.incomplete), people, unreachable, past=done.past)
