"""Drawing up a brief (一页简报), numbered, one a day and reader: what is red, what waits for the reader, what became of
instructions, what is due next.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, or_, select

from models.actor import Actor
from models.dates.workdays import WorkCalendar
from models.errors import BadInputError, NotFoundError
from models.items.explanation import distance
from models.items.instruction import Instruction, InstructionReply, InstructionState
from models.items.item import Deadline, WorkItem
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.ladder.light import Light
from models.papers.document import Document, DocumentKind
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person, Post, Role
from tasks.acting.authorize import permitted, seats
from tasks.ladder.extent import within
from tasks.lists.await_decision import waiting
from tasks.lists.item_line import ItemLine
from tasks.lists.list_standing import list_standing, open_days, overdue_days, titled
from tasks.papers.brief import Brief, InstructionRow, NextRow, RedRow, WaitingRow
from tasks.papers.draw_up import draw_up_once
from tasks.papers.facts import to_facts
from tasks.people.find import find_role
from tasks.wording.days import short_day

NEXT_DAYS = 10
"""Working days the brief looks ahead."""
CLOSED_DAYS = 30
"""Calendar days for which an instruction that was closed is still told."""


def compile_brief(
    session: Session, plan: AnnualPlan, person: Person, *, by: Actor, calendar: WorkCalendar, again: bool = False
) -> Document:
    """The person's brief on the day of the act: of the organ's items of all years, kept with the plan.

    A day has one; a second call returns the first one's, unless it would say something else by now and `again`
    asks for another. Raises ForbiddenError, and BadInputError for somebody who holds no post on the day.
    """
    organ = session.get_one(Organ, plan.organ_id)
    content = gather_brief(session, organ, person, by=by, calendar=calendar)
    return draw_up_once(
        session,
        plan,
        by=by,
        action=Action.BRIEF,
        kind=DocumentKind.BRIEF,
        about=f"brief:{by.on}:{person.id}",
        title=f"督办工作简报（{person.name}，{by.on}）",
        facts=to_facts(content),
        again=again,
    )


def first_reader(session: Session, organ: Organ, on: dt.date) -> Person:
    """The organ's first responsible person on the day. Raises NotFoundError where the post is vacant."""
    found = find_role(session, organ, Role.FIRST_RESPONSIBLE, on)
    if found is None:
        raise NotFoundError(f"{organ.name}在 {on} 没有在任的{Role.FIRST_RESPONSIBLE.label}：请先在“人员”中登记。")
    return found


@dataclass(frozen=True)
class _Reader:
    """Whom the brief is for, on a day."""

    session: Session
    organ: Organ
    person: Person
    me: Actor

    @property
    def on(self) -> dt.date:
        return self.me.on


def gather_brief(session: Session, organ: Organ, person: Person, *, by: Actor, calendar: WorkCalendar) -> Brief:
    """The brief of the organ's items of all years for the person on `by.on`: no more than the person may see at
    `by.present`.

    Raises BadInputError for somebody who holds no post then.
    """
    me, on = replace(by, name=person.name, person_id=person.id), by.on
    filled = seats(session, me)
    if not filled:
        raise BadInputError(f"{person.name}在 {me.present} 没有在任的岗位，没有可呈报的简报。")
    reader = _Reader(session, organ, person, me)
    seen = select(WorkItem.id).where(within(organ), of_plan(), permitted(session, me, Action.VIEW))
    visible = set(session.exec(seen))
    lines = {line.id: line for line in list_standing(session, organ, on=on, calendar=calendar) if line.id in visible}
    red = tuple(_red(reader, lines.values(), calendar))
    asked = tuple(_waiting(reader))
    given = _instructions(reader)
    post = session.get_one(Post, filled[0].post_id)
    following = open_days(session, organ, first=on, last=calendar.add(on, NEXT_DAYS), on=on)
    return Brief(
        organ=organ.name,
        person=f"{person.name}（{post.title}）",
        on=on,
        red=len(red),
        waiting=len(asked),
        unanswered=sum(one.unanswered for one in given),
        red_rows=red,
        waiting_rows=asked,
        instruction_rows=tuple(_told(one, on) for one in given),
        next_rows=tuple(
            NextRow(day.due_on, line.number_in(on.year), titled(line, day), line.answerable)
            for day in following
            if (line := lines.get(day.item_id)) is not None and line.runs
        ),
    )


def _red(reader: _Reader, lines: Iterable[ItemLine], calendar: WorkCalendar) -> Iterator[RedRow]:
    """What is overdue, longest first, then what is far behind its plan."""
    late = overdue_days(reader.session, reader.organ, on=reader.on)
    overdue = [(late[line.id], line) for line in lines if line.light is Light.RED]
    for day, line in sorted(overdue, key=lambda pair: (pair[0].due_on, pair[1].id)):
        words = distance(day.due_on, on=reader.on, calendar=calendar)
        yield RedRow(line.number_in(reader.on.year), titled(line, day), line.answerable, words)
    for line in lines:
        if line.light is Light.BEHIND:
            yield RedRow(line.number_in(reader.on.year), line.title, line.answerable, line.light.label)


def _waiting(reader: _Reader) -> Iterator[WaitingRow]:
    """What waits for the reader, by the rule that every list goes by."""
    for one in waiting(reader.session, reader.organ, by=reader.me):
        until = f"（延至{short_day(one.proposed_on, beside=reader.on)}）" if one.proposed_on else ""
        yield WaitingRow(one.kind.label, f"{one.title}{until}", one.asked_by or "", one.since)


@dataclass(frozen=True)
class _Given:
    """One instruction of the reader with its last reply."""

    instruction: Instruction
    title: str
    due_on: dt.date
    reply: InstructionReply | None
    replier: str | None

    @property
    def open(self) -> bool:
        return self.instruction.state is not InstructionState.CLOSED

    @property
    def unanswered(self) -> bool:
        return self.instruction.state in (InstructionState.GIVEN, InstructionState.SIGNED)


def _instructions(reader: _Reader) -> list[_Given]:
    """Those open, and those closed lately: overdue ones first, then by their day; what is closed comes last."""
    earlier = aliased(InstructionReply)
    newest = (
        select(func.max(earlier.id))
        .where(earlier.instruction_id == Instruction.id, earlier.on <= reader.on)
        .scalar_subquery()
    )
    lately = col(Instruction.closed_on) >= reader.on - dt.timedelta(days=CLOSED_DAYS)
    rows = reader.session.execute(
        sa.select(Instruction, col(WorkItem.title), col(Deadline.due_on), InstructionReply, col(Person.name))
        .join(WorkItem, col(WorkItem.id) == Instruction.item_id)
        .join(Deadline, col(Deadline.id) == Instruction.deadline_id)
        .outerjoin(InstructionReply, col(InstructionReply.id) == newest)
        .outerjoin(Person, col(Person.id) == InstructionReply.person_id)
        .where(within(reader.organ), col(Instruction.on) <= reader.on)
        .where(or_(col(Instruction.person_id) == reader.person.id, col(Instruction.for_id) == reader.person.id))
        .where(or_(col(Instruction.state) != InstructionState.CLOSED, lately))
        .order_by(col(Deadline.due_on), col(Instruction.id))
    )
    return sorted((_Given(*row) for row in rows), key=lambda one: not one.open)


def _told(given: _Given, on: dt.date) -> InstructionRow:
    instruction, reply = given.instruction, given.reply
    state = instruction.state.label
    if given.unanswered and given.due_on < on:
        state = "逾期未签收" if instruction.state is InstructionState.GIVEN else "逾期未办结"
    if not given.open:
        outcome = instruction.outcome or ""
    elif reply is not None:
        outcome = f"{given.replier}{short_day(reply.on, beside=on)}反馈：{reply.text}"
    else:
        outcome = "尚无反馈"
    return InstructionRow(instruction.on, instruction.text, given.title, given.due_on, state, outcome)
