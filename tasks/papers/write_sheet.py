"""What a 督办单 says about an item: gathered from rows once, kept as the document's facts."""

import datetime as dt

from sqlmodel import Session, col, select

from models.actor import Actor
from models.dates.day_override import office_calendar
from models.errors import BadInputError
from models.items.explanation import distance
from models.items.instruction import Instruction
from models.items.item import Deadline, DeadlineKind, ItemLeader, ItemUnit, WorkItem
from models.ladder.policy import Colour, Policy, ReportingCycle
from models.people.organ import Organ
from models.people.person import Person, Role
from tasks.acting.perform import policy_of
from tasks.ladder.status import post_holders
from tasks.papers.supervision_sheet import SupervisionSheet
from tasks.people.people_of import contact_of, holder_of, unit_of

REPLY_DAYS = 3
"""Working days within which a unit replies to a sheet."""


def escalation_sheet(
    session: Session, item: WorkItem, deadline: Deadline, *, kind: str, colour: Colour, by: Actor
) -> SupervisionSheet:
    """The sheet of a rung that carries one (督办单 in its colour), as things stand on the day."""
    calendar = office_calendar(session, organ_id=item.organ_id)
    return _sheet(
        session, item, deadline, kind=kind, colour=colour, by=by,
        content=item.deliverable or item.title, instructing="",
        requirement="请查明原因，采取措施，按期办结；在回复期限前书面反馈办理情况、存在问题和下一步安排。",
        reply_by=calendar.add(by.on, REPLY_DAYS),
    )  # fmt: skip


def instruction_sheet(
    session: Session, item: WorkItem, instruction: Instruction, *, due_on: dt.date, by: Actor
) -> SupervisionSheet:
    """The sheet that carries a leader's instruction to whoever does the item."""
    return _sheet(
        session, item, session.get_one(Deadline, instruction.deadline_id), kind="督办单", colour=Colour.NONE, by=by,
        content=instruction.text, instructing=session.get_one(Person, instruction.person_id).name,
        requirement="请按批示要求办理，并在时限前反馈办理结果。", reply_by=due_on,
    )  # fmt: skip


def item_sheet(session: Session, item: WorkItem, *, by: Actor) -> SupervisionSheet:
    """The sheet of any item as it stands on the day, about its next open day or else its last: to be looked at and
    printed, without a number, for nothing is issued.

    Raises BadInputError for an item that has no day yet.
    """
    own = select(Deadline).where(Deadline.item_id == item.id, Deadline.kind != DeadlineKind.INSTRUCTION)
    days = session.exec(own.order_by(col(Deadline.due_on), col(Deadline.id))).all()
    if not days:
        raise BadInputError(f"任务 {item.number} 还没有时限，没有督办单：下达之后才有。")
    deadline = next((one for one in days if one.done_on is None), days[-1])
    return escalation_sheet(session, item, deadline, kind="督办单", colour=Colour.NONE, by=by)


def _sheet(
    session: Session, item: WorkItem, deadline: Deadline, *, kind: str, colour: Colour, by: Actor, content: str,
    instructing: str, requirement: str, reply_by: dt.date,
) -> SupervisionSheet:  # fmt: skip
    organ = session.get_one(Organ, item.organ_id)
    lead = holder_of(session, item, Role.LEADER, by.on)
    contact = contact_of(session, organ, by)
    further = session.exec(
        select(ItemLeader.post_id).where(ItemLeader.item_id == item.id).order_by(col(ItemLeader.ordinal))
    ).all()
    holders = post_holders(session, set(further), on=by.on)
    units = session.exec(select(ItemUnit.text).where(ItemUnit.item_id == item.id).order_by(col(ItemUnit.ordinal))).all()
    overdue = deadline.done_on is None and deadline.due_on < by.on
    calendar = office_calendar(session, organ_id=item.organ_id)
    return SupervisionSheet(
        organ=organ.name,
        kind=kind,
        number="",
        colour=colour,
        matter=item.title + (f"【{deadline.title}】" if deadline.title else ""),
        content=content,
        instructing_leaders=instructing,
        lead_leader=lead.name if lead else "",
        cooperating_leaders="、".join(holders[post] for post in further if post in holders),
        lead_unit=unit_of(session, item),
        cooperating_units=tuple(units),
        due_on=deadline.due_on,
        original_due_on=deadline.original_due_on if deadline.original_due_on != deadline.due_on else None,
        overdue_words=distance(deadline.due_on, on=by.on, calendar=calendar) if overdue else "",
        feedback=_feedback(policy_of(session, item)),
        contact=contact.name if contact else "",
        phone=(contact.mobile if contact else None) or "",
        requirement=requirement,
        issued_on=by.on,
        reply_by=reply_by,
    )


def _feedback(policy: Policy) -> str:
    """反馈周期 in words."""
    match policy.filling:
        case ReportingCycle.NONE:
            return "一次性反馈"
        case ReportingCycle.WEEKLY:
            return "每周反馈一次"
        case ReportingCycle.MONTHLY:
            return f"每月{policy.filling_day}日前反馈"
        case ReportingCycle.QUARTERLY:
            return f"每季度末月{policy.filling_day}日前反馈"
