"""What one person proposes of the office's people and only a second one can bring about: an appointment, a stand-in."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field

from models.coded import Coded, coded
from models.row import Row


class ProposalKind(Coded):
    """What is proposed."""

    POST = "post", "任职"
    LEAVE = "leave", "请假代理"
    DEPUTY = "deputy", "代理人"


class ProposalState(Coded):
    """What became of it."""

    PENDING = "pending", "待确认"
    CONFIRMED = "confirmed", "已确认"
    DECLINED = "declined", "未予确认"
    WITHDRAWN = "withdrawn", "已撤回"


class StaffProposal(Row, table=True):
    """One proposal, by whom and why it needs a second person; never changed once it is decided.

    Of a post `person_id` is to hold it from `from_on`; of a leave or a deputy `person_id` is who is stood in for.
    """

    __tablename__ = "staff_proposal"
    __table_args__ = (Index("ix_staff_proposal_organ_id_state", "organ_id", "state"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    kind: ProposalKind = Field(sa_type=coded(ProposalKind))
    person_id: int = Field(foreign_key="person.id", index=True)
    post_id: int | None = Field(default=None, foreign_key="post.id", index=True)
    deputy_id: int | None = Field(default=None, foreign_key="person.id")
    from_on: dt.date | None = None
    until_on: dt.date | None = None
    why: str = Field(max_length=300)
    """Why it takes a second person."""
    proposed_by_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    """The person stood in for."""
    proposed_on: dt.date
    recorded_at: dt.datetime
    state: ProposalState = Field(default=ProposalState.PENDING, sa_type=coded(ProposalState))
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    """Nobody: the administrator at the machine."""
    decided_for_id: int | None = Field(default=None, foreign_key="person.id")
    decided_on: dt.date | None = None
    answer: str | None = Field(default=None, max_length=1000)
    """Why it was declined."""
