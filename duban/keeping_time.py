"""The clock without pages, beside the workers of a Prefect server, until a signal ends it."""

import signal
import threading

from sqlalchemy import Engine

from duban.edge import say
from duban.log_lines import log_to_standard_error
from flows.embedded_clock import ClockShare, EmbeddedClock
from flows.one_heap import use_one_heap
from models.settings import Settings


def keep_time(settings: Settings, database: Engine) -> None:
    """Run until SIGTERM or Ctrl-C: the light rhythms, and the reminders that workers are late with.

    Of several such processes one acts and the others stand by.
    """
    use_one_heap()
    log_to_standard_error()
    ended = threading.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda *_: ended.set())
    clock = EmbeddedClock(settings, database, prefect=None, share=ClockShare.BESIDE_WORKERS)
    clock.start()
    say("时钟已启动（按 Ctrl+C 结束）")
    ended.wait()
    clock.stop()
