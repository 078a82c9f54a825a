"""What somebody has to do, as one list over all years: what hurts first, and for each line why it is theirs and what
to do.

Whose a line is comes from `tasks.acting.authorize`, the same grants that let the act through: deputies see the work of
whom they stand in for. The number of queries is the same however much there is to do, in however many plans.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select
from sqlmodel import func as sql

from models.actor import Actor
from models.audit import AuditEntry
from models.database import key
from models.dates.workdays import WorkCalendar
from models.items.explanation import distance
from models.items.instruction import Instruction, InstructionState
from models.items.item import Deadline, DeadlineKind, ItemState, ItemUnit, WorkItem
from models.items.lifecycle import LIFECYCLE, OPEN
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.items.receipt import Receipt
from models.ladder.notice import Notice, NoticeKind, NoticeState
from models.people.organ import Organ
from models.people.permission import Action, Scope
from models.people.person import Person, Role
from models.scores.scoring import ScoreAppeal, ScoreLine, ScoreRun
from tasks.acting.authorize import Standing, organs_within, permitted, seats, standings_on
from tasks.ladder.extent import within
from tasks.lists.await_decision import Decision, Waiting, waiting
from tasks.lists.browse_items import ItemListing
from tasks.lists.choose_items import Choice
from tasks.lists.item_line import ItemLine
from tasks.lists.list_unreported import unreported
from tasks.oversight.list_returned import list_returned
from tasks.oversight.work_line import HELPS, REMINDED, Group, Work, WorkLine, pressing, why_mine
from tasks.wording.days import short_day

SOON = 3
"""Working days that count as near."""
MOST = 60
"""Lines of one kind that are told: whoever has more to do begins with these. A third as many of what has time."""


def gather_work(session: Session, organ: Organ, *, by: Actor, calendar: WorkCalendar, most: int = MOST) -> Work:
    """What `by` has to do on its day for the organ's items of all years, at most so many lines of a kind."""
    bench = _Workbench(session, organ, by, calendar, most)
    return Work(tuple(bench.lines()), bench.rest, bench.coming())


class _Workbench:
    """What one person has to do, gathered kind by kind."""

    def __init__(self, session: Session, organ: Organ, by: Actor, calendar: WorkCalendar, most: int) -> None:
        self.session, self.organ, self.by, self.calendar, self.most = session, organ, by, calendar, most
        self.horizon = calendar.add(by.on, SOON)
        self.rest: dict[Group, int] = {}
        self.alone: set[int] = set()
        """Items that stand for an instruction alone which is told of."""

    def lines(self) -> list[WorkLine]:
        # An item stands once, under what hurts most; what else it wants is said there.
        mine: dict[int, WorkLine] = {}
        for line in [*self._returned(), *self._dated(), *self._unsigned(), *self._unreported()]:
            held = mine.setdefault(line.item_id, line)
            if held is not line and line.group is not Group.UNSIGNED:
                said = line.about if line.group is Group.UNREPORTED else line.distance
                mine[line.item_id] = replace(held, also=(*held.also, said))
        instructions = list(self._instructions())
        own = [*mine.values(), *instructions, *self._having_time({*mine, *self.alone})]
        ways = standings_on(self.session, self.by, Action.REQUEST_CLOSE, {line.item_id for line in own})
        untold = [replace(line, standings=tuple(ways.get(line.item_id, ())) or line.standings) for line in own]
        untold += [*self._helping(), *self._closing(), *self._decisions(), *self._appeals()]
        return sorted(self._told(untold), key=pressing)

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
            within(self.organ),
            of_plan(),
            col(WorkItem.state).in_([ItemState.ISSUED, ItemState.ACTIVE]),
            permitted(self.session, self.by, Action.REQUEST_CLOSE),
        ]

    def _by_day(self, day: dt.date) -> Group:
        return Group.OVERDUE if day < self.by.on else Group.TODAY if day == self.by.on else Group.SOON

    def _some(self, statement: sa.Select[Any], group: Group, most: int | None = None) -> Sequence[Any]:
        """As many rows as are told, each with the count of all behind it; notes how many more there are."""
        found = statement.add_columns(sql.count().over()).limit(most or self.most)
        rows = self.session.execute(found).all()
        if rows and rows[0][-1] > len(rows):
            self.rest[group] = rows[0][-1] - len(rows) + self.rest.get(group, 0)
        return rows

    def _first(self, rows: Sequence[Any], group: Group) -> Sequence[Any]:
        """The same of rows that were all fetched."""
        if len(rows) > self.most:
            self.rest[group] = len(rows) - self.most + self.rest.get(group, 0)
        return rows[: self.most]

    def _dated(self) -> list[WorkLine]:
        """Items with a day of their own, end, turn or stage, that has passed or is near."""
        own = aliased(Deadline)
        next_own = (
            sa.select(col(own.id))
            .where(
                col(own.item_id) == WorkItem.id, col(own.done_on).is_(None), col(own.claimed_on).is_(None),
                ~select(Instruction.id).where(Instruction.deadline_id == own.id).exists(),
            )
            .order_by(col(own.due_on), col(own.id))
            .limit(1)
            .correlate(WorkItem)
            .scalar_subquery()
        )  # fmt: skip
        due = col(Deadline.due_on)
        groups = {Group.OVERDUE: due < self.by.on, Group.TODAY: due == self.by.on, Group.SOON: due > self.by.on}
        columns: list[Any] = [
            WorkItem.id, WorkItem.state, WorkItem.percent, Deadline.due_on, Deadline.title, Deadline.kind,
            *(sql.count().filter(of_group).over() for of_group in groups.values()),
        ]  # fmt: skip
        rows = self.session.execute(
            sa.select(*columns)
            .join(Deadline, col(Deadline.id) == next_own)
            # The item's day is the earliest of all of them, so that most items are passed over unseen.
            .where(*self._doing(), col(WorkItem.due_on) <= self.horizon, col(Deadline.due_on) <= self.horizon)
            .where(or_(col(WorkItem.start_on).is_(None), col(WorkItem.start_on) <= self.by.on))
            .order_by(col(Deadline.due_on), col(WorkItem.id))
            .limit(self.most)
        ).all()
        dated: list[WorkLine] = []
        for item_id, state, percent, due_on, title, kind, *_ in rows:
            if state is ItemState.ISSUED:
                action = Action.SIGN
            elif kind is DeadlineKind.MILESTONE:
                action = Action.MILESTONE
            else:
                # On the day itself the mail asks for the closure, whatever was reported.
                action = Action.REQUEST_CLOSE if percent >= 100 or due_on == self.by.on else Action.REPORT
            about = f"{kind.label}：{title}" if title else ""
            group = self._by_day(due_on)
            away = self._away(due_on)
            dated.append(WorkLine(group, item_id, action, due_on, away, group is Group.OVERDUE, about=about))
        for group, count in zip(groups, rows[0][-len(groups) :] if rows else (), strict=False):
            if more := count - sum(line.group is group for line in dated):
                self.rest[group] = more
        return dated

    def _returned(self) -> Iterator[WorkLine]:
        """What was sent back and not yet asked for again."""
        for row in self._first(list_returned(self.session, self.organ, by=self.by), Group.RETURNED):
            yield WorkLine(
                Group.RETURNED, row.item_id, row.action, row.on, self._since(row.on, "退回"),
                about=f"{row.who}退回{row.what}：{row.reason}",
            )  # fmt: skip

    def _having_time(self, told: Collection[int]) -> list[WorkLine]:
        """Whatever else is not done, in whoever's hands it is at present; what `by` helps with too, once signed for."""
        reminded = select(Notice.id).where(
            Notice.item_id == WorkItem.id, Notice.recipient_id == self.by.person_id, Notice.send_on == self.by.on,
            Notice.kind == NoticeKind.REMINDER, col(Notice.state).in_([NoticeState.PENDING, NoticeState.SENT]),
        )  # fmt: skip
        own = permitted(self.session, self.by, Action.REQUEST_CLOSE)
        helped = select(ItemUnit.id).where(ItemUnit.item_id == WorkItem.id)
        helped = helped.where(col(ItemUnit.department_id).in_(self._helps()))
        unsigned = select(Receipt.id).where(Receipt.item_id == WorkItem.id, *self._asked_to_help())
        rows = self._some(
            sa.select(col(WorkItem.id), col(WorkItem.state), col(WorkItem.due_on), reminded.exists(), own)
            .where(within(self.organ), of_plan(), col(WorkItem.state).in_(OPEN))
            .where(col(WorkItem.id).not_in(sorted(told)))
            .where(or_(own, sa.and_(helped.exists(), ~unsigned.exists())))
            .order_by(sa.func.coalesce(WorkItem.due_on, dt.date.max), col(WorkItem.id)),
            Group.DOING,
            self.most // 3,
        )
        helping = self._cooperating(Action.REPORT, {row[0] for row in rows if not row[4]})
        lines = []
        for item_id, state, due_on, told_today, mine, _ in rows:
            # What somebody else has in hands is not late by whoever does it.
            theirs = due_on is not None and state in (ItemState.ISSUED, ItemState.ACTIVE)
            away, passed = (self._away(due_on), mine and due_on < self.by.on) if theirs else ("", False)
            action = Action.REPORT if state is ItemState.ACTIVE else Action.VIEW
            also = (*[HELPS] * (not mine), *[REMINDED] * told_today)
            lines.append(
                WorkLine(
                    Group.DOING, item_id, action, due_on, away, passed, also=also, standings=helping.get(item_id, ())
                )
            )
        return lines

    def _unsigned(self) -> list[WorkLine]:
        """What was given to `by`'s unit and nobody there took on, but for what is signed for as an instruction."""
        given = select(Instruction.id).join(Deadline, col(Deadline.id) == Instruction.deadline_id)
        given = given.where(Instruction.item_id == WorkItem.id, Instruction.state == InstructionState.GIVEN)
        alone = given.where(Deadline.kind != DeadlineKind.INSTRUCTION).exists()
        rows = self._some(
            sa.select(col(WorkItem.id), col(WorkItem.issued_on))
            .where(*self._doing(), col(WorkItem.state) == ItemState.ISSUED, ~alone)
            .order_by(col(WorkItem.issued_on), col(WorkItem.id)),
            Group.UNSIGNED,
        )
        return [
            WorkLine(Group.UNSIGNED, item_id, Action.SIGN, issued_on, self._since(issued_on, "下达"))
            for item_id, issued_on, _ in rows
        ]

    def _helps(self) -> set[int]:
        """The departments with which `by` helps others."""
        return {
            seat.department_id
            for seat in seats(self.session, self.by)
            if seat.role in (Role.HANDLER, Role.DEPARTMENT_HEAD) and seat.department_id is not None
        }

    def _asked_to_help(self) -> list[sa.ColumnElement[bool]]:
        """Of a receipt: `by`'s department is to help with the item and has not signed for it, which it still can."""
        return [
            col(WorkItem.state).in_(LIFECYCLE[Action.SIGN].sources),
            col(Receipt.unit_id).is_not(None),
            col(Receipt.signed_at).is_(None),
            col(Receipt.department_id).in_(self._helps()),
        ]

    def _cooperating(self, action: Action, items: Collection[int]) -> dict[int, tuple[Standing, ...]]:
        """The ways in which `by` may do `action` on these items for a department that helps."""
        ways = standings_on(self.session, self.by, action, items)
        return {
            item: tuple(way for way in found if way.scope is Scope.COOPERATING) for item, found in ways.items() if found
        }

    def _helping(self) -> list[WorkLine]:
        """What `by`'s department is to help with and has not signed for."""
        rows = self._some(
            sa.select(col(WorkItem.id), sql.min(Receipt.issued_on))
            .join(Receipt, col(Receipt.item_id) == WorkItem.id)
            .where(within(self.organ), *self._asked_to_help())
            .group_by(col(WorkItem.id))
            .order_by(sql.min(Receipt.issued_on), col(WorkItem.id)),
            Group.UNSIGNED,
        )
        ways = self._cooperating(Action.SIGN, {row[0] for row in rows})
        return [
            WorkLine(
                Group.UNSIGNED, item_id, Action.SIGN, issued_on, self._since(issued_on, "下达"),
                standings=ways[item_id],
            )
            for item_id, issued_on, _ in rows
            if item_id in ways
        ]  # fmt: skip

    def _unreported(self) -> list[WorkLine]:
        """The reports of the running period, once their day is near."""
        rows = unreported(
            self.session, self.organ, on=self.by.on, calendar=self.calendar, among=sa.and_(*self._doing()), near=True
        )
        return [
            WorkLine(
                Group.UNREPORTED, row.item.id, Action.REPORT, row.due_on, self._away(row.due_on), row.passed,
                about=f"{row.period}进展未填报",
            )
            for row in self._first(rows, Group.UNREPORTED)
        ]  # fmt: skip

    def _given(self, *conditions: Any) -> Sequence[Any]:
        """Instructions with their day and who gave them, the earliest day first."""
        return self._some(
            sa.select(Instruction, Deadline, col(Person.name))
            .join(Deadline, col(Deadline.id) == Instruction.deadline_id)
            .join(Person, col(Person.id) == Instruction.person_id)
            .join(WorkItem, col(WorkItem.id) == Instruction.item_id)
            .where(within(self.organ), col(WorkItem.state).in_(OPEN))
            .where(*conditions)
            .order_by(col(Deadline.due_on), col(Instruction.id)),
            Group.INSTRUCTION,
        )

    def _instructions(self) -> Iterator[WorkLine]:
        """Instructions that nobody signed for or answered yet, or of which more is asked."""
        undone = col(Instruction.state).in_([InstructionState.GIVEN, InstructionState.SIGNED])
        rows = self._given(undone, permitted(self.session, self.by, Action.REPLY))
        for given, term, giver, _ in rows:
            due_on = term.due_on
            fresh = given.state is InstructionState.GIVEN
            if term.kind is not DeadlineKind.INSTRUCTION:
                self.alone.add(given.item_id)
            yield WorkLine(
                Group.INSTRUCTION, given.item_id, Action.SIGN_INSTRUCTION if fresh else Action.REPLY, due_on,
                self._away(due_on), due_on < self.by.on, about=f"{giver}批示：{given.text}", instruction=given.id,
            )  # fmt: skip

    def _closing(self) -> Iterator[WorkLine]:
        """Instructions that were answered, for those who gave them and for supervisors."""
        givers = [self.by.person_id, *(seat.for_id for seat in seats(self.session, self.by) if seat.for_id)]
        rows = self._given(
            col(Instruction.state) == InstructionState.ANSWERED,
            permitted(self.session, self.by, Action.CLOSE_INSTRUCTION),
            or_(
                col(Instruction.person_id).in_(givers),
                col(Instruction.for_id).in_(givers),
                permitted(self.session, self.by, Action.CLOSE_INSTRUCTION, roles={Role.SUPERVISOR}),
            ),
        )
        ways = standings_on(self.session, self.by, Action.CLOSE_INSTRUCTION, {given.item_id for given, *_ in rows})
        for given, term, giver, _ in rows:
            since = term.claimed_on or given.on
            yield WorkLine(
                Group.INSTRUCTION, given.item_id, Action.CLOSE_INSTRUCTION, since, self._since(since, "反馈"),
                about=f"{giver}批示已有反馈：{given.text}", instruction=given.id,
                standings=tuple(ways[given.item_id]),
            )  # fmt: skip

    def _decisions(self) -> list[WorkLine]:
        """Requests whose turn it is."""
        rows = waiting(self.session, self.organ, by=self.by)
        return [
            WorkLine(
                Group.DECIDING, one.item_id, one.kind.action, one.since, self._since(one.since, "等待"),
                about=_asked(one, self.by.on),
                decision=one.kind, standings=one.standings,
            )
            for one in self._first(rows, Group.DECIDING)
        ]  # fmt: skip

    def _appeals(self) -> list[WorkLine]:
        """Appeals against scores, for whoever decides on them; never one's own."""
        if key(self.organ.id) not in organs_within(self.session, self.by, Action.DECIDE_APPEAL):
            return []
        rows = self._some(
            sa.select(ScoreAppeal, col(ScoreLine.item_id), col(ScoreLine.unit), col(Person.name))
            .join(ScoreLine, col(ScoreLine.id) == ScoreAppeal.line_id)
            .join(ScoreRun, col(ScoreRun.id) == ScoreLine.run_id)
            .join(Person, col(Person.id) == ScoreAppeal.person_id)
            .join(AnnualPlan, col(AnnualPlan.id) == ScoreRun.plan_id)
            .where(col(AnnualPlan.organ_id) == self.organ.id, col(ScoreAppeal.outcome).is_(None))
            .where(col(ScoreAppeal.person_id) != self.by.person_id, col(ScoreAppeal.on) <= self.by.on)
            .order_by(col(ScoreAppeal.on), col(ScoreAppeal.id)),
            Group.DECIDING,
        )
        return [
            WorkLine(
                Group.DECIDING, item_id, Action.DECIDE_APPEAL, made.on, self._since(made.on, "等待"),
                why=Role.FIRST_RESPONSIBLE.label, about=f"{unit}{name}考核申诉：{made.reason}", appeal=made.id,
            )
            for made, item_id, unit, name, _ in rows
        ]  # fmt: skip

    def _told(self, lines: Collection[WorkLine]) -> Iterator[WorkLine]:
        """The lines with what is to be read of their items, asked for all at once."""
        ids = {line.item_id for line in lines}
        choice = Choice(items=frozenset(ids))
        listing = ItemListing(self.session, self.organ, by=self.by, calendar=self.calendar, choice=choice)
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


def _asked(one: Waiting, on: dt.date) -> str:
    """Who asked for what, and why, in one line."""
    match one.kind:
        case Decision.EXTENSION:
            what = f"申请延至{short_day(one.proposed_on, beside=on)}"
        case Decision.ADJUSTMENT:
            what = f"提请调整时限（{'；'.join(one.changes)}）"
        case Decision.CLOSURE:
            what = "申请办结"
        case Decision.OBJECTION:
            what = "提出转办异议"
    return f"{one.asked_by or ''}{what}：{one.words}"
