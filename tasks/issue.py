"""Issuing a plan (下达) as somebody's act: from then on its items are watched and their receipts waited for."""

from sqlmodel import Session

from models.actor import Actor
from models.permission import Action
from models.plan import AnnualPlan
from models.policy import DEFAULT_PRESET
from tasks.arm import IssueResult, issue_plan
from tasks.perform import performing_for


def issue(session: Session, plan: AnnualPlan, *, by: Actor, preset: str = DEFAULT_PRESET) -> IssueResult:
    """Issue every complete draft of the plan; see `tasks.arm.issue_plan`. Raises ForbiddenError."""
    with performing_for(session, by, Action.ISSUE, plan.organ_id) as record:
        result = issue_plan(session, plan, on=by.on, preset=preset)
        record.after |= {"plan": plan.id, "issued": result.issued, "incomplete": len(result.incomplete)}
    return result
