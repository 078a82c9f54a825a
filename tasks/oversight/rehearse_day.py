"""The sweep of a day as it would be: what it would raise, with nothing of it kept."""

from typing import Any

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.dates.workdays import WorkCalendar
from models.ladder.notice import Notice
from tasks.notices.browse_notices import list_notices
from tasks.oversight.supervise import DayResult, supervise


def rehearse_day(session: Session, *, by: Actor, calendar: WorkCalendar) -> tuple[DayResult, list[dict[str, Any]]]:
    """What a sweep of the day would write, and its notices as `list_notices` gives them.

    The session must be dropped, not committed. The sheets have no number yet.
    """
    newest = session.exec(select(func.coalesce(func.max(col(Notice.id)), 0))).one()
    savepoint = session.begin_nested()
    try:
        result = supervise(session, by=by, calendar=calendar)
        return result, list_notices(session, on=by.on, after=newest)
    finally:
        savepoint.rollback()
        session.expire_all()
