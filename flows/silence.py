"""Work from which nothing is heard for long is hung and is ended; work that goes on is not, however long it takes.

What is heard of work is that the database answered it: whatever a rhythm goes over, each step of it asks something.
"""

import datetime as dt
import logging
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

log = logging.getLogger(__name__)

AGAIN_SECONDS = 10.0
"""Work that was told to end and that cleans up for longer is told again."""
SAYING_SECONDS = 60.0
"""How often work that goes on is said to go on, for those who watch what a process says."""


class SilentError(TimeoutError):
    """Nothing was heard of the work for too long."""


class _EndError(KeyboardInterrupt):
    """Passes whatever catches failures of single organs, and has psycopg cancel what the server still does."""


@contextmanager
def ended_when_silent(after: dt.timedelta) -> Iterator[None]:
    """End the work of this block once nothing was heard of it for so long: it raises SilentError.

    Only the main thread can be broken off where it waits, and only where the system has alarms; elsewhere the work
    is let be.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return
    heard, over = [time.monotonic()], threading.Event()

    def hear(*_: Any) -> None:
        heard[0] = time.monotonic()

    def watch() -> None:
        said, told = time.monotonic(), 0.0
        while not over.wait(min(1.0, after.total_seconds() / 4)):
            now = time.monotonic()
            if now - heard[0] >= after.total_seconds() and now - told >= AGAIN_SECONDS:
                told = now
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)
            elif heard[0] > said and now - said >= SAYING_SECONDS:
                said = now
                log.info("仍在进行", extra={"action": "going_on"})

    def end(*_: Any) -> None:
        if not over.is_set():
            raise _EndError

    before = signal.signal(signal.SIGALRM, end)
    event.listen(Engine, "after_cursor_execute", hear)
    watching = threading.Thread(target=watch, name="silence", daemon=True)
    watching.start()
    try:
        yield
    except _EndError as error:
        raise SilentError(f"{after.total_seconds():.0f} 秒没有进展，已结束") from error
    finally:
        over.set()
        watching.join()
        event.remove(Engine, "after_cursor_execute", hear)
        signal.signal(signal.SIGALRM, before)
