"""Take back a day that was set beside the official calendar: it counts again as the notice of its year has it."""

import datetime as dt

from sqlmodel import Session, select

from models.actor import Actor
from models.dates.day_override import DayOverride, office_calendar
from models.errors import NotFoundError
from models.people.permission import Action
from tasks.acting.audit import recorded
from tasks.acting.authorize import authorize_everywhere, authorize_organ
from tasks.ladder.reproject import reproject
from tasks.ledgers.recount_days import recount_days
from tasks.workdays.import_calendar import ChangedCalendar, ImportedCalendar


def clear_day(session: Session, on: dt.date, *, by: Actor, organ_id: int | None) -> ChangedCalendar:
    """Remove what was set for the day, for one organ or for all; the caller commits.

    Raises ForbiddenError, NotFoundError where nothing was set.
    """
    if organ_id is None:
        standing = authorize_everywhere(session, by, Action.CALENDAR)
    else:
        standing = authorize_organ(session, by, Action.CALENDAR, organ_id)
    row = session.exec(select(DayOverride).where(DayOverride.organ_id == organ_id, DayOverride.on == on)).first()
    if row is None:
        raise NotFoundError(f"{on} 没有另行安排，无需取消。")
    before = office_calendar(session, organ_id=organ_id)
    with recorded(session, by, Action.CALENDAR, organ_id=organ_id, for_id=standing.seat.for_id):
        session.delete(row)
    after = office_calendar(session, organ_id=organ_id)
    moved = [on] if before.is_working(on) != after.is_working(on) else []
    notices = reproject(session, before=before, after=after, on=by.on, now=by.now) if organ_id is None else []
    terms = recount_days(session, by=by, organ_id=organ_id)
    return ChangedCalendar(ImportedCalendar([], [on], []), after, moved, notices, terms)
