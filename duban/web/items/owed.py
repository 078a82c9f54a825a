"""Who has not filed or signed, of a plan or of all years, as a page: the rows, and one press to urge all of them."""

import datetime as dt
from collections.abc import Sequence

from fastapi.responses import HTMLResponse
from sqlmodel import Session

from duban.edge import today
from duban.web.visit import Visit
from models.database import key
from models.dates.day_override import office_calendar
from models.dates.days import DAY
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.people.organ import Organ
from models.people.permission import Action
from tasks.acting.authorize import organs_within, permitted
from tasks.acting.find_seen import seen_items
from tasks.items.urge import urgeable
from tasks.lists.list_unreported import Unreported, Unsigned, owed_periods, unreported, unsigned

_FIRST_DAY = dt.date(1990, 1, 1)
"""Of the first year that a plan can be of."""


def owed_page(
    session: Session, visit: Visit, extent: AnnualPlan | Organ, what: str, *, path: str, department: int | None,
    day: str = "",
) -> HTMLResponse:  # fmt: skip
    """The page at `path`: who has not filed (`unfiled`) for a period, the present one unless a day of another is named,
    of what the person may see; or who has not signed (`unsigned`), for whoever sees all.
    """
    calendar = office_calendar(session, organ_id=visit.organ.id)
    at = max(min(today(day), visit.on), _FIRST_DAY) if day else visit.on
    rows: Sequence[Unreported | Unsigned]
    earlier = later = None
    if what == "unfiled":
        among = permitted(session, visit.looking, Action.VIEW, organ_id=visit.organ.id)
        rows = unreported(session, extent, on=visit.on, at=at, calendar=calendar, among=among)
        periods = [one.period for one in owed_periods(session, extent, on=at, calendar=calendar)]
        earlier = min((one.first - DAY for one in periods), default=None)
        later = min((one.last + DAY for one in periods if one.last < visit.on), default=None)
    else:
        rows = unsigned(session, extent, on=visit.on)
    if department is not None:
        rows = [row for row in rows if (row.item.department_id or 0) == department]
    urged: list[WorkItem] = []
    if visit.organ.id in organs_within(session, visit.by, Action.URGE):
        owing = dict.fromkeys(row.item.id for row in rows)
        seen = seen_items(session, owing, by=visit.by, organ_id=key(visit.organ.id))
        urged = urgeable(session, [seen[one] for one in owing if one in seen], on=visit.by.on)
    return visit.page(
        session, "workbench/work_owed.html", menu="/board" if path.startswith("/board") else "/", what=what, path=path,
        rows=rows, department=department, earlier=earlier, later=later,
        urged=[item.id for item in urged],
    )  # fmt: skip
