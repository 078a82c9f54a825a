"""Reports on their way that wait for somebody: the step that is theirs to do, and opinions their department owes."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.actor import Actor
from models.people.organ import Department
from models.people.permission import GRANTS, Action
from models.report.filing import FLOW, Filing, FilingAct, FilingState
from models.report.filing_rows import Consultation
from tasks.acting.authorize import seats
from tasks.report.filing.consent_to_report import may_take

_NEXT = {
    FilingState.DRAFTING: FilingAct.SUBMIT,
    FilingState.CONSULTING: FilingAct.FORWARD,
    FilingState.LEGAL_REVIEW: FilingAct.PASS_LEGAL,
    FilingState.SECRECY_REVIEW: FilingAct.PASS_SECRECY,
    FilingState.SIGN_OFF: FilingAct.SIGN,
    FilingState.FILING: FilingAct.SEND,
    FilingState.PUBLISHING: FilingAct.PUBLISH,
}
"""What brings a report on from each step."""


@dataclass(frozen=True)
class WaitingFiling:
    """One thing that waits: in which year's report, and what to do in words."""

    year: int
    words: str


def waiting_filings(session: Session, organ_id: int, *, by: Actor) -> list[WaitingFiling]:
    """What waits for `by` among the organ's reports, the older year first."""
    filings = session.exec(
        select(Filing)
        .where(Filing.organ_id == organ_id, Filing.state != FilingState.ARCHIVED)
        .order_by(col(Filing.year))
    ).all()
    waiting: list[WaitingFiling] = []
    for filing in filings:
        act = _NEXT[filing.state]
        if may_take(session, by, filing, act):
            waiting.append(WaitingFiling(filing.year, f"现在“{filing.state.label}”，待您{act.label}"))
        waiting += [
            WaitingFiling(filing.year, f"{name}应于 {due_on} 前反馈意见") for name, due_on in _owed(session, filing, by)
        ]
    return waiting


def _owed(session: Session, filing: Filing, by: Actor) -> list[tuple[str, str]]:
    """The opinions that the departments of `by` still owe, with their days."""
    roles = {grant.role for grant in GRANTS[Action.REPORT_OPINE]}
    mine = {seat.department_id for seat in seats(session, by) if seat.role in roles and seat.department_id is not None}
    if not mine or filing.state not in FLOW[FilingAct.OPINE].sources:
        return []
    query = (
        select(Department.name, Consultation)
        .join(Department, col(Department.id) == Consultation.department_id)
        .where(Consultation.filing_id == filing.id, col(Consultation.department_id).in_(mine))
        .where(col(Consultation.replied_on).is_(None), col(Consultation.waived_on).is_(None))
        .order_by(col(Consultation.due_on))
    )
    return [(name, asked.due_on.isoformat()) for name, asked in session.exec(query)]
