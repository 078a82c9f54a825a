"""The named figures of a year: each a number with its unit and the very rows it was counted from."""

import datetime as dt

from sqlmodel import Session

from models.database import key
from models.organ import Organ
from models.plan import AnnualPlan
from tasks.count_items import count_items
from tasks.count_ledgers import count_ledgers
from tasks.figure import Figure


def gather_figures(session: Session, organ: Organ, plan: AnnualPlan, *, on: dt.date) -> list[Figure]:
    """All named figures of the plan's year as of `on`, in fixed order: two statements, whatever the organ's size."""
    return list(figures_of_year(session, organ, plan, on=on).values())


def figures_of_year(session: Session, organ: Organ, plan: AnnualPlan, *, on: dt.date) -> dict[str, Figure]:
    """The same by code: of the items (`items.finished`), then of every ledger (`case.simple`)."""
    first = dt.date(plan.year, 1, 1)
    until = min(on, dt.date(plan.year, 12, 31))
    return count_items(session, key(plan.id), plan.year, on=on) | count_ledgers(session, key(organ.id), first, until)
