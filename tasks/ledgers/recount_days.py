"""What a changed calendar does to the days of ledgers: those counted in working days are counted anew."""

from contextlib import suppress

from sqlmodel import Session, col, select

from models.actor import Actor
from models.dates.day_override import office_calendar
from models.items.item import Deadline
from models.ledgers.kinds import KINDS
from models.ledgers.ledger_deadline import LedgerDeadline
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.audit import recorded
from tasks.ledgers.keep_terms import MovedTerm, keep_all


def recount_days(session: Session, *, by: Actor, organ_id: int | None) -> list[MovedTerm]:
    """Move the open days that fall elsewhere by the calendar as it stands, of one organ or of all; each move on record.

    Called once whoever changed the calendar was allowed to. What was met stays as it is.
    """
    owing = (
        select(LedgerDeadline.organ_id)
        .join(Deadline, col(Deadline.id) == LedgerDeadline.deadline_id)
        .where(col(Deadline.done_on).is_(None))
        .distinct()
    )
    if organ_id is not None:
        owing = owing.where(LedgerDeadline.organ_id == organ_id)
    moved: list[MovedTerm] = []
    for owes in sorted(session.exec(owing).all()):
        # Where nothing moved there is nothing to put on record.
        with suppress(_NothingMovedError), session.begin_nested():
            with recorded(session, by, Action.CALENDAR, organ_id=owes) as record:
                calendar = office_calendar(session, organ_id=owes)
                organ = session.get_one(Organ, owes)
                moved_here = keep_all(session, organ, KINDS.values(), by=by, calendar=calendar).moved
                if not moved_here:
                    raise _NothingMovedError
                record.after["terms"] = len(moved_here)
            moved += moved_here
    return moved


class _NothingMovedError(Exception):
    """Takes back what was looked at."""
