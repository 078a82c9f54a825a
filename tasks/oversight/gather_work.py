"""What somebody has to do today, as one list: what hurts first, and for each line why it is theirs and what to do.

Whose a line is comes from `tasks.acting.authorize`, the same grants that let the act through: deputies see the work of
whom they stand in for. The number of queries is the same however much there is to do.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select
from sqlmodel import func as sql

from models.actor import Actor
from models.audit import AuditEntry
from models.coded import Coded
from models.database import key
from models.dates.workdays import WorkCalendar
from models.items.explanation import distance
from models.items.instruction import Instruction, InstructionReply, InstructionState
from models.items.item import Deadline, DeadlineKind, ItemState, WorkItem
from models.items.lifecycle import LIFECYCLE, OPEN
from models.items.plan import AnnualPlan
from models.items.receipt import Receipt
from models.people.permission import Action, Scope
from models.people.person import Person, Role
from models.scores.scoring import ScoreAppeal, ScoreLine, ScoreRun
from tasks.acting.authorize import Standing, organs_within, permitted, seats, standings_on
from tasks.lists.await_decision import Decision, Waiting, waiting
from tasks.lists.browse_items import ItemListing
from tasks.lists.choose_items import Choice
from tasks.lists.item_line import ItemLine
from tasks.lists.list_unreported import owed_period, reporting_policy, unreported
from tasks.wording.days import short_day

SOON = 3
"""Working days that count as near."""
MOST = 60
"""Lines of one kind that are told: whoever has more to do begins with these."""


class Group(Coded):
    """Under which heading a line stands, in the order of the list."""

    OVERDUE = "overdue", "逾期"
    TODAY = "today", "今日"
    SOON = "soon", "三日内"
    UNSIGNED = "unsigned", "待签收"
    UNREPORTED = "unfiled", "待填报"
    DECIDING = "deciding", "待我审批"
    INSTRUCTION = "instruction", "批示"


_UNTOLD = ItemLine(0, "", "")


@dataclass(frozen=True)
class WorkLine:
    """One thing to do: `action` is the primary act; for `instruction`, `decision` or `appeal` where it is about one.

    `day` is the one that `distance` counts from or to: the due day, or since when it waits. `also` names what else
    the item wants; `seen` is the item's newest audit entry, as the forms of acts carry it.
    """

    group: Group
    item_id: int
    action: Action
    day: dt.date
    distance: str
    why: str = ""
    about: str = ""
    also: tuple[str, ...] = ()
    instruction: int | None = None
    decision: Decision | None = None
    appeal: int | None = None
    standings: tuple[Standing, ...] = field(default=(), repr=False)
    item: ItemLine = _UNTOLD
    seen: int = 0


@dataclass(frozen=True)
class Work:
    """The list, in order; groups in `cut` have more than is told."""

    lines: tuple[WorkLine, ...]
    cut: frozenset[Group]
    coming: ItemLine | None
    """The item whose day is next and not yet pressing."""

    @property
    def groups(self) -> list[tuple[Group, list[WorkLine]]]:
        """The groups that have lines."""
        found = [(group, [line for line in self.lines if line.group is group]) for group in Group]
        return [(group, lines) for group, lines in found if lines]


def gather_work(session: Session, plan: AnnualPlan, *, by: Actor, calendar: WorkCalendar) -> Work:
    """What `by` has to do on its day for the plan's items."""
    bench = _Workbench(session, plan, by, calendar)
    lines, cut = bench.lines()
    return Work(tuple(lines), frozenset(cut), bench.coming())


class _Workbench:
    """What one person has to do, gathered kind by kind."""

    def __init__(self, session: Session, plan: AnnualPlan, by: Actor, calendar: WorkCalendar) -> None:
        self.session, self.plan, self.by, self.calendar = session, plan, by, calendar
        self.horizon = calendar.add(by.on, SOON)
        self.cut: set[Group] = set()

    def lines(self) -> tuple[list[WorkLine], set[Group]]:
        dated = self._dated()
        pressing = {line.item_id for line in dated}
        unsigned = [line for line in self._unsigned() if line.item_id not in pressing]
        unreported = self._unreported()
        late = {line.item_id: line for line in unreported}
        # An item stands once, under what hurts most; what else it wants is said there.
        dated = [replace(line, also=(late[line.item_id].about,)) if line.item_id in late else line for line in dated]
        taken = pressing | {line.item_id for line in unsigned}
        unreported = [line for line in unreported if line.item_id not in taken]
        mine = [*dated, *unsigned, *unreported, *self._instructions()]
        ways = standings_on(self.session, self.by, Action.REQUEST_CLOSE, {line.item_id for line in mine})
        untold = [replace(line, standings=tuple(ways.get(line.item_id, ()))) for line in mine]
        untold += [*self._helping(), *self._closing(), *self._decisions(), *self._appeals()]
        return sorted(self._told(untold), key=_pressing), self.cut

    def coming(self) -> ItemLine | None:
        """The next item that is `by`'s to do beyond what is near."""
        row = self.session.execute(
            sa.select(col(WorkItem.id), col(WorkItem.number), col(WorkItem.title), col(WorkItem.due_on))
            .where(*self._doing(), col(WorkItem.due_on) > self.horizon)
            .order_by(col(WorkItem.due_on), col(WorkItem.id))
            .limit(1)
        ).first()
        if row is None:
            return None
        return ItemLine(row.id, row.number, row.title, due_on=row.due_on, distance=self._away(row.due_on))

    def _away(self, day: dt.date) -> str:
        return distance(day, on=self.by.on, calendar=self.calendar)

    def _since(self, day: dt.date, what: str) -> str:
        days = self.calendar.between(day, self.by.on)
        return f"{what}已{days}个工作日" if days > 0 else f"今日{what}" if day == self.by.on else f"{what}不足1个工作日"

    def _doing(self) -> list[sa.ColumnElement[bool]]:
        """What is in the hands of those who do it, and theirs: `by` among them."""
        return [
            col(WorkItem.plan_id) == self.plan.id,
            col(WorkItem.state).in_([ItemState.ISSUED, ItemState.ACTIVE]),
            permitted(self.session, self.by, Action.REQUEST_CLOSE),
        ]

    def _by_day(self, day: dt.date, beyond: Group | None = None) -> Group:
        if day < self.by.on:
            return Group.OVERDUE
        if day == self.by.on:
            return Group.TODAY
        return Group.SOON if day <= self.horizon or beyond is None else beyond

    def _first(self, rows: Sequence[Any], groups: Iterable[Group]) -> Sequence[Any]:
        """As many as are told; notes the groups that have more."""
        if len(rows) > MOST:
            self.cut.update(groups)
        return rows[:MOST]

    def _dated(self) -> list[WorkLine]:
        """Items with a day of their own, end, turn or stage, that has passed or is near."""
        own = aliased(Deadline)
        next_own = (
            sa.select(col(own.id))
            .where(
                col(own.item_id) == WorkItem.id, col(own.done_on).is_(None), col(own.claimed_on).is_(None),
                col(own.kind) != DeadlineKind.INSTRUCTION,
            )
            .order_by(col(own.due_on), col(own.id))
            .limit(1)
            .correlate(WorkItem)
            .scalar_subquery()
        )  # fmt: skip
        columns: list[Any] = [
            WorkItem.id, WorkItem.state, WorkItem.percent, Deadline.due_on, Deadline.title, Deadline.kind,
        ]  # fmt: skip
        rows = self.session.execute(
            sa.select(*columns)
            .join(Deadline, col(Deadline.id) == next_own)
            # The item's day is the earliest of all of them, so that most items are passed over unseen.
            .where(*self._doing(), col(WorkItem.due_on) <= self.horizon, col(Deadline.due_on) <= self.horizon)
            .where(or_(col(WorkItem.start_on).is_(None), col(WorkItem.start_on) <= self.by.on))
            .order_by(col(Deadline.due_on), col(WorkItem.id))
            .limit(MOST + 1)
        ).all()
        dated = []
        for item_id, state, percent, due_on, title, kind in self._first(rows, [Group.OVERDUE, Group.TODAY, Group.SOON]):
            if state is ItemState.ISSUED:
                action = Action.SIGN
            elif kind is DeadlineKind.MILESTONE:
                action = Action.MILESTONE
            else:
                action = Action.REQUEST_CLOSE if percent >= 100 else Action.REPORT
            about = f"{kind.label}:{title}" if title else ""
            dated.append(WorkLine(self._by_day(due_on), item_id, action, due_on, self._away(due_on), about=about))
        return dated

    def _unsigned(self) -> list[WorkLine]:
        """What was given to `by`'s unit and nobody there took on."""
        rows = self.session.execute(
            sa.select(col(WorkItem.id), col(WorkItem.issued_on))
            .where(*self._doing(), col(WorkItem.state) == ItemState.ISSUED)
            .order_by(col(WorkItem.issued_on), col(WorkItem.id))
            .limit(MOST + 1)
        ).all()
        return [
            WorkLine(Group.UNSIGNED, item_id, Action.SIGN, issued_on, self._since(issued_on, "下达"))
            for item_id, issued_on in self._first(rows, [Group.UNSIGNED])
        ]

    def _helping(self) -> list[WorkLine]:
        """What `by`'s department is to help with and has not signed for."""
        help_by = {
            seat.department_id
            for seat in seats(self.session, self.by)
            if seat.role in (Role.HANDLER, Role.DEPARTMENT_HEAD) and seat.department_id is not None
        }
        rows = self.session.execute(
            sa.select(col(WorkItem.id), sql.min(Receipt.issued_on))
            .join(Receipt, col(Receipt.item_id) == WorkItem.id)
            .where(
                col(WorkItem.plan_id) == self.plan.id,
                col(WorkItem.state).in_(LIFECYCLE[Action.SIGN].sources),
                col(Receipt.unit_id).is_not(None),
                col(Receipt.signed_at).is_(None),
                col(Receipt.department_id).in_(help_by),
            )
            .group_by(col(WorkItem.id))
            .order_by(sql.min(Receipt.issued_on), col(WorkItem.id))
            .limit(MOST + 1)
        ).all()
        ways = standings_on(self.session, self.by, Action.SIGN, {row[0] for row in rows})
        return [
            WorkLine(
                Group.UNSIGNED, item_id, Action.SIGN, issued_on, self._since(issued_on, "下达"),
                standings=tuple(way for way in ways[item_id] if way.scope is Scope.COOPERATING),
            )
            for item_id, issued_on in self._first(rows, [Group.UNSIGNED])
            if item_id in ways
        ]  # fmt: skip

    def _unreported(self) -> list[WorkLine]:
        """The reports of the running period, once their day is near."""
        policy = reporting_policy(self.session, self.plan)
        owed = owed_period(self.session, self.plan, on=self.by.on, calendar=self.calendar)
        if policy is None or owed is None or self.by.on < self.calendar.add(owed.due_on, -policy.near_days):
            return []
        rows = unreported(
            self.session, self.plan, on=self.by.on, calendar=self.calendar, period=owed,
            among=sa.and_(*self._doing()), most=MOST + 1,
        )  # fmt: skip
        return [
            WorkLine(
                Group.UNREPORTED, row.item.id, Action.REPORT, row.due_on, self._away(row.due_on),
                about=f"{row.period}进展未填报",
            )
            for row in self._first(rows, [Group.UNREPORTED])
        ]  # fmt: skip

    def _given(self, *conditions: Any) -> Sequence[Any]:
        """Open instructions with their day and who gave them, the earliest day first."""
        rows = self.session.execute(
            sa.select(Instruction, col(Deadline.due_on), col(Person.name))
            .join(Deadline, col(Deadline.id) == Instruction.deadline_id)
            .join(Person, col(Person.id) == Instruction.person_id)
            .join(WorkItem, col(WorkItem.id) == Instruction.item_id)
            .where(col(WorkItem.plan_id) == self.plan.id, col(WorkItem.state).in_(OPEN))
            .where(col(Instruction.state) != InstructionState.CLOSED, *conditions)
            .order_by(col(Deadline.due_on), col(Instruction.id))
            .limit(MOST + 1)
        ).all()
        return self._first(rows, [Group.INSTRUCTION])

    def _instructions(self) -> Iterator[WorkLine]:
        """Instructions that nobody signed for or answered yet."""
        rows = self._given(~_replied(), permitted(self.session, self.by, Action.REPLY))
        for given, due_on, giver in rows:
            fresh = given.state is InstructionState.GIVEN
            yield WorkLine(
                self._by_day(due_on) if due_on <= self.horizon else Group.INSTRUCTION, given.item_id,
                Action.SIGN_INSTRUCTION if fresh else Action.REPLY, due_on, self._away(due_on),
                about=f"{giver}批示:{given.text}", instruction=given.id,
            )  # fmt: skip

    def _closing(self) -> Iterator[WorkLine]:
        """Instructions that were answered, for those who gave them and for supervisors."""
        givers = [self.by.person_id, *(seat.for_id for seat in seats(self.session, self.by) if seat.for_id)]
        rows = self._given(
            _replied(),
            permitted(self.session, self.by, Action.CLOSE_INSTRUCTION),
            or_(
                col(Instruction.person_id).in_(givers),
                col(Instruction.for_id).in_(givers),
                permitted(self.session, self.by, Action.CLOSE_INSTRUCTION, roles={Role.SUPERVISOR}),
            ),
        )
        ways = standings_on(self.session, self.by, Action.CLOSE_INSTRUCTION, {given.item_id for given, _, _ in rows})
        for given, due_on, giver in rows:
            yield WorkLine(
                Group.INSTRUCTION, given.item_id, Action.CLOSE_INSTRUCTION, due_on, self._away(due_on),
                about=f"{giver}批示已有反馈:{given.text}", instruction=given.id,
                standings=tuple(ways[given.item_id]),
            )  # fmt: skip

    def _decisions(self) -> list[WorkLine]:
        """Requests whose turn it is."""
        rows = waiting(self.session, self.plan, by=self.by)
        return [
            WorkLine(
                Group.DECIDING, one.item_id, one.kind.action, one.since, self._since(one.since, "等待"),
                about=_asked(one, self.by.on),
                decision=one.kind, standings=one.standings,
            )
            for one in self._first(rows, [Group.DECIDING])
        ]  # fmt: skip

    def _appeals(self) -> list[WorkLine]:
        """Appeals against scores, for whoever decides on them; never one's own."""
        if self.plan.organ_id not in organs_within(self.session, self.by, Action.DECIDE_APPEAL):
            return []
        rows = self.session.execute(
            sa.select(ScoreAppeal, col(ScoreLine.item_id), col(ScoreLine.unit), col(Person.name))
            .join(ScoreLine, col(ScoreLine.id) == ScoreAppeal.line_id)
            .join(ScoreRun, col(ScoreRun.id) == ScoreLine.run_id)
            .join(Person, col(Person.id) == ScoreAppeal.person_id)
            .where(col(ScoreRun.plan_id) == self.plan.id, col(ScoreAppeal.outcome).is_(None))
            .where(col(ScoreAppeal.person_id) != self.by.person_id, col(ScoreAppeal.on) <= self.by.on)
            .order_by(col(ScoreAppeal.on), col(ScoreAppeal.id))
            .limit(MOST + 1)
        ).all()
        return [
            WorkLine(
                Group.DECIDING, item_id, Action.DECIDE_APPEAL, made.on, self._since(made.on, "等待"),
                why=Role.FIRST_RESPONSIBLE.label, about=f"{unit}{name}考核申诉:{made.reason}", appeal=made.id,
            )
            for made, item_id, unit, name in self._first(rows, [Group.DECIDING])
        ]  # fmt: skip

    def _told(self, lines: Collection[WorkLine]) -> Iterator[WorkLine]:
        """The lines with what is to be read of their items, asked for all at once."""
        ids = {line.item_id for line in lines}
        choice = Choice(items=frozenset(ids))
        listing = ItemListing(self.session, self.plan, by=self.by, calendar=self.calendar, choice=choice)
        items = {item.id: item for item in listing.lines()} if ids else {}
        entries = select(AuditEntry.item_id, sql.max(AuditEntry.id)).where(col(AuditEntry.item_id).in_(ids))
        seen: dict[int | None, int | None] = dict(self.session.exec(entries.group_by(col(AuditEntry.item_id))).all())
        for line in lines:
            item = items.get(line.item_id)
            if item is not None:
                yield replace(
                    line, item=item, why=line.why or why_mine(line.standings, self.by, doer=item.handler),
                    seen=seen.get(key(item.id)) or 0,
                )  # fmt: skip


def why_mine(standings: Sequence[Standing], by: Actor, *, doer: str | None = None) -> str:
    """In which role something is somebody's, and for whom: 承办人, 代王科长(科室负责人), 配合科室承办人."""
    if not standings:
        return ""
    way = standings[0]
    role = f"配合科室{way.role.label}" if way.scope is Scope.COOPERATING else way.role.label
    words = f"代{way.seat.for_name}({role})" if way.seat.for_name else role
    if way.role is Role.DEPARTMENT_HEAD and way.scope is Scope.DEPARTMENT and doer not in (None, by.name):
        words += f",承办人{doer}"
    return words


def _asked(one: Waiting, on: dt.date) -> str:
    """Who asked for what, and why, in one line."""
    match one.kind:
        case Decision.EXTENSION:
            what = f"申请延至{short_day(one.proposed_on, beside=on)}"
        case Decision.CLOSURE:
            what = "申请办结"
        case Decision.OBJECTION:
            what = "提出转办异议"
    return f"{one.asked_by or ''}{what}:{one.words}"


def _replied() -> sa.ColumnElement[bool]:
    return select(InstructionReply.id).where(InstructionReply.instruction_id == Instruction.id).exists()


def _pressing(line: WorkLine) -> tuple[Any, ...]:
    """By group, then by day; at the same day what is one's own to do comes before what others do."""
    own = bool(line.standings) and line.standings[0].role is Role.HANDLER
    return list(Group).index(line.group), line.day, not own, line.item_id
