"""Long work in the background: one thread a process takes what waits, does it, and writes down what came of it.

A kind registers itself with `kind_of_work`; a page starts work with `start_job` and leads to its progress page. Each
kind does all its writing in one transaction, so work that is cut short has written nothing.
"""

import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from duban.web.background.hold import Hold, hold
from duban.web.background.work_folder import hand_on, prune, work_folder
from duban.web.served import ServedOffice
from duban.web.visit import Visit
from models.actor import Actor, Channel
from models.clock import day_of, local
from models.database import key, reading, unit_of_work
from models.engine.job import Job
from models.errors import DubanError
from models.people.person import Person
from models.settings import Settings
from tasks.engine.take_job import ABANDONED, end_job, queue_job, running_jobs, take_job, waiting_jobs

log = logging.getLogger(__name__)

PART = "jobs"
FAULT = "程序出错，没有写入任何数据；已记入日志。请把出错的时间告诉管理员。"
STOP_WITHIN = 20.0
"""Seconds that work under way has to notice that the service stops."""

Report = Callable[[int, int, str], None]
"""`report(done, total, words)`: how far the work is. `total` 0 where it cannot be said."""
Work = Callable[[Engine, Settings, Job, Report], dict[str, Any]]
"""What does the work of a kind. Its result is plain data; these names mean something: `said` is told to the person,
`next` is the address of the page to go on with, `file` (a name from `work_folder.new_result`), `name` and `type` make
a file to be fetched."""

KINDS: dict[str, Work] = {}


def kind_of_work(name: str) -> Callable[[Work], Work]:
    """Registers what does the work of the kind `name`."""

    def register(work: Work) -> Work:
        KINDS[name] = work
        return work

    return register


@dataclass(frozen=True)
class Progress:
    """How far work is. `total` 0 where it cannot be said."""

    done: int = 0
    total: int = 0
    words: str = ""

    @property
    def percent(self) -> int | None:
        return min(100, 100 * self.done // self.total) if self.total else None


class StoppingError(DubanError):
    """服务中途停止，没有写入任何数据，请重新开始。"""


class Jobs:
    """The runner of one process. Any number of processes may share a database."""

    def __init__(self, database: Engine, settings: Settings, now: Callable[[], dt.datetime]) -> None:
        self._database, self._settings, self._now = database, settings, now
        self._progress: dict[int, Progress] = {}
        self._wanted = threading.Condition()
        self._asked = self._seen = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """There may be work: look, with a thread of our own from the first time on."""
        with self._wanted:
            self._asked += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
                self._thread.start()
            self._wanted.notify_all()

    def progress(self, job_id: int) -> Progress | None:
        """How far work is that this process does; None for any other."""
        return self._progress.get(job_id)

    def settle(self, seconds: float = 60.0) -> bool:
        """Wait until all work asked for so far is done; whether it is."""
        with self._wanted:
            return self._wanted.wait_for(lambda: self._seen == self._asked, seconds)

    def stop(self) -> None:
        """End with the service: work under way is broken off at its next report and told as not done."""
        self._stopping.set()
        with self._wanted:
            self._wanted.notify_all()
        if self._thread is not None:
            self._thread.join(STOP_WITHIN)

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self._wanted:
                self._wanted.wait_for(lambda: self._seen < self._asked or self._stopping.is_set())
                asked = self._asked
            try:
                self.tell_abandoned()
                self.do_waiting()
                prune(self._settings, now=self._now())
            except Exception:
                # The thread outlives what it could not do, as the database being away for a while.
                log.exception("后台工作未能继续", extra={"action": "jobs_failed"})
            with self._wanted:
                self._seen = asked
                self._wanted.notify_all()

    def do_waiting(self) -> int:
        """Do all the work that waits, the oldest first; how much of it fell to this runner."""
        done = 0
        with reading(self._database) as session:
            waiting = waiting_jobs(session)
        while waiting and not self._stopping.is_set():
            done += sum(self._do(job_id) for job_id in waiting if not self._stopping.is_set())
            with reading(self._database) as session:
                waiting = waiting_jobs(session)
        return done

    def tell_abandoned(self) -> None:
        """End the work whose process is gone, and say so. Work that a living process does is left alone."""
        with reading(self._database) as session:
            running = [job_id for job_id in running_jobs(session) if job_id not in self._progress]
        for job_id in running:
            try:
                held = self._hold(job_id)
            except BlockingIOError:
                continue
            with unit_of_work(self._database) as session:
                if end_job(session, job_id, now=self._now(), message=ABANDONED, failed=True):
                    log.warning("后台工作中断", extra={"action": "job_abandoned", "job": job_id})
            held.release()

    def _do(self, job_id: int) -> bool:
        """Do one piece of work, if no other runner has it; whether it was ours."""
        try:
            held = self._hold(job_id)
        except BlockingIOError:
            return False
        try:
            with unit_of_work(self._database) as session:
                job = take_job(session, job_id, now=self._now())
            if job is None:
                return False
            self._progress[job_id] = Progress()
            self._finish(job, held)
            return True
        finally:
            self._progress.pop(job_id, None)
            held.release()

    def _finish(self, job: Job, held: Hold) -> None:
        job_id, failed = key(job.id), True
        result: dict[str, Any] | None = None

        def report(done: int, total: int, words: str) -> None:
            if self._stopping.is_set() or held.is_lost:
                raise StoppingError
            self._progress[job_id] = Progress(done, total, words)

        work = KINDS.get(job.kind)
        try:
            if work is None:
                message = "这一版程序不认识这项工作，没有做。请重新开始。"
            else:
                result = work(self._database, self._settings, job, report)
                if "file" in result:
                    hand_on(self._settings, work_folder(self._settings) / result["file"])
                message, failed = str(result.get("said") or "已完成。"), False
        except DubanError as error:
            message = error.message
        except Exception:
            # Whatever it is, the person is told and the runner goes on with the next.
            log.exception("后台工作出错", extra={"action": "job_failed", "job": job_id})
            message = FAULT
        with unit_of_work(self._database) as session:
            end_job(session, job_id, now=self._now(), message=message, result=result, failed=failed)
        log.info("后台工作结束", extra={"action": "job_ended", "job": job_id, "failed": failed})

    def _hold(self, job_id: int) -> Hold:
        def told() -> dict[str, Any] | None:
            progress = self._progress.get(job_id)
            return asdict(progress) if progress is not None else None

        return hold(self._database, self._settings, job_id, told)


def jobs_of(served: ServedOffice) -> Jobs:
    """The runner of this process; it starts no thread before there is work."""
    made = served.parts.get(PART)
    if not isinstance(made, Jobs):
        made = served.parts.setdefault(PART, Jobs(served.database, served.settings, served.now))
    return made


def start_job(visit: Visit, kind: str, title: str, parameters: dict[str, Any]) -> int:
    """Put long work down for the person of the visit and have it begun; the id its page is found by."""
    with visit.writing() as session:
        job = queue_job(
            session, by=visit.by, organ_id=key(visit.organ.id), kind=kind, title=title, parameters=parameters
        )
        job_id = key(job.id)
    jobs_of(visit.served).wake()
    return job_id


def stop_jobs(served: ServedOffice) -> None:
    """End the runner, where there is one."""
    made = served.parts.get(PART)
    if isinstance(made, Jobs):
        made.stop()


def actor_of(session: Session, job: Job) -> Actor:
    """Whoever started the work, acting by the pages on the day on which it was begun."""
    person = session.get_one(Person, job.person_id)
    at = local(job.started_at or job.made_at)
    return Actor(person.name, Channel.WEB, day_of(at), at, person.id)
