"""Telling whoever is next that a report waits for them, where the year's list has an item to tell it by."""

from collections.abc import Collection

from sqlalchemy import text
from sqlmodel import Session

from models.actor import Actor
from models.ladder.notice import NoticeKind
from models.people.person import Role
from models.report.filing import Filing, FilingState
from tasks.notices.tell import role_to_ask, tell
from tasks.report.filing.deadlines import watched_item

_ASKED: dict[FilingState, tuple[Role, ...]] = {
    FilingState.LEGAL_REVIEW: (Role.SUPERVISOR, Role.LEADER),
    FilingState.SECRECY_REVIEW: (Role.SUPERVISOR, Role.LEADER),
    FilingState.SIGN_OFF: (Role.FIRST_RESPONSIBLE,),
    FilingState.FILING: (Role.SUPERVISOR,),
    FilingState.PUBLISHING: (Role.SUPERVISOR,),
    FilingState.DRAFTING: (Role.SUPERVISOR,),
    FilingState.CONSULTING: (Role.SUPERVISOR,),
}


def tell_next(
    session: Session,
    filing: Filing,
    state: FilingState,
    *,
    by: Actor,
    without: Collection[int] = (),
    reason: str | None = None,
) -> None:
    """Tell whoever may do the step that the report goes to, never `without`; nothing more is told of the one before.

    With a `reason` it was returned. Called inside the act, whose row in the log comes last.
    """
    session.execute(
        text("UPDATE notice SET state = 'dropped', reason = '已处理' WHERE subject LIKE :told AND state = 'pending'"),
        {"told": f"filing:{filing.id}:%"},
    )
    roles = _ASKED.get(state)
    item = watched_item(session, filing.organ_id, filing.year)
    if item is None or roles is None:
        return
    what = f"{filing.year}年度报告待您办理“{state.label}”"
    if reason is not None:
        what = f"{filing.year}年度报告退回“{state.label}”:{reason}"
    tell(
        session, item, role=role_to_ask(session, item, roles, on=by.on, without=without), kind=NoticeKind.APPROVAL,
        # Known by the row of the log that brings it about.
        subject=f"filing:{filing.id}:{filing.steps + 1}", what=what, by=by,
    )  # fmt: skip
