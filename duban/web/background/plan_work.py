"""Long work on a plan: its year of reminders lived ahead of time, and a large one written out."""

import datetime as dt
import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from duban.web.attachment import XLSX
from duban.web.background.jobs import Report, actor_of, kind_of_work
from duban.web.background.work_folder import new_result, work_folder
from models.database import open_engine, reading, rehearsing, sqlite_url
from models.dates.day_override import office_calendar
from models.engine.job import Job
from models.items.plan import AnnualPlan
from models.people.permission import Action
from models.settings import Settings
from tasks.acting.authorize import authorize_organ
from tasks.oversight.simulate import simulate
from tasks.plan.export_list import export_list

PREVIEW, EXPORT = "preview_plan", "export_plan"
MOST_PEOPLE = 60
"""People listed one by one."""


@kind_of_work(PREVIEW)
def preview_in_background(database: Engine, settings: Settings, job: Job, report: Report) -> dict[str, Any]:
    """Live the plan's year ahead of time, and keep what would be sent in numbers."""
    with reading(database) as session:
        plan = session.get_one(AnnualPlan, job.parameters["plan"])
        by = actor_of(session, job)
        authorize_organ(session, by, Action.PLAN, plan.organ_id)
    report(0, 0, "正在准备")

    def track(days: Iterable[dt.date]) -> Iterator[dt.date]:
        listed = list(days)
        for place, day in enumerate(listed):
            report(place, len(listed), f"推演到 {day.month}月{day.day}日")
            yield day

    with _apart(database, settings) as session:
        plan = session.get_one(AnnualPlan, job.parameters["plan"])
        calendar = office_calendar(session, organ_id=plan.organ_id)
        rows = simulate(session, plan, now=by.now, calendar=calendar, track=track)
    told = in_numbers(rows)
    return told | {
        "said": f"全年将发出 {told['total']} 条提醒（推演，没有写入）。",
        "next": job.parameters["next"],
        "go": "查看结果",
    }


def in_numbers(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Notices as `tasks.notices.browse_notices` gives them, counted by month, rung and person; those that leave
    only."""
    months: dict[int, Counter[str]] = defaultdict(Counter)
    rungs: Counter[str] = Counter()
    people: Counter[str] = Counter()
    total = nobody = 0
    for row in rows:
        if row["state"] not in ("pending", "sent"):
            continue
        if row["recipient"] is None:
            nobody += 1
            continue
        total += 1
        months[row["fired_on"].month][row["kind"]] += 1
        rungs[row["rung"] or ""] += 1
        people[row["recipient"]] += 1
    return {
        "total": total,
        "nobody": nobody,
        "months": [[month, months[month]["reminder"], months[month]["escalation"]] for month in range(1, 13)],
        "rungs": rungs.most_common(),
        "people": people.most_common(MOST_PEOPLE),
        "more_people": max(0, len(people) - MOST_PEOPLE),
    }


@kind_of_work(EXPORT)
def export_in_background(database: Engine, settings: Settings, job: Job, report: Report) -> dict[str, Any]:
    """Write a large plan out."""
    with reading(database) as session:
        plan = session.get_one(AnnualPlan, job.parameters["plan"])
        by = actor_of(session, job)
        authorize_organ(session, by, Action.VIEW, plan.organ_id)
        report(0, 0, "正在写出表格")
        path = new_result(settings, "xlsx")
        count = export_list(session, plan, path, on=by.on)
    return {"said": f"已导出 {count} 项任务。", "file": path.name, "name": f"{plan.title}.xlsx", "type": XLSX}


@contextmanager
def _apart(database: Engine, settings: Settings) -> Iterator[Session]:
    """A session on what the database holds now, in which to try things out for long without keeping others waiting.

    SQLite has one writer at a time, so the trial is made on a copy.
    """
    if database.dialect.name != "sqlite":
        with rehearsing(database) as session:
            yield session
        return
    with tempfile.TemporaryDirectory(dir=work_folder(settings), prefix="copy-") as folder:
        path = Path(folder) / "copy.db"
        with closing(sqlite3.connect(str(database.url.database))) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy)
        copied = open_engine(sqlite_url(path))
        try:
            with rehearsing(copied) as session:
                yield session
        finally:
            copied.dispose()
