"""任职、代理的提请: what waits for a second person, confirmed or declined; what became of the last ones."""

from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.acts.declaration import Act
from duban.acts.people import CONFIRM, DECLINE
from duban.web.acts.act_form import do
from duban.web.attempt import attempt
from duban.web.posted import Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.database import key
from models.errors import DubanError, NotFoundError
from models.people.staff_proposal import ProposalState, StaffProposal
from tasks.staff.decide_proposal import find_proposal, proposals_of

router = APIRouter()
_ACTS: Mapping[str, Act[StaffProposal]] = {act.verb: act for act in (CONFIRM, DECLINE)}


@router.get("/people/proposals")
def proposals(visit: Signed) -> HTMLResponse:
    """What was proposed of the organ's people."""
    with visit.reading() as session:
        return _page(session, visit)


@router.post("/people/proposals/{number:row}/{act}")
def decide(sent: Sent, number: int, act: str) -> Response:
    """Confirm or decline one."""
    visit = sent.visit
    if act not in _ACTS:
        raise NotFoundError("没有这个页面。")

    def again(session: Session, error: DubanError) -> Response:
        return _page(session, visit, error=error)

    with attempt(visit, again, beyond=NotFoundError) as session:
        said = do(session, find_proposal(session, number, by=visit.by), _ACTS[act], sent).said
    return visit.go(visit.link("/people/proposals"), said)


def _page(session: Session, visit: Visit, *, error: DubanError | None = None) -> HTMLResponse:
    organ_id = key(visit.organ.id)
    return visit.page(
        session, "people/people_proposals.html", menu="/settings", lines=proposals_of(session, organ_id, by=visit.by),
        error=error.message if error else "", status_code=status_of(error) if error else 200,
        pending=ProposalState.PENDING,
    )  # fmt: skip
