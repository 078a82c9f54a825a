"""Leaders who let an answer to their instruction lie for longer than the policy has it are told so, once an answer."""

import logging
from itertools import groupby

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.database import key
from models.dates.workdays import WorkCalendar
from models.engine.problem import OrganProblem, note_problem
from models.engine.shard import EVERYBODY, Shard
from models.items.instruction import Instruction, InstructionReply, InstructionState
from models.items.item import Deadline, WorkItem
from models.items.plan import AnnualPlan
from models.ladder.notice import Notice, NoticeKind
from models.ladder.policy import Policy
from models.people.organ import Organ
from models.people.person import Person, Role
from tasks.acting.audit import recorded
from tasks.notices.tell import tell

log = logging.getLogger(__name__)


def remind_leaders(
    session: Session,
    *,
    by: Actor,
    calendar: WorkCalendar,
    problems: list[OrganProblem],
    shard: Shard = EVERYBODY,
) -> None:
    """Tell each leader of the answers that have waited for longer, in the shard's organs; an organ that it fails for
    joins the problems.
    """
    newest = (
        select(func.max(InstructionReply.id))
        .where(InstructionReply.instruction_id == Instruction.id)
        .correlate(Instruction)
        .scalar_subquery()
    )
    told = sa.exists().where(
        col(Notice.subject) == sa.literal("answered:").concat(sa.cast(InstructionReply.id, sa.String))
    )
    rows = session.execute(
        sa.select(  # type: ignore[call-overload]
            Organ, Instruction, InstructionReply, WorkItem, Person.name, Deadline.claimed_on, Policy
        )
        .join(InstructionReply, col(InstructionReply.id) == newest)
        .join(Person, col(Person.id) == InstructionReply.person_id)
        .join(WorkItem, col(WorkItem.id) == Instruction.item_id)
        .join(Deadline, col(Deadline.id) == Instruction.deadline_id)
        .join(AnnualPlan, col(AnnualPlan.id) == WorkItem.plan_id)
        .join(Policy, col(Policy.id) == AnnualPlan.policy_id)
        .join(Organ, col(Organ.id) == WorkItem.organ_id)
        .where(col(Instruction.state) == InstructionState.ANSWERED, col(Deadline.claimed_on) < by.on, ~told)
        .where(shard.holds(Organ.id))
        .order_by(col(Organ.id), col(Instruction.id))
    ).all()
    late = [row for row in rows if calendar.between(row.claimed_on, by.on) > row.Policy.instruction_close_days]
    for organ, waiting in groupby(late, lambda row: row.Organ):
        try:
            with session.begin_nested(), recorded(session, by, "supervise", organ_id=organ.id) as record:
                lines = list(waiting)
                record.after["raised"] = len(lines)
                for _, given, answer, item, answerer, answered_on, _policy in lines:
                    days = calendar.between(answered_on, by.on)
                    tell(
                        session, item, role=Role.LEADER, kind=NoticeKind.APPROVAL, subject=f"answered:{answer.id}",
                        what=(f"{answerer} {answered_on} 反馈您的批示，已{days}个工作日，待您办结或要求补充："
f"{answer.text}"),
                        by=by, person_id=given.person_id, deadline_id=given.deadline_id,
                    )  # fmt: skip
        except Exception as error:
            log.exception("未能提醒待办结的批示", extra={"action": "remind_leaders_failed"})
            if organ.name not in {problem.organ for problem in problems}:
                problems.append(note_problem("每日督办", key(organ.id), organ.name, error))
