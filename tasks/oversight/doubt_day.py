"""Whether a day may be worked for without anybody's word: automatic work is for today, and today follows the last day
swept.

A sweep of a wrong day says untrue things and uses up every rung between, and a paper of a wrong day takes a number, so
a day that a clock which jumped, or a slip of the hand, would give is doubted first.
"""

import datetime as dt

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.audit import AuditEntry
from models.clock import day_of
from models.dates.days import DAY
from models.engine.rhythm import LastRun
from models.errors import ConflictError
from models.people.permission import Action
from tasks.acting.audit import write_alone
from tasks.acting.authorize import authorize_organ
from tasks.ladder.note_sweep import SLUG

WORD = "supervise_by_word"
"""Under this action the trail keeps that a person stood by a day that was doubted."""


def doubt_day(session: Session, *, on: dt.date, today: dt.date, most: int) -> str | None:
    """Why nothing may be done for the day `on` without a person's word, in words; None where nothing speaks against it,
    or a person stood by today.

    Doubted is a day after today; one more than `most` days after the last one swept or, before the first sweep, after
    the newest entry of the trail; and today itself where a day still to come was swept.
    """
    if on > today:
        return f"{on} 在今天（{today}）以后"
    doubt = _doubt(session, on, today, most)
    stood_by = select(AuditEntry.id).where(AuditEntry.action == WORD, AuditEntry.on == on)
    if doubt is not None and on == today and session.exec(stood_by).first() is not None:
        return None
    return doubt


def _doubt(session: Session, on: dt.date, today: dt.date, most: int) -> str | None:
    last = session.get(LastRun, SLUG)
    if last is not None and last.on > today and on == today:
        return f"今天（{today}）在最近一次督办（{last.on}）以前"
    if last is not None:
        # Where it failed for some organ the day stays where it was; the others were swept when it ran.
        known = max(last.on, day_of(last.ended_at)) if last.problems else last.on
        what = "最近一次督办"
    else:
        at = session.exec(select(func.max(col(AuditEntry.at)))).one()
        if at is None:
            return None
        known, what = day_of(at), "系统最近一条操作记录"
    away = (on - known).days
    return f"{on} 离{what}（{known}）已有 {away} 天，超过 {most} 天" if away > most else None


def stand_by(session: Session, doubt: str, *, by: Actor) -> None:
    """Take a person's word, on record, that the doubted day is right: a later day that was swept before, and is still
    to come, no longer counts as the last one.
    """
    write_alone(session, by, WORD, organ_id=None, after={"swept_on": by.on.isoformat(), "doubt": doubt})
    last = session.get(LastRun, SLUG)
    if last is not None and last.on > max(by.on, day_of(by.now)):
        last.on = by.on - DAY
        session.flush()


def go_on(session: Session, *, by: Actor, most: int, organ_id: int) -> None:
    """Stand by today as whoever may take a sweep back in the organ, so that the clock goes on with it.

    Raises ForbiddenError; ConflictError where nothing stands still.
    """
    authorize_organ(session, by, Action.TAKE_BACK_SWEEP, organ_id)
    doubt = doubt_day(session, on=by.on, today=by.on, most=most)
    if doubt is None:
        raise ConflictError("定时工作没有停下，不需要确认。")
    stand_by(session, doubt, by=by)
