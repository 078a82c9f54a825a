"""日历: a month of deadlines, with the days that rest and those that work in their place."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from duban.edge import today
from duban.web.visit import Signed, Visit
from models.database import key
from models.dates.day_override import office_calendar
from models.dates.days import DAY, add_months, first_of, last_of
from models.errors import BadInputError
from models.items.plan import AnnualPlan
from models.people.organ import Department
from tasks.acting.known_to import known_to
from tasks.lists.choose_items import Choice, NamedList
from tasks.lists.tally import DeadlineOutcome
from tasks.oversight.gather_calendar import SHOWN, CalendarDay, count_outcomes, gather_calendar
from tasks.people.find import departments_of

router = APIRouter()
ALL = 2000
"""Deadlines that a single day may show; more than any office has on one."""


@router.get("/calendar")
def calendar_page(
    visit: Signed,
    month: Annotated[str, Query(max_length=7)] = "",
    show: Annotated[Literal["all", "mine"], Query()] = "all",
    department: Annotated[str, Query(max_length=18, pattern=r"^\d*$")] = "",
    outcome: Annotated[DeadlineOutcome | None, Query()] = None,
    day: Annotated[str, Query(max_length=10)] = "",
) -> HTMLResponse:
    """One month, from the Monday before its first day to the Sunday after its last; or all that is due on one day."""
    asked = today(day) if day else None
    begins = _first_of(month) if month else first_of("month", asked or visit.on)
    choice = Choice(
        standing=NamedList.MINE if show == "mine" else None, department=int(department) if department else None
    )
    kept = {"show": show if show == "mine" else None, "department": department, "outcome": outcome}

    def link(path: str = "/calendar", **changed: object) -> str:
        return visit.link(path, **(kept | changed))

    with visit.reading() as session:
        days_asked = (begins, asked, choice, outcome)
        name = ("calendar", visit.organ.id, visit.year, *days_asked)
        shown = known_to(session, visit.looking, name, lambda: _gathered(session, visit, *days_asked))
        days = shown.days
        return visit.page(
            session,
            "items/month.html",
            menu="/calendar",
            plan=shown.plan,
            day=days[0] if asked and days else None,
            month=begins,
            here=f"{begins:%Y-%m}",
            weeks=[days[start : start + 7] for start in range(0, len(days), 7)],
            counts=shown.counts,
            before=f"{add_months(begins, -1):%Y-%m}",
            after=f"{add_months(begins, 1):%Y-%m}",
            day_before=asked - DAY if asked else None,
            day_after=asked + DAY if asked else None,
            show=show,
            department=department,
            departments=shown.departments,
            outcome=outcome,
            address=link,
            provisional=any(day.provisional for day in days),
        )


@dataclass(frozen=True)
class _Shown:
    """What the database says of the days shown."""

    plan: AnnualPlan | None
    days: Sequence[CalendarDay]
    counts: Mapping[DeadlineOutcome, int]
    departments: Sequence[Department]


def _gathered(
    session: Session, visit: Visit, begins: dt.date, asked: dt.date | None, choice: Choice,
    outcome: DeadlineOutcome | None,
) -> _Shown:  # fmt: skip
    calendar = office_calendar(session, organ_id=visit.organ.id)
    plan = visit.plan_or_none(session)
    departments = departments_of(session, key(visit.organ.id))
    if plan is None:
        return _Shown(None, [], {}, departments)
    by, ends = visit.looking, last_of("month", begins)
    days = gather_calendar(
        session, plan, by=by, calendar=calendar, first=asked or first_of("week", begins),
        last=asked or last_of("week", ends), choice=choice, outcome=outcome, most=ALL if asked else SHOWN,
    )  # fmt: skip
    counts = count_outcomes(
        session, plan, by=by, calendar=calendar, first=asked or begins, last=asked or ends, choice=choice
    )
    return _Shown(plan, days, counts, departments)


def _first_of(month: str) -> dt.date:
    """The first day of a month written 2026-06. Raises BadInputError."""
    try:
        found = dt.date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise BadInputError(f"月份“{month}”无法识别：请写成 2026-06 的形式。") from error
    if not 1990 <= found.year <= 2200:
        raise BadInputError(f"月份“{month}”无法识别：年份应在 1990 至 2200 之间。")
    return found
