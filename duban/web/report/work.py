"""Long work on a report: compiling it from the year's rows."""

import datetime as dt
from typing import Any

from sqlalchemy import Engine

from duban.web.background.jobs import Report, actor_of, kind_of_work
from models.database import on_record
from models.engine.job import Job
from models.people.organ import Organ
from models.settings import Settings
from tasks.report.compiling.compile_report import compile_report, newest_report
from tasks.report.compiling.marks import count_marks, marks_of, marks_sentence
from tasks.report.desk.set_report_template import template_for

COMPILE = "compile_report"


@kind_of_work(COMPILE)
def compile_in_background(database: Engine, settings: Settings, job: Job, report: Report) -> dict[str, Any]:
    """Compile the report of a year, in one transaction."""
    year, day = job.parameters["year"], dt.date.fromisoformat(job.parameters["on"])
    report(0, 0, "正在汇集全年记录、编写各部分")
    with on_record(database) as session:
        organ = session.get_one(Organ, job.organ_id)
        before = newest_report(session, organ, year)
        template = template_for(session, organ, settings.home)
        done = compile_report(session, organ, year, by=actor_of(session, job), on=day, template=template)
        kept = newest_report(session, organ, year)
        report(0, 0, "正在保存")
    marked = marks_sentence(count_marks(marks_of(done)))
    same = before is not None and before.version == done.version
    said = f"第 {done.version} 版{'与现有材料相同，没有新编' if same else '已编成'}"
    return {
        "said": f"{said}；{marked if marked else '各处都有依据'}。",
        "next": f"/reports/{kept.id if kept else ''}?year={year}",
        "go": "打开报告",
    }
