"""What goes along with a report on its way: departments asked, those it is addressed to, where it was published."""

import datetime as dt

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, text

from models.coded import Coded, coded
from models.report.filing import FilingState
from models.row import Row


class Adoption(Coded):
    """What became of a department's opinion."""

    YES = "yes", "采纳"
    PARTLY = "partly", "部分采纳"
    NO = "no", "不采纳"


class Consultation(Row, table=True):
    """One department asked for its opinion on a version; asked again it is a further row, one open at a time."""

    __table_args__ = (
        Index(
            "uq_consultation_open",
            "filing_id",
            "department_id",
            unique=True,
            sqlite_where=text("replied_on IS NULL AND waived_on IS NULL"),
            postgresql_where=text("replied_on IS NULL AND waived_on IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    filing_id: int = Field(foreign_key="filing.id", index=True)
    department_id: int = Field(foreign_key="department.id")
    report_id: int = Field(foreign_key="report.id")
    """The version it was asked about."""
    item_id: int | None = Field(default=None, foreign_key="work_item.id")
    """The sub-item by which its day is watched, where the year's list has an item for the report."""
    consulted_on: dt.date
    asked_by_id: int = Field(foreign_key="person.id")
    due_on: dt.date
    opinion: str | None = Field(default=None, max_length=2000)
    """None once it has replied: it has no objection."""
    replied_on: dt.date | None = None
    person_id: int | None = Field(default=None, foreign_key="person.id")
    """Who replied for the department."""
    for_id: int | None = Field(default=None, foreign_key="person.id")
    adoption: Adoption | None = Field(default=None, sa_type=coded(Adoption))
    reason: str | None = Field(default=None, max_length=1000)
    """How it was taken up, or why not; of one that never came, why it was not waited for."""
    settled_on: dt.date | None = None
    settled_by_id: int | None = Field(default=None, foreign_key="person.id")
    waived_on: dt.date | None = None
    """The day on which it was waited for no longer."""

    @property
    def open(self) -> bool:
        """Whether the department still owes its opinion."""
        return self.replied_on is None and self.waived_on is None

    @property
    def unsettled(self) -> bool:
        """Whether it said something that nobody has dealt with."""
        return self.replied_on is not None and self.opinion is not None and self.settled_on is None

    def late(self, on: dt.date) -> bool:
        """Whether its day passed before it replied."""
        return (self.replied_on or self.waived_on or on) > self.due_on


class AddresseeKind(Coded):
    """Whom a report is for, and who gets a copy."""

    MAIN = "main", "主送"
    COPY = "copy", "抄送"


class Addressee(Row, table=True):
    """One who gets the report, in one round of it: a report that was returned and sent on anew is filed anew."""

    __table_args__ = (UniqueConstraint("filing_id", "round", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    filing_id: int = Field(foreign_key="filing.id")
    round: int
    kind: AddresseeKind = Field(sa_type=coded(AddresseeKind))
    name: str = Field(max_length=100)
    sent_on: dt.date | None = None
    way: str | None = Field(default=None, max_length=100)
    """How it was sent: 机要交换, 公文系统, 专人送达."""
    sent_by_id: int | None = Field(default=None, foreign_key="person.id")
    receipt_on: dt.date | None = None
    receipt_number: str | None = Field(default=None, max_length=100)
    evidence_id: int | None = Field(default=None, foreign_key="evidence.id")
    """The receipt itself."""
    dropped: str | None = Field(default=None, max_length=300)
    """Why it is not sent there after all."""


class Publication(Row, table=True):
    """One place at which the public edition can be read."""

    __table_args__ = (UniqueConstraint("filing_id", "round", "place"),)

    id: int | None = Field(default=None, primary_key=True)
    filing_id: int = Field(foreign_key="filing.id")
    round: int
    report_id: int = Field(foreign_key="report.id")
    place: str = Field(max_length=500)
    """An address on the net, or a newspaper with its page."""
    on: dt.date
    left_out: int
    """How many passages of the version the public edition leaves out."""
    sha256: str = Field(max_length=64)
    """Of the public edition as a document."""
    person_id: int = Field(foreign_key="person.id")


class ReportTerm(Row, table=True):
    """The organ's own day for its report, earlier than the law's."""

    __tablename__ = "report_term"
    __table_args__ = (UniqueConstraint("organ_id"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    own_day: str = Field(max_length=5)
    """Month and day of the year after the report's: `02-10`."""
    note: str | None = Field(default=None, max_length=300)
    """Who asks for it: 市司法局通知."""


class StepPost(Row, table=True):
    """Which post of the organ does a review of its reports, where it is not for all who may review."""

    __tablename__ = "step_post"
    __table_args__ = (UniqueConstraint("organ_id", "step"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    step: FilingState = Field(sa_type=coded(FilingState))
    post_id: int = Field(foreign_key="post.id")
