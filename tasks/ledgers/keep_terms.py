"""Days that ledgers set, kept as ordinary deadlines: made, moved, met and cancelled as their rows say.

A row sets a day as soon as the plan that carries it is issued; issuing it catches up on the rows that were there
before. Whatever is asked twice is done once.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select, tuple_
from sqlmodel.sql.expression import Select

from models.actor import Actor
from models.database import key
from models.dates.workdays import WorkCalendar
from models.items.item import Deadline, DeadlineMove, WorkItem
from models.items.plan import AnnualPlan
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.ledgers.ledger_deadline import OF_THE_YEAR, LedgerDeadline
from models.people.organ import Organ
from tasks.ladder.arm import drop_waiting, refresh_due
from tasks.ledgers.owed import Owed, owed_by_rows, owed_by_year, rows_of_year, rows_owing
from tasks.ledgers.own_terms import own_terms
from tasks.ledgers.set_days import set_days
from tasks.ledgers.standing_item import standing_item

_CHUNK = 5_000
"""Rows asked for at once: a statement takes so many parameters."""

Kept = tuple[LedgerDeadline, Deadline]


@dataclass(frozen=True)
class MovedTerm:
    """A day of a ledger that is another than it was."""

    item: str
    title: str
    from_on: dt.date
    to_on: dt.date


@dataclass
class TermChanges:
    """What came of it: days made, met, opened again and cancelled, by number, and those that moved."""

    made: int = 0
    met: int = 0
    reopened: int = 0
    cancelled: int = 0
    moved: list[MovedTerm] = field(default_factory=list)


def keep_terms(
    session: Session, organ: Organ, kind: Kind, rows: Sequence[Any], *, by: Actor, calendar: WorkCalendar
) -> TermChanges:
    """Bring the deadlines of these rows in line with what they say: just recorded, corrected, withdrawn or restored.

    Called within the act that changed the rows, which keeps the record. A row whose day belongs to no issued plan
    sets none. What the year asks of the ledger is looked at anew. Thousands of rows take a few statements.
    """
    changes = TermChanges()
    if not (kind.terms or kind.yearly) or not rows:
        return changes
    session.flush()
    own, organ_id = own_terms(session, key(organ.id)), key(organ.id)
    plans = _issued_plans(session, organ_id)
    kept = _kept(session, organ_id, [(kind.code, row.id) for row in rows])
    owed = list(owed_by_rows(kind, rows, own, calendar))
    _bring_in_line(session, kind, owed, kept[kind.code], plans, by, changes, corrected=True)
    if kind.yearly:
        asked = _asked(session, organ_id, [kind])[kind.code]
        years = {day.year for row in rows if (day := getattr(row, kind.day)) is not None}
        # The years that have asked before as well: a corrected row may have left one.
        for year in sorted((years | asked.keys()) & plans.keys()):
            owed = list(owed_by_year(kind, year, rows_of_year(session, organ_id, kind, year), own))
            _bring_in_line(session, kind, owed, asked[year], plans, by, changes)
    return changes


def catch_up(session: Session, plan: AnnualPlan, *, by: Actor, calendar: WorkCalendar) -> TermChanges:
    """Set what the plan's year owes to every ledger, once the plan is issued; again, it adds what is missing."""
    organ = session.get_one(Organ, plan.organ_id)
    return keep_all(session, organ, list(KINDS.values()), by=by, calendar=calendar, year=plan.year)


def keep_all(
    session: Session,
    organ: Organ,
    kinds: Iterable[Kind],
    *,
    by: Actor,
    calendar: WorkCalendar,
    year: int | None = None,
) -> TermChanges:
    """Bring every deadline of these ledgers in line: those of `year`, else of every year with an issued plan."""
    changes = TermChanges()
    session.flush()
    organ_id = key(organ.id)
    own, plans = own_terms(session, organ_id), _issued_plans(session, organ_id)
    years = {year} & plans.keys() if year is not None else set(plans)
    if not years:
        return changes
    asking = [kind for kind in kinds if kind.terms or kind.yearly]
    rows = rows_owing(session, organ_id, asking, years)
    kept = _kept(session, organ_id, [(kind.code, row.id) for kind in asking for row in rows[kind.code]])
    asked = _asked(session, organ_id, asking)
    for kind in asking:
        owed = list(owed_by_rows(kind, rows[kind.code], own, calendar))
        _bring_in_line(session, kind, owed, kept[kind.code], plans, by, changes)
        for year in sorted(years) if kind.yearly else ():
            owed = list(owed_by_year(kind, year, rows[kind.code], own))
            _bring_in_line(session, kind, owed, asked[kind.code][year], plans, by, changes)
    return changes


def _issued_plans(session: Session, organ_id: int) -> dict[int, AnnualPlan]:
    plans = session.exec(
        select(AnnualPlan).where(AnnualPlan.organ_id == organ_id, col(AnnualPlan.policy_id).is_not(None))
    ).all()
    return {plan.year: plan for plan in plans}


def _kept(session: Session, organ_id: int, rows: Sequence[tuple[str, int]]) -> dict[str, dict[tuple[int, str], Kept]]:
    """The deadlines there are for these rows, each a ledger and a number: by ledger, then by row and term."""
    place = tuple_(col(LedgerDeadline.kind), col(LedgerDeadline.row_id))
    found: dict[str, dict[tuple[int, str], Kept]] = defaultdict(dict)
    for start in range(0, len(rows), _CHUNK):
        for tie, deadline in session.exec(_ties(organ_id).where(place.in_(rows[start : start + _CHUNK]))):
            found[tie.kind][tie.row_id, tie.term] = tie, deadline
    return found


def _asked(session: Session, organ_id: int, kinds: Sequence[Kind]) -> dict[str, dict[int, dict[tuple[int, str], Kept]]]:
    """The deadlines there are for what years ask of these ledgers: by ledger and year, then as `_kept`."""
    codes = [kind.code for kind in kinds if kind.yearly]
    of_years = _ties(organ_id).where(LedgerDeadline.row_id == OF_THE_YEAR, col(LedgerDeadline.kind).in_(codes))
    found: dict[str, dict[int, dict[tuple[int, str], Kept]]] = defaultdict(lambda: defaultdict(dict))
    for tie, deadline in session.exec(of_years) if codes else ():
        found[tie.kind][tie.year][tie.row_id, tie.term] = tie, deadline
    return found


def _ties(organ_id: int) -> Select[LedgerDeadline, Deadline]:
    return (
        select(LedgerDeadline, Deadline)
        .join(Deadline, col(Deadline.id) == LedgerDeadline.deadline_id)
        .where(LedgerDeadline.organ_id == organ_id)
        .order_by(col(LedgerDeadline.id))
    )


def _bring_in_line(
    session: Session, kind: Kind, owed: list[Owed], kept: dict[tuple[int, str], Kept],
    plans: dict[int, AnnualPlan], by: Actor, changes: TermChanges, *, corrected: bool = False,
) -> None:  # fmt: skip
    """Make, move, meet, open and cancel, until the deadlines say what is owed.

    A day that was met moves only where its row was `corrected`: another calendar or term changes nothing that is done.
    """
    items = _Items(session, kind, plans, by)
    wanted = {(one.row_id, one.term): one for one in owed}
    was = {key(deadline.id): (deadline.due_on, deadline.done_on) for _, deadline in kept.values()}
    moved: list[int] = []
    for place, (_, deadline) in kept.items():
        one = wanted.pop(place, None)
        if one is None:
            _cancel(session, deadline, kind, by, changes)
            continue
        if one.due_on != deadline.due_on and (corrected or one.done_on is None):
            moved.append(key(deadline.id))
            _move(session, deadline, one, by, changes)
        if corrected and one.done_on is None and items.pass_on(deadline, one.post_id):
            moved.append(key(deadline.id))
            deadline.look_on = by.on
        deadline.title = one.title
        if one.done_on is None and deadline.done_on is not None:
            deadline.done_on, deadline.look_on = None, by.on
            deadline.policy_id = items.policy_of(deadline.item_id)
            changes.reopened += 1
        elif one.done_on is not None and deadline.done_on != one.done_on:
            changes.met += deadline.done_on is None
            deadline.done_on = one.done_on
    fresh = [
        (one, plan) for one in wanted.values() if one.done_on is None and (plan := _plan_for(one, plans)) is not None
    ]
    set_days(session, kind, [(one, plan, key(items.of(plan, one.post_id).id)) for one, plan in fresh], on=by.on)
    changes.made += len(fresh)
    drop_waiting(session, moved, on=by.on)
    touched = {one.item_id for _, one in kept.values() if (one.due_on, one.done_on) != was[key(one.id)]} | items.left
    for item_id in sorted(touched | items.used):
        refresh_due(session, session.get_one(WorkItem, item_id))


def _plan_for(one: Owed, plans: dict[int, AnnualPlan]) -> AnnualPlan | None:
    """The plan of its own year, else that of the year it is due in (a certificate of long ago runs out)."""
    return plans.get(one.year) or plans.get(one.due_on.year)


class _Items:
    """The items that carry a ledger's days, one for each post that owes any in a plan, each looked up once."""

    def __init__(self, session: Session, kind: Kind, plans: dict[int, AnnualPlan], by: Actor) -> None:
        self.session, self.kind, self.by = session, kind, by
        self.plans = {key(plan.id): plan for plan in plans.values()}
        self.found: dict[tuple[int, int | None], WorkItem] = {}
        self.left: set[int] = set()
        """Those that a day was taken from."""

    @property
    def used(self) -> set[int]:
        return {key(item.id) for item in self.found.values()}

    def of(self, plan: AnnualPlan, post_id: int | None) -> WorkItem:
        place = key(plan.id), post_id
        if place not in self.found:
            self.found[place] = standing_item(self.session, plan, self.kind, post_id, by=self.by)
        return self.found[place]

    def pass_on(self, deadline: Deadline, post_id: int | None) -> bool:
        """Hang the day on the item of the post it belongs to now; whether it hung on another's."""
        hangs = self.session.get_one(WorkItem, deadline.item_id)
        if post_id in (None, hangs.handler_post_id) or hangs.plan_id not in self.plans:
            return False
        self.left.add(key(hangs.id))
        deadline.item_id = key(self.of(self.plans[hangs.plan_id], post_id).id)
        return True

    def policy_of(self, item_id: int) -> int | None:
        plan = self.plans.get(self.session.get_one(WorkItem, item_id).plan_id)
        return plan.policy_id if plan is not None else None


def _move(session: Session, deadline: Deadline, one: Owed, by: Actor, changes: TermChanges) -> None:
    session.add(_moved(deadline, one.due_on, one.why, by))
    item = session.get_one(WorkItem, deadline.item_id)
    changes.moved.append(MovedTerm(item.title, one.title, deadline.due_on, one.due_on))
    deadline.due_on, deadline.look_on, deadline.promised = one.due_on, by.on, False


def _cancel(session: Session, deadline: Deadline, kind: Kind, by: Actor, changes: TermChanges) -> None:
    """It is owed no longer: the row was withdrawn, or the term does not run for what it says now."""
    if deadline.done_on is None:
        session.add(_moved(deadline, deadline.due_on, f"取消：{kind.title}不再需要此项", by))
        deadline.done_on = by.on
        changes.cancelled += 1


def _moved(deadline: Deadline, to_on: dt.date, reason: str, by: Actor) -> DeadlineMove:
    return DeadlineMove(
        deadline_id=key(deadline.id), from_on=deadline.due_on, to_on=to_on, moved_on=by.on, reason=reason[:500],
        person_id=by.person_id, moved_at=by.now,
    )  # fmt: skip
