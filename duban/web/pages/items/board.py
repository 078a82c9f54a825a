"""督办看板: how the plan stands, at a glance, every number leading to its rows."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from duban.web.charts.bar import bar
from duban.web.charts.days import day_strip
from duban.web.charts.months import month_columns
from duban.web.items.owed import owed_page
from duban.web.row_number import RowNumber
from duban.web.visit import Signed, Visit
from models.dates.day_override import office_calendar
from models.items.plan import AnnualPlan
from models.people.permission import Action
from tasks.acting.authorize import organs_within
from tasks.acting.known_to import known_to
from tasks.lists.tally import DeadlineOutcome, Group
from tasks.oversight.gather_board import Board, gather_board

router = APIRouter()

GROUPS = {"department": "科室", "project": "项目", "person": "人员"}
MOST = 40
"""Rows of the table on the page; what is beyond is in the list."""


@router.get("/board")
def board(visit: Signed, by: Annotated[Group, Query()] = "department") -> HTMLResponse:
    """The board of the year, as far as the person may see it."""
    with visit.reading() as session:
        name = ("board", visit.organ.id, visit.year, by)
        shown = known_to(session, visit.looking, name, lambda: _gathered(session, visit, by))
        fresh = shown is None or shown[0].issued_on is None
        may_plan = fresh and (visit.organ.id or 0) in organs_within(session, visit.by, Action.PLAN)
        if shown is None:
            return visit.page(session, "items/board.html", menu="/board", plan=None, may_plan=may_plan)
        plan, gathered = shown
        all_open, whole = visit.link("/calendar", outcome=DeadlineOutcome.OPEN), visit.link("/calendar", show="all")

        def on_day(day: dt.date) -> str:
            return f"{all_open}&day={day}"

        def in_month(month: int) -> str:
            return f"{whole}&month={plan.year}-{month:02}"

        return visit.page(
            session,
            "items/board.html",
            menu="/board",
            plan=plan,
            may_plan=may_plan,
            board=gathered,
            groups=gathered.groups[:MOST],
            group=by,
            by=GROUPS,
            bar=bar,
            most=max((one.total for one in gathered.groups), default=0),
            days=day_strip(gathered.ahead, on_day),
            trend=month_columns(gathered.months, in_month),
        )


def _gathered(session: Session, visit: Visit, group: Group) -> tuple[AnnualPlan, Board] | None:
    """All that the database says of the board, None where the organ has no plan."""
    plan = visit.plan_or_none(session)
    if plan is None:
        return None
    calendar = office_calendar(session, organ_id=plan.organ_id)
    return plan, gather_board(session, plan, by=visit.looking, calendar=calendar, group=group)


@router.get("/board/unfiled")
def unfiled_page(
    visit: Signed, department: RowNumber = None, day: Annotated[str, Query(max_length=10)] = ""
) -> HTMLResponse:
    """The rows behind who has not filed: the items that owe a report for the period, of those the person may see."""
    with visit.reading() as session:
        plan = visit.plan(session)
        return owed_page(session, visit, plan, "unfiled", path="/board/unfiled", department=department, day=day)
