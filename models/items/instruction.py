"""Instructions (批示): a leader's word on an item, with its own day, receipt, replies and closure."""

import datetime as dt

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from models.coded import Coded, coded
from models.people.personal_duty import Duty
from models.row import Row


class InstructionState(Coded):
    """Where an instruction stands: what is answered lies with the leader, who closes it or asks for more."""

    GIVEN = "given", "待签收"
    SIGNED = "signed", "办理中"
    ANSWERED = "answered", "待办结"
    CLOSED = "closed", "已办结"


class Hearers(Coded):
    """Who hears of an instruction at once."""

    BOTH = "both", "承办人和分管领导"
    HANDLER = "handler", "只告知承办人"


class Instruction(Row, table=True):
    """One instruction; its day is a deadline of the item, so that it is reminded of and escalated like any.

    A free-standing one has an item of its own, made with it (一事一项), and the end of that item for its day.
    `notice_id` is the escalation it answers.
    """

    __table_args__ = (Index("ix_instruction_organ_id_on", "organ_id", "on"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    item_id: int = Field(foreign_key="work_item.id", index=True)
    deadline_id: int = Field(foreign_key="deadline.id", index=True)
    notice_id: int | None = Field(default=None, foreign_key="notice.id", index=True)
    document_id: int | None = Field(default=None, foreign_key="document.id")
    person_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    kind: Duty = Field(sa_type=coded(Duty))
    on: dt.date
    text: str = Field(max_length=2000)
    state: InstructionState = Field(default=InstructionState.GIVEN, sa_type=coded(InstructionState))
    signed_by_id: int | None = Field(default=None, foreign_key="person.id")
    signed_on: dt.date | None = None
    closed_by_id: int | None = Field(default=None, foreign_key="person.id")
    closed_on: dt.date | None = None
    outcome: str | None = Field(default=None, max_length=1000)
    """What came of it, in the words of whoever closed it."""
    recorded_at: dt.datetime


class InstructionCopy(Row, table=True):
    """A person, whatever post that is, who is sent a copy (抄送): sees the item, and has nothing to do about it."""

    __tablename__ = "instruction_copy"
    __table_args__ = (UniqueConstraint("instruction_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    instruction_id: int = Field(foreign_key="instruction.id")
    person_id: int = Field(foreign_key="person.id", index=True)


class InstructionReply(Row, table=True):
    """What was reported back on an instruction."""

    __tablename__ = "instruction_reply"

    id: int | None = Field(default=None, primary_key=True)
    instruction_id: int = Field(foreign_key="instruction.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    on: dt.date
    text: str = Field(max_length=4000)
    more: str | None = Field(default=None, max_length=2000)
    """What the leader wants besides, where the answer did not do (要求补充); by whom, for whom and when."""
    more_by_id: int | None = Field(default=None, foreign_key="person.id")
    more_for_id: int | None = Field(default=None, foreign_key="person.id")
    more_on: dt.date | None = None
    recorded_at: dt.datetime
