"""Work in steps: what is done is committed, others get their turn to write, and what is asked to stop stops there."""

import threading
from collections.abc import Callable
from contextvars import ContextVar

from sqlmodel import Session

from models.database import keep_so_far

TURN = 0.12
"""Seconds between two steps: a writer that waits for SQLite's lock looks again after a tenth of a second at most."""


class StoppedError(Exception):
    """The work was asked to stop between two of its steps; whoever does it again does what is left."""


asked_to_stop: ContextVar[threading.Event | None] = ContextVar("asked_to_stop", default=None)
"""What is set when the work of this context is to stop."""


def between(session: Session) -> None:
    """Commit what is done and let others write. Raises StoppedError where the work is asked to stop."""
    keep_so_far(session)
    if (asked_to_stop.get() or threading.Event()).wait(TURN):
        raise StoppedError


told_progress: ContextVar[Callable[[int, int], None] | None] = ContextVar("told_progress", default=None)
"""Whoever of this context wants to hear how many parts of how many are done."""


def tell_progress(done: int, of: int) -> None:
    """Say how far the work is, to whoever wants to hear it."""
    if (told := told_progress.get()) is not None:
        told(done, of)
