"""改用督办策略: another policy for a plan that runs; what moves is shown before anything is done."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.web.attempt import attempt
from duban.web.posted import Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.database import rehearsing
from models.dates.day_override import office_calendar
from models.errors import BadInputError, ConflictError, DubanError, ManyMessagesError, NotFoundError
from models.items.plan import AnnualPlan
from models.ladder.policy import Policy
from models.people.permission import Action
from tasks.acting.authorize import authorize_organ
from tasks.ladder.set_policy import find_policy, list_policies
from tasks.notices.ask_first import asking_first
from tasks.plan.change_policy import ChangedPolicy, change_policy, foresee_change

router = APIRouter()


@router.get("/plans/{plan_id:row}/policy")
def ask_policy(visit: Signed, plan_id: int, policy: str = "") -> HTMLResponse:
    """What another policy, or the same as it stands now, would move."""
    with visit.reading() as session:
        return _page(session, visit, plan_id, policy)


@router.post("/plans/{plan_id:row}/policy")
def change(sent: Sent, plan_id: int) -> Response:
    """Change it."""
    visit, preset, reason = sent.visit, sent.text("policy"), sent.text("reason")
    with attempt(
        visit,
        lambda session, error: _page(session, visit, plan_id, preset, reason=reason, error=error),
        told=(BadInputError, ConflictError),
        beyond=NotFoundError,
    ) as session:
        found = _plan(session, visit, plan_id)
        calendar, sure = office_calendar(session, organ_id=found.organ_id), sent.ticked("sure")
        with asking_first(session, visit.served.settings, by=visit.by, calendar=calendar, sure=sure):
            done = change_policy(session, found, preset, by=visit.by, reason=reason, seal=sent.text("seal"))
        words = f"已改用“{done.policy.name}”（第 {done.change.version} 版），自 {done.change.from_on} 起执行。"
    return visit.go(visit.link(f"/plans/{plan_id}") + "#policy", words)


def _plan(session: Session, visit: Visit, plan_id: int) -> AnnualPlan:
    """The plan, of the organ looked at, whose policy the visitor may change. Raises NotFoundError, ForbiddenError."""
    found = session.get(AnnualPlan, plan_id)
    if found is None or found.organ_id != visit.organ.id:
        raise NotFoundError("没有这份年度计划，或者它不在您的查看范围内。")
    authorize_organ(session, visit.by, Action.CHANGE_POLICY, found.organ_id)
    return found


def _page(
    session: Session, visit: Visit, plan_id: int, policy: str, *, reason: str = "", error: DubanError | None = None
) -> HTMLResponse:
    found = _plan(session, visit, plan_id)
    present = session.get(Policy, found.policy_id) if found.policy_id else None
    names = [preset.name for preset in list_policies(session)]
    wanted = present.name if present is not None and present.name in names else names[0] if names else ""
    chosen = find_policy(session, policy or wanted)
    foreseen: ChangedPolicy | None = None
    refused: DubanError | None = None
    with rehearsing(visit.served.database) as scratch:
        try:
            foreseen = foresee_change(scratch, scratch.get_one(AnnualPlan, plan_id), chosen.name, by=visit.by)
        except BadInputError as nothing:
            refused = nothing
        return visit.page(
            session, "plan/plan_policy.html", menu="/plans", plan=found, present=present, names=names, chosen=chosen,
            foreseen=foreseen, nothing=refused.message if refused else "", reason=reason,
            error=error.message if error else "", many=error if isinstance(error, ManyMessagesError) else None,
            status_code=status_of(error) if error else 200,
        )  # fmt: skip
