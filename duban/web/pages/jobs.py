"""后台工作: long work that a person started: how far it is, what came of it, and the file it made."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session

from duban.web.attachment import streamed
from duban.web.background.jobs import Progress, jobs_of
from duban.web.background.work_folder import find_result
from duban.web.visit import Signed, Visit
from models.engine.job import Job, JobState
from models.errors import NotFoundError
from tasks.engine.take_job import own_jobs

router = APIRouter()
SHOWN = 50
SECONDS = 2
"""Between two looks of a page at work under way."""
GOING = (JobState.WAITING, JobState.RUNNING)


@router.get("/jobs")
def mine(visit: Signed) -> Response:
    """The newest work of the person."""
    with visit.reading() as session:
        found = own_jobs(session, visit.person, most=SHOWN)
        _look_after(visit, found)
        return visit.page(session, "jobs.html", menu="/settings", jobs=found)


@router.get("/jobs/{job_id:row}.json")
def state(visit: Signed, job_id: int) -> Response:
    """How far it is, for the page's script."""
    with visit.reading() as session:
        job = _own(session, visit, job_id)
        _look_after(visit, [job])
        return JSONResponse(_as_dict(visit, job), headers={"Cache-Control": "no-store"})


@router.get("/jobs/{job_id:row}/file")
def fetch(visit: Signed, job_id: int) -> Response:
    """The file it made."""
    with visit.reading() as session:
        job = _own(session, visit, job_id)
    made = job.result or {}
    if "file" not in made:
        raise NotFoundError("这项工作没有产生文件。")
    path = find_result(visit.served.settings, made["file"])
    name, media_type = str(made.get("name") or path.name), str(made.get("type") or "application/octet-stream")
    return streamed(path.open("rb"), name, media_type, path.stat().st_size)


@router.get("/jobs/{job_id:row}")
def one(visit: Signed, job_id: int) -> Response:
    """The page that shows how far it is; while it is under way it asks for itself again."""
    with visit.reading() as session:
        job = _own(session, visit, job_id)
        _look_after(visit, [job])
        return visit.page(
            session, "job.html", menu="/settings", job=job, going=job.state in GOING, made=job.result or {},
            progress=_progress(visit, job), seconds=SECONDS,
        )  # fmt: skip


def _own(session: Session, visit: Visit, job_id: int) -> Job:
    job = session.get(Job, job_id)
    if job is None or job.person_id != visit.person.id:
        raise NotFoundError("没有这项后台工作，或者它是别人开始的。")
    return job


def _look_after(visit: Visit, found: Sequence[Job]) -> None:
    """Work that this process does not do may have lost the one that did, or found none yet."""
    runner = jobs_of(visit.served)
    if any(job.state in GOING and job.id is not None and runner.progress(job.id) is None for job in found):
        runner.wake()


def _progress(visit: Visit, job: Job) -> Progress:
    """As this process knows it, else as the one that does the work told last."""
    return jobs_of(visit.served).progress(job.id or 0) or Progress(**(job.progress or {}))


def _as_dict(visit: Visit, job: Job) -> dict[str, Any]:
    progress = _progress(visit, job)
    return {
        "state": job.state.value,
        "label": job.state.label,
        "going": job.state in GOING,
        "percent": progress.percent,
        "words": progress.words,
    }
