"""The way of a year-end report from its draft to the archive, as one table: which act leads from where to where.

起草 → 征求意见 → 法制审核 → 保密审查 → 领导审签 → 报送 → 公开 → 归档, and back with a reason. Who may act stands in
`models.people.permission`; `tasks.report.filing.step` is the one place that applies both.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from models.coded import Coded, coded
from models.dates.days import last_of
from models.people.permission import Action
from models.row import Row


class FilingState(Coded):
    """The step a report waits at."""

    DRAFTING = "drafting", "起草"
    CONSULTING = "consulting", "征求意见"
    LEGAL_REVIEW = "legal_review", "法制审核"
    SECRECY_REVIEW = "secrecy_review", "保密审查"
    SIGN_OFF = "sign_off", "领导审签"
    FILING = "filing", "报送"
    PUBLISHING = "publishing", "公开"
    ARCHIVED = "archived", "归档"


class FilingAct(Coded):
    """What somebody does to bring a report on its way."""

    SUBMIT = "submit", "送审"
    CONSULT = "consult", "征求意见"
    OPINE = "opine", "反馈意见"
    SETTLE = "settle", "处理意见"
    FORWARD = "forward", "送法制审核"
    PASS_LEGAL = "pass_legal", "通过法制审核"
    PASS_SECRECY = "pass_secrecy", "通过保密审查"
    SIGN = "sign", "审签"
    ADDRESS = "address", "调整报送对象"
    SEND = "send", "报送"
    RECEIPT = "receipt", "登记回执"
    PUBLISH = "publish", "公开"
    ARCHIVE = "archive", "归档"
    RETURN = "return", "退回"


@dataclass(frozen=True)
class FilingTransition:
    """One line of the table. The new state is one of `to`, which the act chooses; none means the state stays."""

    action: Action
    """By whose grant it may be done."""
    sources: tuple[FilingState, ...]
    to: tuple[FilingState, ...] = ()
    guard: str = ""
    """The further condition, in words."""


_S = FilingState
ORDER = tuple(FilingState)
"""The steps as a report passes them."""

FLOW: Mapping[FilingAct, FilingTransition] = {
    FilingAct.SUBMIT: FilingTransition(
        Action.REPORT_SUBMIT, (_S.DRAFTING,), (_S.CONSULTING,), "有编好的版本，有主送，没有密级标志、待核和未处理的批注"
    ),
    FilingAct.CONSULT: FilingTransition(Action.REPORT_CONSULT, (_S.CONSULTING,), (), "同一科室没有未反馈的征求"),
    FilingAct.OPINE: FilingTransition(Action.REPORT_OPINE, (_S.DRAFTING, _S.CONSULTING), (), "本科室有未反馈的征求"),
    FilingAct.SETTLE: FilingTransition(
        Action.REPORT_CONSULT, (_S.DRAFTING, _S.CONSULTING), (), "意见已反馈、尚未处理；不采纳的写明理由"
    ),
    FilingAct.FORWARD: FilingTransition(
        Action.REPORT_SUBMIT, (_S.CONSULTING,), (_S.LEGAL_REVIEW,), "意见都已处理，未反馈的写明理由"
    ),
    FilingAct.PASS_LEGAL: FilingTransition(
        Action.LEGAL_REVIEW, (_S.LEGAL_REVIEW,), (_S.SECRECY_REVIEW,), "没有编制、修改、送审、送法制审核，写明审核意见"
    ),
    FilingAct.PASS_SECRECY: FilingTransition(
        Action.SECRECY_REVIEW,
        (_S.SECRECY_REVIEW,),
        (_S.SIGN_OFF,),
        "没有编制、修改、送审、送法制审核，未作法制审核；没有密级标志；有待核的写明理由",
    ),
    FilingAct.SIGN: FilingTransition(
        Action.REPORT_SIGN,
        (_S.SIGN_OFF,),
        (_S.FILING,),
        "没有编制、修改、送审、审核这一版；版本未被改动；有待看问题的写明接受的理由",
    ),
    FilingAct.ADDRESS: FilingTransition(
        Action.REPORT_FILE,
        tuple(one for one in ORDER[1:] if one is not _S.ARCHIVED),
        (_S.PUBLISHING,),
        "尚未报送的对象才能去掉",
    ),
    FilingAct.SEND: FilingTransition(
        Action.REPORT_FILE, (_S.FILING, _S.PUBLISHING), (_S.FILING, _S.PUBLISHING), "已审签，版本未被改动"
    ),
    FilingAct.RECEIPT: FilingTransition(Action.REPORT_FILE, (_S.FILING, _S.PUBLISHING), (), "已报送该对象"),
    FilingAct.PUBLISH: FilingTransition(Action.REPORT_PUBLISH, (_S.PUBLISHING,), (), "主送都已报送，版本未被改动"),
    FilingAct.ARCHIVE: FilingTransition(Action.REPORT_ARCHIVE, (_S.PUBLISHING,), (_S.ARCHIVED,), "已公开"),
    FilingAct.RETURN: FilingTransition(
        Action.REPORT_RETURN, ORDER[1:-1], ORDER[:-2], "写明理由；退到前面的环节"
    ),
}  # fmt: skip


def legal_last_day(year: int) -> dt.date:
    """The last day on which the report of `year` is filed in time: before 1 March (督察工作规定)."""
    return last_of("month", dt.date(year + 1, 2, 1))


def public_last_day(year: int) -> dt.date:
    """The last day on which it is made public in time: before 1 April (督察工作规定)."""
    return dt.date(year + 1, 3, 31)


def enforcement_last_day(year: int) -> dt.date:
    """The last day on which the yearly tables of enforcement are made public in time (国办发〔2018〕118号)."""
    return dt.date(year + 1, 1, 31)


class Filing(Row, table=True):
    """Where a year's report stands. The version named is the one sent on last; its content may not change any more."""

    __table_args__ = (UniqueConstraint("organ_id", "year"),)

    id: int | None = Field(default=None, primary_key=True)
    organ_id: int = Field(foreign_key="organ.id")
    year: int
    """Of the report."""
    state: FilingState = Field(default=FilingState.DRAFTING, sa_type=coded(FilingState))
    round: int = 0
    """How often it was sent on."""
    steps: int = 0
    """How many rows its log has."""
    report_id: int | None = Field(default=None, foreign_key="report.id")
    content_hash: str | None = Field(default=None, max_length=64)
    approved_on: dt.date | None = None
    """The day this version was signed off; a return before the sign-off takes it away, the log keeps it."""
    delivered_on: dt.date | None = None
    """The day the report first was with everybody it is addressed to: it stays, whatever is corrected later."""
    published_on: dt.date | None = None
    """The day it first was public: it stays."""
    archive_number: str | None = Field(default=None, max_length=100)
    archive_place: str | None = Field(default=None, max_length=200)
    archived_on: dt.date | None = None

    @property
    def filed_late(self) -> bool:
        """Whether it was filed, and not in time."""
        return self.delivered_on is not None and self.delivered_on > legal_last_day(self.year)

    @property
    def published_late(self) -> bool:
        """Whether it was made public, and not in time."""
        return self.published_on is not None and self.published_on > public_last_day(self.year)


class FilingStep(Row, table=True):
    """One act, in the order in which things were done; never changed."""

    __tablename__ = "filing_step"
    __table_args__ = (UniqueConstraint("filing_id", "ordinal"),)

    id: int | None = Field(default=None, primary_key=True)
    filing_id: int = Field(foreign_key="filing.id")
    ordinal: int
    deed: FilingAct = Field(sa_type=coded(FilingAct))
    round: int
    from_state: FilingState = Field(sa_type=coded(FilingState))
    to_state: FilingState = Field(sa_type=coded(FilingState))
    person_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    """The person stood in for."""
    on: dt.date
    at: dt.datetime
    reason: str | None = Field(default=None, max_length=1000)
    """The opinion or reason given."""
    about: str | None = Field(default=None, max_length=300)
    """Whom or what it concerned: a department, an addressee, an address."""
    report_id: int | None = Field(default=None, foreign_key="report.id")
    content_hash: str | None = Field(default=None, max_length=64)
    findings: list[str] = Field(default_factory=list, sa_type=JSON)
    """What was found beforehand and accepted with the reason."""
