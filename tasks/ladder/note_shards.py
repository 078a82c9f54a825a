"""The day is swept when the last of its shards has swept it."""

import datetime as dt

from sqlmodel import Session, col, select

from models.clock import day_of
from models.engine.problem import OrganProblem
from models.engine.rhythm import LastRun
from models.engine.shard import Shard
from tasks.ladder.note_sweep import note_sweep, slug_of


def note_shards(session: Session, shard: Shard, *, on: dt.date, now: dt.datetime) -> bool:
    """Write down that the whole day was swept, or for whom not, where all shards beside this one have been at it;
    whether they have.

    To be called once what this shard did is committed: of two that end at once, the later one sees both.
    """
    if shard.parts == 1:
        return True
    slugs = [slug_of(one) for one in shard.all()]
    runs = session.exec(select(LastRun).where(col(LastRun.slug).in_(slugs)).order_by(col(LastRun.slug))).all()
    if len(runs) < shard.parts or not all(_was_at(run, on) for run in runs):
        return False
    problems = [OrganProblem(**problem) for run in runs if run.on < on for problem in run.problems]
    note_sweep(session, on=on, now=now, problems=problems)
    return True


def _was_at(run: LastRun, on: dt.date) -> bool:
    """Whether the day was swept, or tried and missed for some organ: mail does not wait for that one."""
    return run.on >= on or (bool(run.problems) and day_of(run.ended_at) >= on)
