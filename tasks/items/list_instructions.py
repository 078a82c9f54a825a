"""The instructions of a year as a person may see them, with what came of each."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.actor import Actor
from models.instruction import Instruction, InstructionReply, InstructionState
from models.item import Deadline, WorkItem
from models.permission import Action
from models.person import Person
from models.plan import AnnualPlan
from tasks.acting.authorize import permitted


def list_instructions(session: Session, plan: AnnualPlan, *, by: Actor) -> list[dict[str, Any]]:
    """Instructions on items of the plan that `by` may see, in the order in which they were given."""
    rows = session.execute(
        sa.select(Instruction, WorkItem.number, WorkItem.title, Deadline.due_on, Person.name)  # type: ignore[call-overload]
        .join(WorkItem, col(WorkItem.id) == Instruction.item_id)
        .join(Deadline, col(Deadline.id) == Instruction.deadline_id)
        .join(Person, col(Person.id) == Instruction.person_id)
        .where(WorkItem.plan_id == plan.id, permitted(session, by, Action.VIEW), col(Instruction.on) <= by.on)
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
            "overdue": given.state is not InstructionState.CLOSED and due_on < by.on,
            "last_reply": replies.get(given.id),
            "outcome": given.outcome,
        }
        for given, number, title, due_on, person in rows
    ]
