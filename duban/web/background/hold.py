"""Whether the process that does a piece of long work lives: held while it does, let go by its death alone.

On SQLite every process is on the machine of the file, and one that writes keeps all others from writing, so a file is
held locked: the system lets go of it. On PostgreSQL processes are anywhere, so a lease in the database is renewed.
"""

import datetime as dt
import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from duban.web.background.work_folder import work_folder
from models.database import unit_of_work
from models.settings import Settings
from tasks.engine.lease import database_now, drop_lease, take_lease
from tasks.engine.take_job import note_progress

log = logging.getLogger(__name__)

TERM = dt.timedelta(seconds=30)
"""Work whose process was silent this long is told as broken off."""
BEAT = dt.timedelta(seconds=5)


class Hold(Protocol):
    """One piece of work, held by one runner."""

    @property
    def is_lost(self) -> bool:
        """Whether others may have taken the work for broken off: then nothing of it may be kept."""

    def release(self) -> None:
        """The work is done, or given up."""


def hold(database: Engine, settings: Settings, job_id: int, progress: Callable[[], dict[str, Any] | None]) -> Hold:
    """Hold the work from now on; how far it is, is told to other processes now and then where they cannot ask.

    Raises BlockingIOError where a living process holds it.
    """
    if database.dialect.name == "sqlite":
        return _FileHold(work_folder(settings) / f"job-{job_id}.held")
    return _LeaseHold(database, job_id, progress)


class _FileHold:
    is_lost = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            self._held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._held.close()
            raise BlockingIOError(str(path)) from error

    def release(self) -> None:
        self._held.close()
        self._path.unlink(missing_ok=True)


class _LeaseHold:
    def __init__(self, database: Engine, job_id: int, progress: Callable[[], dict[str, Any] | None]) -> None:
        self._database, self._job_id, self._progress = database, job_id, progress
        self._name, self._owner = f"job:{job_id}", uuid4().hex
        self._released = threading.Event()
        self.is_lost = False
        if not self._take():
            raise BlockingIOError(self._name)
        self._thread = threading.Thread(target=self._renew, name=self._name, daemon=True)
        self._thread.start()

    def release(self) -> None:
        self._released.set()
        self._thread.join()
        with unit_of_work(self._database) as session:
            drop_lease(session, self._name, self._owner)

    def _take(self) -> bool:
        with unit_of_work(self._database) as session:
            return take_lease(session, self._name, self._owner, database_now(session), TERM)

    def _renew(self) -> None:
        while not self._released.wait(BEAT.total_seconds()):
            try:
                self.is_lost = self.is_lost or not self._take()
                if (progress := self._progress()) is not None:
                    with unit_of_work(self._database) as session:
                        note_progress(session, self._job_id, progress)
            except SQLAlchemyError:
                # The next beat comes well within the term.
                log.warning("后台工作的值守未能续期", exc_info=True, extra={"action": "hold_failed"})
