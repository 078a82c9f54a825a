"""督办看板: how the plan stands, at a glance, every number leading to its rows."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from markupsafe import Markup
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
from tasks.oversight.levels_away import levels_away

router = APIRouter()

GROUPS = {"department": "科室", "project": "项目", "person": "人员"}
MOST = 40
"""Rows of the table on the page; what is beyond is in the list."""


@router.get("/board")
def board(visit: Signed, by: Annotated[Group, Query()] = "department") -> HTMLResponse:
    """The board of the year, as far as the person may see it."""
    with visit.reading() as session:
        # The drawings lead to addresses that keep what this one says.
        name = ("board", visit.organ.id, visit.link("/board"), by)
        shown = known_to(session, visit.looking, name, lambda: _gathered(session, visit, by))
        fresh = shown is None or shown.plan.issued_on is None
        may_plan = fresh and (visit.organ.id or 0) in organs_within(session, visit.by, Action.PLAN)
        if shown is None:
            return visit.page(session, "items/board.html", menu="/board", plan=None, may_plan=may_plan)
        groups = shown.board.groups
        return visit.page(
            session,
            "items/board.html",
            menu="/board",
            plan=shown.plan,
            may_plan=may_plan,
            board=shown.board,
            groups=groups[:MOST],
            group=by,
            by=GROUPS,
            bar=bar,
            most=max((one.total for one in groups), default=0),
            days=shown.days,
            trend=shown.trend,
            lacks=levels_away(session, shown.plan, on=visit.looking.on, today=visit.by.on)
            if shown.board.overdue
            else "",
        )


@dataclass(frozen=True)
class _Shown:
    """What the database says of the board, its drawings made."""

    plan: AnnualPlan
    board: Board
    days: Markup
    trend: Markup


def _gathered(session: Session, visit: Visit, group: Group) -> _Shown | None:
    """All of it, None where the organ has no plan."""
    plan = visit.plan_or_none(session)
    if plan is None:
        return None
    calendar = office_calendar(session, organ_id=plan.organ_id)
    board = gather_board(session, plan, by=visit.looking, calendar=calendar, group=group)
    all_open, whole = visit.link("/calendar", outcome=DeadlineOutcome.OPEN), visit.link("/calendar", show="all")
    days = day_strip(board.ahead, lambda day: f"{all_open}&day={day}")
    trend = month_columns(board.months, lambda month: f"{whole}&month={plan.year}-{month:02}")
    return _Shown(plan, board, days, trend)


@router.get("/board/unfiled")
def unfiled_page(
    visit: Signed, department: RowNumber = None, day: Annotated[str, Query(max_length=10)] = ""
) -> HTMLResponse:
    """The rows behind who has not filed: the items that owe a report for the period, of those the person may see."""
    with visit.reading() as session:
        plan = visit.plan(session)
        return owed_page(session, visit, plan, "unfiled", path="/board/unfiled", department=department, day=day)
