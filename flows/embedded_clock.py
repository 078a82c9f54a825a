"""The embedded clock: looks at the list of schedules and starts what is due, while it holds the lease.

APScheduler with a memory store keeps the time; the database keeps who may act and what ran last. A tick runs the
flow when Prefect is healthy and the same plain function when it is not, so a reminder never waits for Prefect.
"""

import datetime as dt
import logging
import os
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from flows.kept import kept
from flows.one_heap import give_back
from flows.prefect.server import FlowFailedError, PrefectServer
from flows.rhythms import RHYTHMS
from flows.schedules import SCHEDULES, Schedule
from flows.slots import REMINDING, missed, trigger
from flows.steps import StoppedError, asked_to_stop
from models import clock
from models.clock import OFFICE_ZONE
from models.coded import Coded
from models.database import reading, unit_of_work
from models.engine.rhythm import LastRun, RunDriver
from models.faults import fault_of
from models.settings import Settings, renewed
from tasks.engine.lease import CLOCK, TERM, database_now, release_lease, take_lease
from tasks.engine.ping_alarm import Signal, ping_alarm
from tasks.engine.show_system import last_runs

log = logging.getLogger(__name__)

BEAT = dt.timedelta(seconds=15)
"""How often the lease is renewed; three beats may fail before it is lost."""
LAST_WORD = 1
"""Seconds that a stop waits for the watch outside."""
REPAIR = dt.timedelta(minutes=5)
"""How often missed and failed slots are looked for."""
JUMP = dt.timedelta(seconds=30)
"""A clock of the machine that runs apart by more than this between two beats was set."""
PATIENCE = dt.timedelta(minutes=20)
"""How late workers may be with what reminders depend on, before the clock beside them does it itself."""


class ClockState(Coded):
    """Whether this process acts, in a word for the status page."""

    OWNER = "owner", "值守中"
    STANDBY = "standby", "待命（另一进程值守中）"
    STOPPED = "stopped", "未运行"
    ELSEWHERE = "elsewhere", "由别的进程值守"


class ClockShare(Coded):
    """How much of the list of schedules a process keeps."""

    ALL = "all", "全部"
    BESIDE_WORKERS = "beside_workers", "工作进程以外的"
    """The light rhythms; of the others, the reminders that workers are late with."""
    NONE = "none", "不值守"


class RunWay(Coded):
    """How a rhythm was run."""

    PREFECT = "prefect", "经 Prefect"
    DIRECT = "direct", "直接执行"
    FAILED = "failed", "失败，稍后重试"
    STOPPED = "stopped", "已停下，等人确认"
    UNFINISHED = "unfinished", "应要求停下，下次接着做"


@dataclass(frozen=True)
class RhythmRun:
    """The last run of a rhythm that this process started."""

    ended_at: dt.datetime
    way: RunWay


class EmbeddedClock:
    """The clock of one process. Of all processes on one database exactly one acts; it also runs Prefect's server."""

    def __init__(
        self,
        settings: Settings,
        database: Engine,
        *,
        prefect: PrefectServer | None,
        schedules: Sequence[Schedule] = SCHEDULES,
        share: ClockShare = ClockShare.ALL,
    ) -> None:
        self.schedules = schedules
        self._share = share
        self.runs: dict[str, RhythmRun] = {}
        """What this process ran last, by rhythm."""
        self._settings, self._database, self._prefect = settings, database, prefect
        self._owner = f"{socket.gethostname()[:50]}:{os.getpid()}:{uuid4().hex[:12]}"
        self._owning = False
        self._running = {schedule.rhythm: threading.Lock() for schedule in schedules}
        self._scheduler: BackgroundScheduler | None = None
        self._stopping = threading.Event()

    @property
    def state(self) -> ClockState:
        if self._share is ClockShare.NONE:
            return ClockState.ELSEWHERE
        if self._scheduler is None:
            return ClockState.STOPPED
        return ClockState.OWNER if self._owning else ClockState.STANDBY

    def start(self) -> None:
        """Start looking at the time; returns at once."""
        self._stopping.clear()
        if self._share is ClockShare.NONE:
            return
        scheduler = BackgroundScheduler(timezone=OFFICE_ZONE)
        for schedule in filter(self._keeps, self.schedules):
            scheduler.add_job(
                self.tick,
                trigger(schedule),
                args=[schedule],
                id=schedule.slug,
                coalesce=True,
                misfire_grace_time=int(schedule.grace.total_seconds()),
            )
        self._scheduler = scheduler
        scheduler.start()
        threading.Thread(target=self._keep_beating, args=[scheduler], name="clock-beat", daemon=True).start()

    def stop(self) -> None:
        """Stop, give the lease to whoever waits, and end Prefect's server; a plain run under way ends at its step."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is None:
            return
        self._stopping.set()
        scheduler.shutdown(wait=False)
        if self._prefect is not None:
            self._prefect.stop()
        owned, self._owning = self._owning, False
        try:
            with unit_of_work(self._database) as session:
                release_lease(session, CLOCK, self._owner, database_now(session))
        except SQLAlchemyError:
            log.exception("值守权未能交还，将自行到期", extra={"action": "lease_failed"})
        if owned:
            ping_alarm(self._settings, Signal.STOP, "服务已正常停止", seconds=LAST_WORD)

    def beat(self) -> None:
        """Renew the lease or try to get it; on getting it, start the server and make good what was missed."""
        try:
            owning = self._take_lease()
        except SQLAlchemyError:
            log.exception("值守权未能续期", extra={"action": "lease_failed"})
            return
        if owning == self._owning or self._scheduler is None:
            return
        self._owning = owning
        log.info("时钟%s", self.state.label, extra={"action": "lease_taken" if owning else "lease_lost"})
        if self._prefect is not None:
            (self._prefect.start if owning else self._prefect.stop)()
        if owning:
            ping_alarm(self._settings, Signal.START)
            self.repair()

    def _keep_beating(self, scheduler: BackgroundScheduler) -> None:
        """Beat and repair at even pauses for as long as this scheduler keeps the time, whatever the clock is set to."""
        apart, repaired = _apart(), time.monotonic()
        while self._scheduler is scheduler:
            try:
                self.beat()
                was, apart = apart, _apart()
                if abs(apart - was) > JUMP.total_seconds():
                    self.follow_clock()
                if time.monotonic() - repaired >= REPAIR.total_seconds():
                    repaired = time.monotonic()
                    self.repair()
            except Exception:
                # The edge of a loop: the next beat does it again.
                log.exception("值守未能继续", extra={"action": "beat_failed"})
            self._stopping.wait(BEAT.total_seconds())

    def follow_clock(self) -> None:
        """Plan every slot anew by what the clock shows: it was set, and slots planned before may lie a year off."""
        scheduler = self._scheduler
        if scheduler is None:
            return
        log.warning("本机时钟被调整，已按新的时间重新安排定时工作", extra={"action": "clock_set"})
        for schedule in filter(self._keeps, self.schedules):
            scheduler.reschedule_job(schedule.slug, trigger=trigger(schedule))
        self.repair()

    def repair(self) -> None:
        """Run what was missed within its grace or failed: at once, in the order of the list, unless it runs already."""
        scheduler = self._scheduler
        if not self._owning or scheduler is None:
            return
        ours = [each for each in self.schedules if self._keeps(each) or each.rhythm in REMINDING]
        late = [schedule for schedule, _slot in self._late(*ours)]
        if late:
            scheduler.add_job(self._make_good, args=[scheduler, late], misfire_grace_time=None)

    def _make_good(self, scheduler: BackgroundScheduler, late: Sequence[Schedule]) -> None:
        """One after the other: all at once they would leave behind a heap as large as all of them need together.

        What waits behind a long one is found by the next repair, and begun beside it.
        """
        for schedule in late:
            if self._scheduler is scheduler:
                self.tick(schedule, if_missed=True)

    def tick(self, schedule: Schedule, *, if_missed: bool = False) -> None:
        """Run one schedule now, if this process holds the lease and the rhythm is not running already.

        `if_missed`, only while a slot of it is still to be made good.
        """
        if not self._running[schedule.rhythm].acquire(blocking=False):
            return
        try:
            if not self._take_lease():
                return
            if if_missed:
                late = self._late(schedule)
                if not late:
                    return
                log.info(
                    "补做“%s”（%s）", schedule.title, late[0][1], extra={"action": "catch_up", "slug": schedule.slug}
                )
            way = self._run(schedule)
            self.runs[schedule.rhythm] = RhythmRun(clock.now(), way)
        except Exception as error:
            # The edge of a loop: whatever went wrong, the next slot and the next repair find the same work again.
            said = fault_of(error)
            log.error(
                "“%s”失败%s", schedule.title, f"：{said.message}" if said else "", exc_info=None if said else error,
                extra={"action": "tick_failed", "slug": schedule.slug},
            )  # fmt: skip
            self.runs[schedule.rhythm] = RhythmRun(clock.now(), RunWay.FAILED)
        finally:
            self._running[schedule.rhythm].release()
            if not schedule.light:
                give_back()

    def _keeps(self, schedule: Schedule) -> bool:
        return self._share is ClockShare.ALL or schedule.light

    def _late(self, *schedules: Schedule) -> list[tuple[Schedule, dt.datetime]]:
        """Those of the schedules that missed a slot, with it."""
        now = clock.now()
        with reading(self._database) as session:
            last = last_runs(session, [each.rhythm for each in schedules])
        slots = [(each, self._missed(each, last.get(each.rhythm), now)) for each in schedules]
        return [(each, slot) for each, slot in slots if slot is not None]

    def _missed(self, schedule: Schedule, last: LastRun | None, now: dt.datetime) -> dt.datetime | None:
        return missed(schedule, last, now if self._keeps(schedule) else now - PATIENCE)

    def _run(self, schedule: Schedule) -> RunWay:
        named = {"slug": schedule.slug}
        if self._prefect is not None and not schedule.light:
            if self._prefect.is_healthy():
                try:
                    self._prefect.run_flow(schedule.entrypoint, schedule.parameters)
                except (FlowFailedError, OSError) as error:
                    if self._stopping.is_set():
                        raise
                    log.warning(
                        "“%s”经 Prefect 未成（%s），改为直接执行",
                        schedule.title,
                        error,
                        extra={"action": "engine_failed", **named},
                    )
                else:
                    log.info("“%s”已经 Prefect 执行", schedule.title, extra={"action": "ran", **named})
                    return RunWay.PREFECT
            else:
                log.info("Prefect 不在，直接执行“%s”", schedule.title, extra={"action": "engine_absent", **named})
        asked_to_stop.set(self._stopping)
        self._settings = renewed(self._settings)
        try:
            result = self._work(schedule)
        except StoppedError:
            log.info("“%s”应要求停下，下次接着做", schedule.title, extra={"action": "ended_early", **named})
            return RunWay.UNFINISHED
        # Webhooks count by this name; only a reason in words is a stop.
        if isinstance(result.get("stopped"), str):
            return RunWay.STOPPED
        if not schedule.light or any(result.values()):
            log.info("“%s”已执行：%s", schedule.title, result, extra={"action": "ran", **named})
        return RunWay.DIRECT

    def _work(self, schedule: Schedule) -> dict[str, Any]:
        """The plain function; a light one runs too often to be kept one by one."""
        rhythm = schedule.rhythm
        work = partial(RHYTHMS[rhythm], self._settings, **schedule.parameters)
        return work() if schedule.light else kept(self._database, rhythm, RunDriver.CLOCK, work)

    def _take_lease(self) -> bool:
        with unit_of_work(self._database) as session:
            return take_lease(session, CLOCK, self._owner, database_now(session), TERM)


def _apart() -> float:
    """Seconds between what the machine's clock shows and the time that only ever goes on."""
    return clock.now().timestamp() - time.monotonic()
