"""The report that is owed (应报): of the year before, from 1 January until it is filed and public, with its days."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session

from models.actor import Actor
from models.database import key
from models.dates.workdays import WorkCalendar
from models.items.explanation import distance
from models.people.organ import Organ
from models.people.permission import Action
from models.report.filing import legal_last_day, public_last_day
from tasks.acting.authorize import organs_within
from tasks.people.find import plan_of_year
from tasks.report.filing.deadlines import own_day
from tasks.report.filing.step import filing_of


@dataclass(frozen=True)
class ReportDay:
    """A day by which something is to be done with the report of a year; `passed` once it lies behind."""

    year: int
    what: str
    due_on: dt.date
    distance: str
    passed: bool


def owed_year(session: Session, organ: Organ, *, on: dt.date) -> int | None:
    """The year whose report is owed on the day; None where there was no plan of it, or it is filed and public."""
    year = on.year - 1
    filing = filing_of(session, organ, year)
    done = filing is not None and filing.delivered_on is not None and filing.published_on is not None
    return None if done or plan_of_year(session, key(organ.id), year) is None else year


def report_days(session: Session, organ: Organ, *, by: Actor, calendar: WorkCalendar) -> list[ReportDay]:
    """The days of the report that is owed, those not kept yet, in their order; for whoever sends it on its way."""
    year = owed_year(session, organ, on=by.on)
    if year is None or organ.id not in organs_within(session, by, Action.REPORT_SUBMIT):
        return []
    filing = filing_of(session, organ, year)
    days: list[tuple[str, dt.date]] = []
    if filing is None or filing.delivered_on is None:
        own = own_day(session, key(organ.id), year)
        if own is not None and own < legal_last_day(year):
            days.append(("本单位自定的报送日", own))
        days.append(("报送", legal_last_day(year)))
    if filing is None or filing.published_on is None:
        days.append(("公开", public_last_day(year)))
    return [
        ReportDay(year, what, due_on, distance(due_on, on=by.on, calendar=calendar), due_on < by.on)
        for what, due_on in days
    ]
