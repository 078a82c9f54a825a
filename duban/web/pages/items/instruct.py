"""批示交办: an instruction that no item stands for yet, given on one form."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.acts.instruction import FREELY
from duban.web.acts.act_form import asks, do, refusal
from duban.web.acts.kept import KEEP, form_address, put_by, values_of
from duban.web.attempt import attempt
from duban.web.posted import Posted, Sent
from duban.web.visit import Signed, Visit
from models.database import key
from models.errors import DubanError, NotFoundError
from models.items.plan import AnnualPlan
from models.people.kept_form import KeptForm
from tasks.access.keep_draft import draft_at, drop_draft
from tasks.acting.authorize import may_instruct

router = APIRouter()


@router.get("/instructions/new")
def form(visit: Signed) -> HTMLResponse:
    """What is asked; for leaders alone."""
    with visit.reading() as session:
        draft = draft_at(session, key(visit.person.id), form_address(visit.request.url))
        return _form(session, visit, draft=draft)


@router.post("/instructions/new")
def given(sent: Sent) -> Response:
    """Give it. What is refused is told in the form, with everything typed still there."""
    visit = sent.visit
    if sent.ticked(KEEP):
        return put_by(sent)
    with attempt(visit, lambda session, error: _form(session, visit, error, sent), beyond=(NotFoundError,)) as session:
        done = do(session, _plan(session, visit), FREELY, sent)
        drop_draft(session, key(visit.person.id), form_address(visit.request.url))
    return visit.go(visit.link(f"/items/{done.rows[0]}"), done.said)


def _plan(session: Session, visit: Visit) -> AnnualPlan:
    """The plan it is entered in. Raises NotFoundError for whoever instructs nobody."""
    plan = visit.plan(session)
    if not may_instruct(session, visit.by, plan.organ_id):
        raise NotFoundError("没有这个页面。")
    return plan


def _form(
    session: Session, visit: Visit, error: DubanError | None = None, sent: Posted | None = None,
    draft: KeptForm | None = None,
) -> HTMLResponse:  # fmt: skip
    plan = _plan(session, visit)
    return visit.page(
        session, "items/instruct_freely.html", menu="/", act=FREELY, plan=plan, draft=draft,
        asks=asks(session, plan, FREELY, visit.by), typed=sent.typed if sent else dict(draft.fields) if draft else {},
        ticked=sent.texts if sent else lambda name: values_of(draft).get(name, []) if draft else [],
        **refusal(FREELY, error),
    )  # fmt: skip
