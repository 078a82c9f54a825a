"""Telling whoever is next that a report waits for them, where the year's list has an item to tell it by."""

from sqlalchemy import text
from sqlmodel import Session

from models.actor import Actor
from models.ladder.notice import NoticeKind
from models.people.person import Role
from models.report.filing import Filing, FilingAct, FilingState
from tasks.notices.tell import tell
from tasks.report.filing.consent_to_report import who_consents
from tasks.report.filing.deadlines import watched_item

_ASKED: dict[FilingState, Role] = {
    FilingState.SIGN_OFF: Role.FIRST_RESPONSIBLE,
    FilingState.FILING: Role.SUPERVISOR,
    FilingState.PUBLISHING: Role.SUPERVISOR,
    FilingState.DRAFTING: Role.SUPERVISOR,
    FilingState.CONSULTING: Role.SUPERVISOR,
}
_REVIEWS = {
    FilingState.LEGAL_REVIEW: FilingAct.PASS_LEGAL, FilingState.SECRECY_REVIEW: FilingAct.PASS_SECRECY,
}  # fmt: skip


def tell_next(
    session: Session,
    filing: Filing,
    state: FilingState,
    *,
    by: Actor,
    reason: str | None = None,
    assigned: bool = False,
) -> None:
    """Tell whoever may do the step that the report goes to: of a review everybody who had no hand in the version;
    nothing more is told of the one before.

    With a `reason` it was returned; `assigned`: it is there already, and the step was given to others. Called inside
    the act, whose row in the log comes last.
    """
    session.execute(
        text("UPDATE notice SET state = 'dropped', reason = '已处理' WHERE subject LIKE :told AND state = 'pending'"),
        {"told": f"filing:{filing.id}:%"},
    )
    item = watched_item(session, filing.organ_id, filing.year)
    if item is None:
        return
    what = f"{filing.year}年度报告待您办理“{state.label}”"
    if reason is not None:
        what = f"{filing.year}年度报告退回“{state.label}”：{reason}"
    # Known by the row of the log that brings it about.
    subject = f"filing:{filing.id}:{filing.steps + 1}"
    if assigned:
        # No row of the log: as often as it is given to others.
        subject = f"filing:{filing.id}:{filing.steps}:{by.now:%Y%m%d%H%M%S%f}"
    asked: list[tuple[Role, int | None]] = [(_ASKED[state], None)] if state in _ASKED else []
    if state in _REVIEWS:
        who = who_consents(session, by, filing, _REVIEWS[state])
        asked = [(role, person.id) for role, person in who.inside]
    for role, person_id in asked:
        tell(session, item, role=role, kind=NoticeKind.APPROVAL, subject=subject, what=what, by=by, person_id=person_id)
