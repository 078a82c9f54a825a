"""How far the days were swept, of all or of a shard, as the next sweep finds it."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import JSON, Boolean, bindparam, delete, text
from sqlmodel import Session, col

from models.dates.days import DAY
from models.engine.problem import OrganProblem
from models.engine.rhythm import LastRun
from models.engine.shard import EVERYBODY, Shard

SLUG = "daily_supervision"
SLIPPED = f"{SLUG}:unsigned"
"""Under it stands the day to which the next sweep has to look back for who is asked to sign, where there is one."""


def slug_of(shard: Shard) -> str:
    """The name under which is kept how far the shard was swept."""
    return SLUG if shard.parts == 1 else f"{SLUG}:{shard}"


def note_sweep(
    session: Session,
    *,
    on: dt.date,
    now: dt.datetime,
    problems: Sequence[OrganProblem] = (),
    shard: Shard = EVERYBODY,
    slipped: bool = True,
) -> None:
    """Write down that the day was swept for the shard. Where it was not for every organ the day stays where it was: the
    next sweep looks back as far as this one did, and what was raised already it finds there. Without `slipped` the
    caller knows of no day to look back to.
    """
    told, whole = [problem.as_dict() for problem in problems], not problems
    swept = on if whole else on - DAY
    if problems and shard.parts > 1 and (last := session.get(LastRun, SLUG)) is not None:
        swept = min(swept, last.on)
    values = {"slug": slug_of(shard), "on": swept, "now": now, "problems": told, "whole": whole}
    session.connection().execute(_AFTERWARDS, values)
    if slipped and whole and shard.parts == 1:
        session.connection().execute(_LOOKED_BACK)


def look_back(session: Session, since: dt.date, *, now: dt.datetime) -> None:
    """Have the next sweep ask to sign whoever was to be asked from day `since` on and was not."""
    known = session.get(LastRun, SLIPPED)
    if known is None:
        session.add(LastRun(slug=SLIPPED, on=since, ended_at=now, problems=[]))
    else:
        known.on = min(known.on, since)


_AFTERWARDS = text("""
    INSERT INTO last_run (slug, "on", ended_at, problems) VALUES (:slug, :on, :now, :problems)
    ON CONFLICT (slug) DO UPDATE SET ended_at = excluded.ended_at, problems = excluded.problems,
        "on" = CASE WHEN :whole AND excluded."on" > last_run."on" THEN excluded."on" ELSE last_run."on" END
""").bindparams(
    bindparam("now", type_=LastRun.metadata.tables["last_run"].c.ended_at.type),
    bindparam("problems", type_=JSON),
    bindparam("whole", type_=Boolean),
)
_LOOKED_BACK = delete(LastRun).where(col(LastRun.slug) == SLIPPED)
