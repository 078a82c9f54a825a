"""The list of items as a file: what is ticked, else all pages of what is shown; the same columns, order and words."""

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO, cast

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import Engine

from duban.web.attachment import XLSX, streamed
from duban.web.background.jobs import Report, actor_of, kind_of_work, start_job
from duban.web.background.work_folder import new_result
from duban.web.items.item_list import ListAddress, asked_again, asked_for, listing_of, selected
from duban.web.visit import Signed
from models.database import reading
from models.engine.job import Job
from models.errors import NotFoundError
from models.items.plan import AnnualPlan
from models.people.organ import Organ
from models.settings import Settings
from tasks.lists.write_items import Kind, write_items

router = APIRouter()

AT_ONCE = 5000
"""Rows that are written while the browser waits; more are long work."""
EXPORT = "export-items"
KINDS: Mapping[str, Kind] = {"xlsx": "xlsx", "csv": "csv"}
TYPES: Mapping[Kind, str] = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
HELD = 4 * 1024 * 1024
"""Bytes of a file held in memory before it goes to disk."""


@router.get("/items/export.{kind}")
def export(visit: Signed, kind: str) -> Response:
    """The file; for a long list the page of the work that makes it."""
    if kind not in KINDS:
        raise NotFoundError("清单只能导出为 xlsx 或 csv。")
    asked = asked_for(visit.request.query_params)
    ticked = visit.request.query_params.getlist("item")
    with visit.reading() as session:
        plan = visit.plan(session)
        listing = listing_of(session, plan, asked, by=visit.looking, items=selected(ticked) if ticked else ())
        if not ticked and (rows := listing.count()) > AT_ONCE:
            about = {"plan": plan.id, "query": asked.query, "on": str(visit.on), "kind": kind}
        else:
            file = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=HELD))  # noqa: SIM115 - closed when sent
            write_items(listing, asked.columns, file, KINDS[kind])
            size = file.tell()
            file.seek(0)
            return streamed(file, _name(visit.organ, plan, visit.on, kind), TYPES[KINDS[kind]], size)
    return visit.go(visit.link(f"/jobs/{start_job(visit, EXPORT, f'导出任务清单（{rows} 项）', about)}"))


@kind_of_work(EXPORT)
def export_in_background(database: Engine, settings: Settings, job: Job, report: Report) -> dict[str, Any]:
    """The same by the runner of long work, as whoever began it may see the list."""
    about = job.parameters
    asked: ListAddress = asked_again(about["query"])
    on, kind = dt.date.fromisoformat(about["on"]), KINDS[about["kind"]]
    path = new_result(settings, kind)
    with reading(database) as session:
        plan = session.get_one(AnnualPlan, about["plan"])
        listing = listing_of(session, plan, asked, by=replace(actor_of(session, job), on=on))
        report(0, 0, "正在写出任务清单")
        with path.open("wb") as file:
            rows = write_items(listing, asked.columns, file, kind)
        name = _name(session.get_one(Organ, plan.organ_id), plan, on, kind)
    return {"said": f"已导出 {rows} 项任务。", "file": path.name, "name": name, "type": TYPES[kind]}


def _name(organ: Organ, plan: AnnualPlan, on: dt.date, kind: str) -> str:
    return f"{organ.name}{plan.year}年度任务清单{on}.{kind}"
