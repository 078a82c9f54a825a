"""Long work in the database: put down, claimed by exactly one runner, and ended. What it does is its kind's affair."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, update
from sqlmodel import Session, col, select

from models.actor import Actor
from models.engine.job import Job, JobState
from models.errors import ForbiddenError
from models.people.person import Person

_JOB: Table = Job.__table__  # type: ignore[attr-defined]

ABANDONED = "服务中途停止，没有写入任何数据，请重新开始。"
"""What is told of work whose process is gone: every kind writes in one transaction, so nothing is half done."""


def queue_job(session: Session, *, by: Actor, organ_id: int, kind: str, title: str, parameters: dict[str, Any]) -> Job:
    """New work that waits for a runner. Raises ForbiddenError where nobody is there to be told of it."""
    if by.person_id is None:
        raise ForbiddenError("后台工作须由具体的人开始。")
    job = Job(
        kind=kind, title=title[:200], organ_id=organ_id, person_id=by.person_id, parameters=parameters, made_at=by.now
    )
    session.add(job)
    session.flush()
    return job


def waiting_jobs(session: Session) -> Sequence[int]:
    """The ids of the work that waits, the oldest first."""
    found = select(Job.id).where(Job.state == JobState.WAITING).order_by(col(Job.id))
    return [job_id for job_id in session.exec(found) if job_id is not None]


def running_jobs(session: Session) -> Sequence[int]:
    """The ids of the work that some runner has begun."""
    found = select(Job.id).where(Job.state == JobState.RUNNING).order_by(col(Job.id))
    return [job_id for job_id in session.exec(found) if job_id is not None]


def own_jobs(session: Session, person: Person, *, most: int, kind: str | None = None) -> Sequence[Job]:
    """The newest work that the person put down, of one kind where it is named."""
    query = select(Job).where(Job.person_id == person.id).order_by(col(Job.id).desc()).limit(most)
    return session.exec(query if kind is None else query.where(Job.kind == kind)).all()


def take_job(session: Session, job_id: int, *, now: dt.datetime) -> Job | None:
    """Begin the work, if it still waits: of any number of runners at once one gets it, the others None.

    The caller commits.
    """
    taken = session.execute(
        update(_JOB)
        .where(_JOB.c.id == job_id, _JOB.c.state == JobState.WAITING)
        .values(state=JobState.RUNNING, started_at=now)
        .returning(_JOB.c.id)
    ).first()
    return session.get_one(Job, job_id, populate_existing=True) if taken else None


def note_progress(session: Session, job_id: int, progress: dict[str, Any]) -> None:
    """Write down how far running work is, for processes that do not do it. The caller commits."""
    session.execute(update(_JOB).where(_JOB.c.id == job_id, _JOB.c.state == JobState.RUNNING).values(progress=progress))


def end_job(
    session: Session,
    job_id: int,
    *,
    now: dt.datetime,
    message: str,
    result: dict[str, Any] | None = None,
    failed: bool = False,
) -> bool:
    """Write down what came of running work; whether it was still running. The caller commits."""
    ended = session.execute(
        update(_JOB)
        .where(_JOB.c.id == job_id, _JOB.c.state == JobState.RUNNING)
        .values(state=JobState.FAILED if failed else JobState.DONE, ended_at=now, message=message[:2000], result=result)
        .returning(_JOB.c.id)
    )
    return ended.first() is not None
