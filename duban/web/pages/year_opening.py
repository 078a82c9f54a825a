"""开年编制: what a new year's plan would begin with, shown before it is drawn up."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from duban.web.posted import Sent
from duban.web.visit import Signed, Visit
from models.database import rehearsing
from models.errors import BadInputError, NotFoundError
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.authorize import authorize_organ
from tasks.plan.open_year import open_year
from tasks.plan.opening.draft import Origin

router = APIRouter()
SHOWN = 200
"""Drafts listed before anything is written."""
FROM_MONTH = 7
"""From this month on the year to be opened is the next one."""


@router.get("/plans/open-year")
def ask(visit: Signed, opens: Annotated[int | None, Query(ge=1990, le=2200)] = None) -> HTMLResponse:
    """What opening the year would put into its plan; nothing is written."""
    year = opens or _coming(visit)
    with visit.reading() as session:
        authorize_organ(session, visit.by, Action.PLAN, visit.organ.id)
        opened, nothing = None, ""
        with rehearsing(visit.served.database) as scratch:
            try:
                opened = open_year(scratch, scratch.get_one(Organ, visit.organ.id), year, by=visit.by)
            except NotFoundError as error:
                nothing = error.message
        return visit.page(
            session, "plan/plan_open.html", menu="/plans", year=year, opened=opened, nothing=nothing,
            origins=list(Origin),
            shown=opened.made[:SHOWN] if opened else [],
        )  # fmt: skip


@router.post("/plans/open-year")
def begin(sent: Sent) -> Response:
    """Draw up the plan of the year, or add to it what is new."""
    visit, year = sent.visit, sent.number("opens", "年度")
    if year is None or not 1990 <= year <= 2200:
        raise BadInputError("请写明年度，应为 1990 至 2200。")
    with visit.writing() as session:
        opened = open_year(session, session.get_one(Organ, visit.organ.id), year, by=visit.by)
    lacking = f"，其中 {len(opened.incomplete)} 项要补齐时限或责任人" if opened.incomplete else ""
    said = f"已列入 {len(opened.made)} 项{lacking}；没有下达。" if opened.made else "没有可以新列入的，计划未变。"
    return visit.go(visit.link(f"/plans/{opened.plan_id}", year=year), said)


def _coming(visit: Visit) -> int:
    return visit.on.year + (visit.on.month >= FROM_MONTH)
