"""What a score counts: every event of a plan in a period, each with its day and the one unit it belongs to.

Facts only, no points. They are read from rows that later acts add to but never take away, so a closure, a reopening
or a moved day leaves them as they were.
"""

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session, col

from models.audit import AuditEntry
from models.clock import day_of
from models.dates.days import DAY
from models.dates.span import Span
from models.dates.workdays import WorkCalendar
from models.items.closure import ClosureRequest, ClosureReview
from models.items.extension import Extension, ExtensionDecision, ExtensionState
from models.items.item import Deadline, DeadlineKind, DeadlineMove, WorkItem
from models.items.missed import Miss, Move, missed
from models.items.objection import Objection
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.items.progress import ProgressEntry
from models.items.receipt import Receipt
from models.items.urge import Urge
from models.ladder.lookback import Lookback
from models.ladder.policy import Policy
from models.ladder.reporting_cycle import periods
from models.papers.document import SERIES, Document
from models.people.permission import Action
from models.scores.scoring import ScoreEvent
from tasks.scores.item_past import AnsweringUnit, ItemPast, department_names, read_past, unit_named
from tasks.trail.months_away import Lacking, lacking_words, lived_since

SIGN_DAYS = 2
"""Working days from issue within which a unit signs. No published source names a term: a default."""


@dataclass(frozen=True)
class ScoreFact:
    """One event: what happened to which item, on which day, whose it is, and the words a statement shows."""

    event: ScoreEvent
    item_id: int
    number: str
    title: str
    unit: AnsweringUnit
    day: dt.date
    source: str
    """The row that tells it (`deadline:12`); with event and day it tells two facts apart."""
    words: str


@dataclass(frozen=True)
class Gathered:
    """The events in order of their days, and the departments that had anything to do by the end of the period."""

    facts: tuple[ScoreFact, ...]
    busy: frozenset[int]


def gather_score_events(
    session: Session, plan: AnnualPlan, span: Span, *, calendar: WorkCalendar, on: dt.date
) -> Gathered:
    """Every event of the plan whose day lies in the span, as far as it had come to pass by day `on`.

    A day to be kept (a deadline, a report, a signature) counts on that day itself, once it has passed, so that it
    lies in exactly one period. Acts count on the day they were done; an extension on the day it was approved.
    """
    look = _Look(
        session,
        plan,
        calendar,
        on,
        first=span.from_on,
        acted=min(span.until_on, on),
        passed=min(span.until_on, on - DAY),
        past=read_past(session, plan),
        names=department_names(session, plan),
    )
    facts = [fact for source in _SOURCES for fact in source(look)]
    order = list(ScoreEvent)
    facts.sort(key=lambda fact: (fact.day, order.index(fact.event), fact.item_id, fact.source))
    return Gathered(tuple(facts), frozenset(_busy(look)))


def score_lacks(session: Session, plan: AnnualPlan, span: Span, *, on: dt.date) -> str:
    """What is told beside a score where reopenings up to the end of the span lie in an archive; empty where none do.

    Also those before the span tell what was under way in it.
    """
    so = "重开的扣分、重开以后应填未填的扣分可能少算"
    return lacking_words(session, Lacking.TRAIL, so, first=lived_since(plan), last=min(span.until_on, on))


@dataclass(frozen=True)
class _Look:
    """One look at a plan on day `on`: from day `first`, acts up to `acted`, days to be kept up to `passed`."""

    session: Session
    plan: AnnualPlan
    calendar: WorkCalendar
    on: dt.date
    first: dt.date
    acted: dt.date
    passed: dt.date
    past: dict[int, ItemPast]
    names: dict[int, str]

    @property
    def own(self) -> ColumnElement[bool]:
        """The items that count: those of the plan's own."""
        return and_(col(WorkItem.plan_id) == self.plan.id, of_plan())

    def fact(
        self,
        event: ScoreEvent,
        item_id: int,
        day: dt.date,
        source: str,
        words: str,
        *,
        unit: AnsweringUnit | None = None,
    ) -> ScoreFact:
        """An event of whoever led the item on the day, where no other unit is named."""
        item = self.past[item_id]
        return ScoreFact(event, item_id, item.number, item.title, unit or item.lead_on(day), day, source, words)


def _late(look: _Look) -> Iterator[ScoreFact]:
    moves: dict[int, list[Move]] = defaultdict(list)
    moved = look.session.execute(
        select(
            col(DeadlineMove.deadline_id), col(DeadlineMove.from_on), col(DeadlineMove.to_on),
            col(DeadlineMove.moved_on), col(DeadlineMove.moved_at), col(DeadlineMove.cause),
        )
        .join(Deadline, col(Deadline.id) == DeadlineMove.deadline_id)
        .join(WorkItem, col(WorkItem.id) == Deadline.item_id)
        .where(look.own)
        .order_by(col(DeadlineMove.id))
    )  # fmt: skip
    for deadline_id, from_on, to_on, moved_on, moved_at, cause in moved:
        # Moves of an older version carry the instant alone.
        day = moved_on or day_of(moved_at)
        moves[deadline_id].append(Move(from_on, to_on, day, cause))
    deadlines = look.session.execute(
        select(
            col(Deadline.id), col(Deadline.item_id), col(Deadline.kind), col(Deadline.title),
            col(Deadline.due_on), col(Deadline.claimed_on), col(Deadline.done_on),
            case((col(Deadline.lookback) != Lookback.WHOLE, Deadline.original_due_on)),
        )
        .join(WorkItem, col(WorkItem.id) == Deadline.item_id)
        .where(look.own)
        .where(or_(col(Deadline.due_on).between(look.first, look.passed), col(Deadline.id).in_(
            select(col(DeadlineMove.deadline_id)).where(col(DeadlineMove.from_on).between(look.first, look.passed))
        )))
        .order_by(col(Deadline.id))
    )  # fmt: skip
    for deadline_id, item_id, kind, title, due_on, claimed_on, done_on, past_at_issue in deadlines:
        settled_on = min((day for day in (claimed_on, done_on) if day is not None), default=None)
        misses = missed(
            due_on, moves[deadline_id], settled_on=settled_on, pauses=look.past[item_id].pauses, on=look.passed + DAY
        )
        name = f"{kind.label}“{title}”" if kind is DeadlineKind.MILESTONE else title or kind.label
        for miss in misses:
            if miss.day >= look.first and miss.day != past_at_issue:
                words = _late_words(look, name, miss, settled_on)
                yield look.fact(ScoreEvent.LATE, item_id, miss.day, f"deadline:{deadline_id}", words)


def _late_words(look: _Look, name: str, miss: Miss, settled_on: dt.date | None) -> str:
    if miss.move is not None and miss.move.moved_on <= look.acted:
        return f"{name} {miss.day} 未办结，{miss.move.moved_on} 才{miss.move.cause.label}至 {miss.move.to_on}"
    if settled_on is not None and settled_on <= look.acted:
        return f"{name} {miss.day}，{settled_on} 才办结"
    return f"{name} {miss.day}，到期未办结"


def _extended(look: _Look) -> Iterator[ScoreFact]:
    approved_on = func.max(col(ExtensionDecision.on))
    rows = look.session.execute(
        select(
            col(Extension.id), col(Extension.item_id), col(Extension.from_on), col(Extension.granted_on), approved_on
        )
        .join(ExtensionDecision, col(ExtensionDecision.extension_id) == Extension.id)
        .join(WorkItem, col(WorkItem.id) == Extension.item_id)
        .where(look.own, col(Extension.state) == ExtensionState.APPROVED, col(Extension.adjusts).is_(None))
        .group_by(col(Extension.id), col(Extension.item_id), col(Extension.from_on), col(Extension.granted_on))
        .having(approved_on.between(look.first, look.acted))
    )
    for number, item_id, from_on, granted_on, day in rows:
        words = f"批准延期：{from_on} 延至 {granted_on}"
        yield look.fact(ScoreEvent.EXTENDED, item_id, day, f"extension:{number}", words)


def _late_extension(look: _Look) -> Iterator[ScoreFact]:
    rows = look.session.execute(
        select(
            col(Extension.id), col(Extension.item_id), col(Extension.from_on), col(Extension.on), col(Extension.state)
        )
        .join(WorkItem, col(WorkItem.id) == Extension.item_id)
        .where(look.own, col(Extension.late))
        .where(col(Extension.on).between(look.first, look.acted))
        .where(col(Extension.state).in_([ExtensionState.APPROVED, ExtensionState.PENDING]))
    )
    for number, item_id, from_on, day, state in rows:
        words = f"时限 {from_on} 已到才于 {day} 申请延期（{state.label}）"
        yield look.fact(ScoreEvent.LATE_EXTENSION, item_id, day, f"extension:{number}", words)


def _returned(look: _Look) -> Iterator[ScoreFact]:
    rows = look.session.execute(
        select(col(ClosureReview.id), col(ClosureRequest.item_id), col(ClosureReview.on), col(ClosureReview.comment))
        .join(ClosureRequest, col(ClosureRequest.id) == ClosureReview.request_id)
        .join(WorkItem, col(WorkItem.id) == ClosureRequest.item_id)
        .where(look.own, ~col(ClosureReview.passed))
        .where(col(ClosureReview.on).between(look.first, look.acted))
    )
    for number, item_id, day, comment in rows:
        yield look.fact(ScoreEvent.RETURNED, item_id, day, f"closure_review:{number}", f"办结申请被退回：{comment}")


def _reopened(look: _Look) -> Iterator[ScoreFact]:
    """A reopening leaves no row of its own but the new deadline; the trail has its day and reason."""
    rows = look.session.execute(
        select(col(AuditEntry.id), col(AuditEntry.item_id), col(AuditEntry.on), col(AuditEntry.reason))
        .join(WorkItem, col(WorkItem.id) == AuditEntry.item_id)
        .where(look.own, col(AuditEntry.action) == Action.REOPEN.value)
        .where(col(AuditEntry.on).between(look.first, look.acted))
    )
    for number, item_id, day, reason in rows:
        if item_id is not None:
            yield look.fact(ScoreEvent.REOPENED, item_id, day, f"audit_entry:{number}", f"销号后重开：{reason}")


def _unreported(look: _Look) -> Iterator[ScoreFact]:
    """A report after its day but still in its period is a report (as in `tasks.lists.list_unreported`)."""
    policy = look.session.get(Policy, look.plan.policy_id) if look.plan.policy_id else None
    if policy is None:
        return
    owed = periods(policy.filling, since=look.first, until=look.passed, day=policy.filling_day, calendar=look.calendar)
    due = list(owed)
    if not due:
        return
    filled: dict[int, list[dt.date]] = defaultdict(list)
    entries = look.session.execute(
        select(col(ProgressEntry.item_id), col(ProgressEntry.on))
        .join(WorkItem, col(WorkItem.id) == ProgressEntry.item_id)
        .where(look.own, col(ProgressEntry.department_id).is_(None))
        .where(col(ProgressEntry.on).between(due[0].first, min(due[-1].last, look.on)))
        .distinct()
        .order_by(col(ProgressEntry.item_id), col(ProgressEntry.on))
    )
    for item_id, day in entries:
        filled[item_id].append(day)
    for period in due:
        for item_id, item in look.past.items():
            days = filled[item_id]
            next_one = bisect_left(days, period.first)
            if not (next_one < len(days) and days[next_one] <= period.last) and item.is_under_way(period.due_on):
                words = f"{period.label}的进展到 {period.due_on} 应填未填"
                yield look.fact(ScoreEvent.UNREPORTED, item_id, period.due_on, f"work_item:{item_id}", words)


def _unsigned_late(look: _Look) -> Iterator[ScoreFact]:
    """A unit that objected in time has answered; its term runs anew where the objection is dismissed."""
    objections = {
        (item_id, assignment): (on, decided_on if upheld is False else None)
        for item_id, assignment, on, upheld, decided_on in look.session.execute(
            select(
                col(Objection.item_id), col(Objection.assignment), col(Objection.on), col(Objection.upheld),
                col(Objection.decided_on),
            )
            .join(WorkItem, col(WorkItem.id) == Objection.item_id)
            .where(look.own)
        )
    }  # fmt: skip
    receipts = look.session.execute(
        select(
            col(Receipt.id), col(Receipt.item_id), col(Receipt.assignment), col(Receipt.unit_id),
            col(Receipt.department_id), col(Receipt.issued_on), col(Receipt.signed_on),
        )
        .join(WorkItem, col(WorkItem.id) == Receipt.item_id)
        .where(look.own, col(Receipt.issued_on) <= look.passed)
        .order_by(col(Receipt.id))
    )  # fmt: skip
    for number, item_id, assignment, unit_id, department_id, issued_on, signed_on in receipts:
        item = look.past[item_id]
        if unit_id is None:
            unit = item.given[assignment - 1][1] if assignment <= len(item.given) else item.unit
            overtaken = [given_on for given_on, _unit in item.given[assignment:]]
            objected_on, resumed_on = objections.get((item_id, assignment), (None, None))
        else:
            unit, overtaken = unit_named(look.names, department_id, None), []
            objected_on = resumed_on = None
        begun_on = issued_on
        if objected_on is not None and objected_on <= look.calendar.add(issued_on, SIGN_DAYS):
            if resumed_on is None:
                continue
            begun_on = resumed_on
        term = look.calendar.add(begun_on, SIGN_DAYS)
        answers = [day for day in (signed_on, objected_on, *overtaken, *item.closed) if day and day >= begun_on]
        kept = any(day <= term for day in answers) or any(span.holds(term) for span in item.pauses)
        if look.first <= term <= look.passed and not kept:
            signed = f"{signed_on} 才签收" if signed_on is not None and signed_on <= look.acted else "未签收"
            words = f"{begun_on} 交办，应在 {term} 前签收，{signed}"
            yield look.fact(ScoreEvent.UNSIGNED_LATE, item_id, term, f"receipt:{number}", words, unit=unit)


def _urged(look: _Look) -> Iterator[ScoreFact]:
    rows = look.session.execute(
        select(
            col(Urge.id), col(Urge.item_id), col(Urge.on), col(Document.kind), col(Document.year), col(Document.number)
        )
        .join(Document, col(Document.id) == Urge.document_id)
        .join(WorkItem, col(WorkItem.id) == Urge.item_id)
        .where(look.own, col(Urge.on).between(look.first, look.acted))
    )
    for number, item_id, day, kind, year, slip in rows:
        words = f"被催办（{SERIES[kind]}〔{year}〕{slip}号）"
        yield look.fact(ScoreEvent.URGED, item_id, day, f"urge:{number}", words)


def _busy(look: _Look) -> Iterator[int]:
    """The departments that led or helped with an item given by the last day of the look."""
    for item in look.past.values():
        for on, unit in item.given:
            if on <= look.acted and unit.department_id is not None:
                yield unit.department_id
    helping = look.session.execute(
        select(col(Receipt.department_id))
        .join(WorkItem, col(WorkItem.id) == Receipt.item_id)
        .where(look.own, col(Receipt.unit_id).is_not(None))
        .where(col(Receipt.department_id).in_(look.names), col(Receipt.issued_on) <= look.acted)
        .distinct()
    )
    for (department_id,) in helping:
        if department_id is not None:
            yield department_id


_SOURCES = (_late, _late_extension, _extended, _returned, _reopened, _unreported, _unsigned_late, _urged)
