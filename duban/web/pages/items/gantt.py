"""甘特图: the plan over its year."""

import datetime as dt

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from duban.web.charts.gantt import Year
from duban.web.dates import day_text
from duban.web.row_number import RowNumber
from duban.web.visit import Signed
from models.dates.day_override import office_calendar
from models.dates.days import DAY
from models.dates.workdays import WorkCalendar
from models.ladder.light import Light
from tasks.oversight.gather_gantt import GanttBar, ProjectSpan, gather_gantt

router = APIRouter()


@router.get("/gantt")
def gantt(visit: Signed, project: RowNumber = None) -> HTMLResponse:
    """Projects, items and stages; of a large plan one project at a time."""
    with visit.reading() as session:
        plan = visit.plan_or_none(session)
        if plan is None:
            return visit.page(session, "items/gantt.html", menu="/calendar", plan=None, projects=[])
        calendar = office_calendar(session, organ_id=plan.organ_id)
        projects = gather_gantt(session, plan, by=visit.looking, calendar=calendar, project=project)

        def words(bar: GanttBar) -> str:
            start = day_text(bar.starts_on, on=visit.on) if bar.starts_on else "未定"
            end = day_text(bar.ends_on, on=visit.on) if bar.ends_on else "未定"
            stages = "、".join(f"{stage.title} {day_text(stage.on, on=visit.on)}" for stage in bar.stages)
            told = f"{bar.item.light.label}，{start}至{end}，进度 {bar.item.percent}%"
            return f"{told}；{stages}" if stages else told

        def lights(one: ProjectSpan) -> str:
            counts = "、".join(f"{light.label} {one.lights[light]}" for light in Light if light in one.lights)
            return f"{one.name}共 {one.count} 项：{counts}"

        return visit.page(
            session,
            "items/gantt.html",
            menu="/calendar",
            plan=plan,
            projects=projects,
            project=project,
            year=Year(plan.year, visit.on, _holidays(plan.year, calendar)),
            words=words,
            lights=lights,
            whole=all(len(one.items) == one.count for one in projects),
        )


def _holidays(year: int, calendar: WorkCalendar) -> list[tuple[dt.date, dt.date]]:
    """The spans of days off that hold a rest day in the week."""
    spans: list[tuple[dt.date, dt.date]] = []
    first: dt.date | None = None
    day, special = dt.date(year, 1, 1), False
    while day.year == year or first is not None:
        if day.year == year and not calendar.is_working(day):
            first, special = first or day, special or day.weekday() < 5
        elif first is not None:
            if special:
                spans.append((first, day - DAY))
            first, special = None, False
        day += DAY
    return spans
