"""A year ahead of time: every notice that would be sent if nobody did anything, with nothing written."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from models.dates.days import days_from
from models.dates.workdays import WorkCalendar
from models.items.plan import AnnualPlan
from tasks.ladder.arm import issue_plan
from tasks.ladder.note_sweep import SLUG
from tasks.ladder.remind import remind
from tasks.notices.browse_notices import list_notices

_ITEMS = "(SELECT id FROM work_item WHERE plan_id = :plan)"
_PREPARE = (
    f"UPDATE deadline SET policy_id = NULL, look_on = NULL WHERE item_id NOT IN {_ITEMS}",
    "DELETE FROM notice",
    "DELETE FROM policy_change",
    "DELETE FROM last_run WHERE slug = :slug",
)
"""Only this plan is on the ladder, nothing has been raised yet, and its present policy ruled from the first day on."""
_FROM_THE_FIRST_DAY = (
    "UPDATE work_item SET issued_on = :first WHERE plan_id = :plan AND issued_on > :first",
    "UPDATE deadline SET look_on = coalesce((SELECT start_on FROM work_item w WHERE w.id = item_id), :first)"
    f" WHERE done_on IS NULL AND item_id IN {_ITEMS}",
)


def simulate(
    session: Session,
    plan: AnnualPlan,
    *,
    now: dt.datetime,
    calendar: WorkCalendar,
    track: Callable[[Iterable[dt.date]], Iterable[dt.date]] = iter,
) -> list[dict[str, Any]]:
    """The notices of the plan's year, as `list_notices` gives them, supposing that no item is reported or closed.

    Drafts that are complete count as issued on 1 January. The work is done in a savepoint that is rolled back;
    the session must be dropped, not committed. `track` may show the days as they pass.
    """
    first, last = dt.date(plan.year, 1, 1), dt.date(plan.year, 12, 31)
    savepoint = session.begin_nested()
    try:
        values = {"plan": plan.id, "first": first, "slug": SLUG}
        for statement in _PREPARE:
            session.execute(text(statement), values)
        session.expire_all()
        issue_plan(session, plan, on=first)
        for statement in _FROM_THE_FIRST_DAY:
            session.execute(text(statement), values)
        plan.issued_on = first
        for day in track(days_from(first, last)):
            remind(session, on=day, now=now, calendar=calendar)
        return list_notices(session, plan=plan)
    finally:
        savepoint.rollback()
        session.expire_all()
