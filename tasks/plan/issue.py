"""Issuing a plan (下达) as somebody's act: from then on its items are watched and their receipts waited for."""

from sqlmodel import Session

from models.actor import Actor
from models.day_override import office_calendar
from models.permission import Action
from models.plan import AnnualPlan
from models.policy import DEFAULT_PRESET
from tasks.acting.perform import performing_for
from tasks.ladder.arm import IssueResult, issue_plan
from tasks.ledgers.keep_terms import catch_up


def issue(session: Session, plan: AnnualPlan, *, by: Actor, preset: str = DEFAULT_PRESET) -> IssueResult:
    """Issue every complete draft of the plan; see `tasks.ladder.arm.issue_plan`.

    From now on it carries what the ledgers of its year owe, too. Raises ForbiddenError.
    """
    with performing_for(session, by, Action.ISSUE, plan.organ_id) as record:
        result = issue_plan(session, plan, on=by.on, preset=preset)
        owed = catch_up(session, plan, by=by, calendar=office_calendar(session, organ_id=plan.organ_id))
        record.after |= {"plan": plan.id, "issued": result.issued, "incomplete": len(result.incomplete)}
        if owed.made:
            record.after["terms_set"] = owed.made
    return result
