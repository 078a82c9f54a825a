"""What each rhythm does, as plain functions: the flows call them, and the clock does where Prefect is absent.

This is an edge: settings are read, the database is opened and time is taken here. Every function may run late,
twice or in two processes at once, takes JSON values and returns them.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, select

from models import clock
from models.database import reading, unit_of_work
from models.day_override import office_calendar
from models.errors import DubanError
from models.migrate import open_current
from models.organ import Organ
from models.plan import AnnualPlan
from models.settings import Settings
from tasks.compile_report import compile_report
from tasks.deliver import deliver
from tasks.record_run import record_run
from tasks.remind import remind

log = logging.getLogger(__name__)


@contextmanager
def _opened(settings: Settings) -> Iterator[Engine]:
    database = open_current(settings)
    try:
        yield database
    finally:
        database.dispose()


def daily_supervision(settings: Settings, on: str | None = None) -> dict[str, Any]:
    """Raise the notices due on `on` (an ISO day; today if none), each exactly once; the counts of the sweep."""
    with _opened(settings) as database, unit_of_work(database) as session:
        swept = remind(
            session,
            on=dt.date.fromisoformat(on) if on else clock.today(),
            now=clock.now(),
            calendar=office_calendar(session),
        )
    return {**asdict(swept), "on": swept.on.isoformat()}


def delivery(settings: Settings) -> dict[str, Any]:
    """Send what waits, outside quiet hours; the counts of the delivery."""
    with _opened(settings) as database:
        delivered = deliver(database, settings, now=clock.now(), quiet=True)
        if delivered.problem:
            log.warning("通知未能发送:%s", delivered.problem, extra={"action": "delivery_failed"})
        with unit_of_work(database) as session:
            record_run(session, delivery.__name__, on=delivered.on, now=clock.now())
    return {**asdict(delivered), "on": delivered.on.isoformat()}


def year_end_report(settings: Settings, year: int | None = None) -> dict[str, Any]:
    """Compile the report of `year` (the year before this one if none) for every organ that has a plan of it.

    An organ whose report cannot be compiled is named with the reason and stops no other.
    """
    on = clock.today()
    wanted = on.year - 1 if year is None else year
    reports: list[dict[str, Any]] = []
    with _opened(settings) as database:
        with reading(database) as session:
            planned = select(AnnualPlan.organ_id).where(AnnualPlan.year == wanted).order_by(col(AnnualPlan.organ_id))
            organs = session.exec(planned).all()
        for organ_id in organs:
            try:
                with unit_of_work(database) as session:
                    organ = session.get_one(Organ, organ_id)
                    report = compile_report(session, organ, wanted, on=on, now=clock.now())
                reports.append({"organ": report.organ, "version": report.version})
            except DubanError as error:
                log.warning("年度报告:%s", error.message, extra={"action": "report_failed"})
                reports.append({"organ": organ.name, "problem": error.message})
        with unit_of_work(database) as session:
            record_run(session, year_end_report.__name__, on=on, now=clock.now())
    return {"year": wanted, "reports": reports}


RHYTHMS: Mapping[str, Callable[..., dict[str, Any]]] = {
    rhythm.__name__: rhythm for rhythm in (daily_supervision, delivery, year_end_report)
}
"""By the name a schedule knows them by."""
