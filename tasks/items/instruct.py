"""Instructions (批示): given by a leader, upon an item or free-standing; found and listed.

Each has a day of its own on the item, watched by the same ladder: an instruction overdue escalates like any item.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from models.actor import Actor, Channel
from models.database import key
from models.dates.rest_day import RestDay
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.instruction import Hearers, Instruction, InstructionCopy, InstructionReply, InstructionState
from models.items.item import Deadline, DeadlineKind, ItemState, WorkItem
from models.items.plan import AnnualPlan, Project
from models.items.receipt import Receipt
from models.ladder.notice import Notice, NoticeKind, Via
from models.ledgers.leadership_act import LeadershipAct
from models.papers.document import Document, DocumentKind
from models.people.organ import Department
from models.people.permission import Action
from models.people.person import Person, Role
from models.people.personal_duty import Duty
from models.typed_text import words
from tasks.acting.audit import recorded
from tasks.acting.authorize import authorize_organ, permitted
from tasks.acting.perform import performing
from tasks.items.instruction_day import instruction_day
from tasks.items.transfer import post_in_office
from tasks.ladder.arm import refresh_due
from tasks.notices.tell import tell, tell_copied
from tasks.papers.draw_up import draw_up
from tasks.papers.facts import to_facts
from tasks.papers.write_sheet import instruction_sheet
from tasks.people.people_of import reached_by

PROJECT = "领导批示交办"
"""Where the items of free-standing instructions stand in the year's list."""


@dataclass(frozen=True)
class Given:
    """An instruction with the sheet that carries it (督办单)."""

    instruction: Instruction
    item: WorkItem
    document: Document


def instruct(
    session: Session,
    item: WorkItem,
    *,
    by: Actor,
    content: str,
    due_on: dt.date | None = None,
    term: str | None = None,
    rest: RestDay | None = None,
    hear: Hearers = Hearers.BOTH,
    kind: Duty = Duty.SUPERVISE,
    notice: Notice | None = None,
    copies: Sequence[Person] = (),
) -> Given:
    """Give an instruction on an item, due on `due_on` or by the preset `term`; with `notice`, in answer to that
    escalation.

    It is one of the leader's acts (四个亲自) of `kind`, carries a numbered sheet, and is told at once to the handler,
    and to the leader in charge as `hear` says. The `copies` go to persons who hear of it and may read the item; there
    is nothing for them to do. Raises BadInputError for no words, a notice about another item, a copy to somebody who
    hears anyway or has no post that reads items, and as `instruction_day` does.
    """
    return _given(
        session, item, None, by=by, content=content, due_on=due_on, term=term, rest=rest, hear=hear, kind=kind,
        notice=notice, copies=copies,
    )  # fmt: skip


def _given(
    session: Session,
    item: WorkItem,
    deadline: Deadline | None,
    *,
    by: Actor,
    content: str,
    due_on: dt.date | None,
    hear: Hearers,
    kind: Duty,
    term: str | None = None,
    rest: RestDay | None = None,
    notice: Notice | None = None,
    copies: Sequence[Person] = (),
) -> Given:
    """The instruction with `deadline` for its day, else with one of its own."""
    with performing(session, by, Action.INSTRUCT, item, reason=content) as deed:
        content = words(content, "批示内容", longest=2000)
        plan = session.get_one(AnnualPlan, item.plan_id)
        day = (
            deadline.due_on if deadline else instruction_day(session, plan, by=by, due_on=due_on, term=term, rest=rest)
        )
        if notice is not None and notice.item_id != item.id:
            raise BadInputError(f"通知 {notice.id} 说的不是任务 {item.number}。")
        if deadline is None:
            given = select(func.count(col(Instruction.id))).where(Instruction.item_id == item.id)
            deadline = Deadline(
                item_id=key(item.id),
                kind=DeadlineKind.INSTRUCTION,
                title=f"批示{session.exec(given).one() + 1}",
                due_on=day,
                original_due_on=day,
                policy_id=plan.policy_id,
                look_on=by.on,
            )
            session.add(deadline)
            session.flush()
        instruction = Instruction(
            organ_id=item.organ_id,
            item_id=key(item.id),
            deadline_id=key(deadline.id),
            notice_id=notice.id if notice else None,
            person_id=deed.person_id,
            for_id=deed.for_id,
            kind=kind,
            on=by.on,
            text=content,
            recorded_at=by.now,
        )
        session.add(instruction)
        session.flush()
        document = draw_up(
            session, organ_id=item.organ_id, kind=DocumentKind.SHEET, title=f"领导批示督办单：{item.title}",
            issued_on=by.on, by=by, item_id=item.id, about=f"instruction:{instruction.id}",
            facts=to_facts(instruction_sheet(session, item, instruction, due_on=day, by=by)),
        )  # fmt: skip
        instruction.document_id = document.id
        session.add(
            LeadershipAct(
                organ_id=item.organ_id,
                person_id=deed.person_id,
                item_id=item.id,
                instruction_id=instruction.id,
                kind=kind,
                on=by.on,
                text=f"就“{item.title}”批示：{content}"[:2000],
                document_number=document.written_number,
                recorded_at=by.now,
            )
        )
        refresh_due(session, item)
        about = f"instruction:{instruction.id}"
        hearers = {Role.HANDLER: about} | ({Role.LEADER: f"{about}:leader"} if hear is Hearers.BOTH else {})
        for role, subject in hearers.items():
            tell(
                session, item, role=role, kind=NoticeKind.INSTRUCTION, subject=subject, by=by, deadline_id=deadline.id,
                what=f"{by.name}批示（{document.written_number}），请于 {day} 前办结：{content}",
            )  # fmt: skip
        told = {by.person_id, *(reached.id for role in hearers if (reached := reached_by(session, item, role, by.on)))}
        for person in {person.id: person for person in copies}.values():
            if person.id in told:
                raise BadInputError(f"抄送：{person.name}是批示人，或者已经即时告知，不必抄送。")
            session.add(InstructionCopy(instruction_id=key(instruction.id), person_id=key(person.id)))
            tell_copied(
                session, item, person, kind=NoticeKind.COPIED, subject=f"{about}:copy", by=by, via=Via.NAMED,
                deadline_id=deadline.id, what=f"{by.name}批示（{document.written_number}）：{content}",
            )  # fmt: skip
    return Given(instruction, item, document)


def instruct_freely(
    session: Session,
    plan: AnnualPlan,
    *,
    by: Actor,
    content: str,
    title: str,
    due_on: dt.date | None = None,
    term: str | None = None,
    rest: RestDay | None = None,
    department: Department | None = None,
    handler: Person | None = None,
    hear: Hearers = Hearers.BOTH,
    kind: Duty = Duty.SUPERVISE,
    copies: Sequence[Person] = (),
) -> Given:
    """Give an instruction that no item stands for yet: one is made for it and given to a department or a handler.

    Raises ForbiddenError for whoever does not lead the organ (or the department) and for a plan that is not issued,
    BadInputError for nobody named and as `instruction_day` does.
    """
    if plan.policy_id is None:
        raise ForbiddenError(f"{plan.year} 年度计划尚未下达，不能批示交办：请先在“年度计划”中下达。")
    post = post_in_office(session, handler, by, organ_id=plan.organ_id) if handler else None
    department_id = department.id if department else post.department_id if post else None
    if department_id is None and post is None:
        raise BadInputError(f"请写明批示交给哪个科室{by.hint('--department')}或哪位承办人{by.hint('--to')}。")
    due_on = instruction_day(session, plan, by=by, due_on=due_on, term=term, rest=rest)
    if by.person_id is None:
        authorize_organ(session, by, Action.INSTRUCT, plan.organ_id)
    with recorded(session, by, Action.INSTRUCT, organ_id=plan.organ_id, reason=content) as record:
        # Of two who instruct at once the second waits, and takes the same project and the next number.
        session.refresh(plan, with_for_update=True)
        project = session.exec(select(Project).where(Project.plan_id == plan.id, Project.name == PROJECT)).first()
        if project is None:
            last = session.exec(select(func.max(Project.ordinal)).where(Project.plan_id == plan.id)).one() or 0
            project = Project(plan_id=key(plan.id), ordinal=last + 1, name=PROJECT)
            session.add(project)
            session.flush()
        made = session.exec(select(func.count(col(WorkItem.id))).where(WorkItem.project_id == project.id)).one()
        item = WorkItem(
            plan_id=key(plan.id),
            organ_id=plan.organ_id,
            project_id=key(project.id),
            number=f"批{made + 1}",
            title=words(title, "批示事项", longest=1000),
            department_id=department_id,
            lead_text=department.name if department else None,
            handler_post_id=post.id if post else None,
            due_on=due_on,
            state=ItemState.ISSUED,
            issued_on=by.on,
        )
        session.add(item)
        session.flush()
        record.item_id = item.id
        deadline = Deadline(
            item_id=key(item.id), kind=DeadlineKind.FINAL, due_on=due_on, original_due_on=due_on,
            policy_id=plan.policy_id, look_on=by.on,
        )  # fmt: skip
        session.add(deadline)
        session.add(Receipt(item_id=key(item.id), assignment=1, department_id=department_id, issued_on=by.on))
        session.flush()
        # Whether this leader leads whoever is to do it shows on the item itself: refused, nothing of it stays.
        try:
            given = _given(
                session, item, deadline, by=by, content=content, due_on=due_on, hear=hear, kind=kind, copies=copies
            )
        except NotFoundError as error:
            # The item is there for the instruction alone: nobody asked for it by its number.
            unit = department.name if department else handler.name if handler else ""
            raise ForbiddenError(f"{by.name}不能向{unit}批示交办：可由其分管领导或第一责任人办理。") from error
        record.for_id = given.instruction.for_id
    return given


def newest_instruction(session: Session, item: WorkItem) -> Instruction | None:
    """The last instruction given for the item, where there is any."""
    given = select(Instruction).where(Instruction.item_id == item.id).order_by(col(Instruction.id).desc())
    return session.exec(given).first()


def find_instruction(session: Session, number: int) -> Instruction:
    """The instruction with this number. Raises NotFoundError."""
    found = session.get(Instruction, number)
    if found is None:
        raise unknown(number)
    return found


def unknown(number: int, by: Actor | None = None) -> NotFoundError:
    """What is said of an instruction there is not, and of one that is nobody's business here."""
    hint = "；可用 duban instruct list 查看" if by is None or by.channel is Channel.COMMAND else ""
    return NotFoundError(f"没有编号为 {number} 的批示，或者它不在您的查看范围内{hint}。")


def list_instructions(session: Session, plan: AnnualPlan, *, by: Actor) -> list[dict[str, Any]]:
    """Instructions on items of the plan that `by` may read, in the order in which they were given."""
    rows = session.execute(
        sa.select(Instruction, WorkItem.number, WorkItem.title, Deadline.due_on, Deadline.claimed_on, Person.name)  # type: ignore[call-overload]
        .join(WorkItem, col(WorkItem.id) == Instruction.item_id)
        .join(Deadline, col(Deadline.id) == Instruction.deadline_id)
        .join(Person, col(Person.id) == Instruction.person_id)
        .where(WorkItem.plan_id == plan.id, permitted(session, by, Action.READ), col(Instruction.on) <= by.on)
        .order_by(col(Instruction.id))
    ).all()
    replies = dict(
        session.exec(
            select(InstructionReply.instruction_id, InstructionReply.text)
            .where(col(InstructionReply.instruction_id).in_([row[0].id for row in rows]))
            .order_by(col(InstructionReply.id))
        ).all()
    )
    return [
        {
            "id": given.id,
            "on": given.on,
            "person": person,
            "kind": given.kind,
            "item": number,
            "title": title,
            "text": given.text,
            "due_on": due_on,
            "state": given.state,
            "overdue": given.state is not InstructionState.CLOSED and due_on < (answered_on or by.on),
            "last_reply": replies.get(given.id),
            "outcome": given.outcome,
        }
        for given, number, title, due_on, answered_on, person in rows
    ]
