"""Duties against the plan of a year: what no item does, and what no duty asks for."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.ledgers.duty import CODE, LEFT, STANDING, DutyOfOrgan
from models.ledgers.ledger_link import LedgerLink
from models.people.organ import Organ


@dataclass(frozen=True)
class DutyGaps:
    """How duties and the plan of a year fit, as of day `until`.

    `left` are the duties no item of that year's plan does, `unasked` the items that no duty asks for; `duties` and
    `items` count all there are.
    """

    year: int
    until: dt.date
    duties: int
    items: int
    left: Sequence[DutyOfOrgan]
    unasked: Sequence[WorkItem]


def duty_gaps(session: Session, organ: Organ, year: int, *, on: dt.date) -> DutyGaps:
    """The gaps of the year as of day `on`, at most to its end. Whoever calls has asked whether they may be read.

    Of an item that was split the whole is looked at, not its parts; items that carry a ledger's days are none.
    """
    until = min(max(on, dt.date(year, 1, 1)), dt.date(year, 12, 31))
    mine = (col(DutyOfOrgan.organ_id) == organ.id, col(DutyOfOrgan.withdrawn_on).is_(None))
    left = (
        select(DutyOfOrgan)
        .where(*mine, LEFT)
        .order_by(col(DutyOfOrgan.code).is_(None), col(DutyOfOrgan.code), col(DutyOfOrgan.id))
    )
    duties = select(func.count(col(DutyOfOrgan.id))).where(*mine, STANDING)
    planned = (
        select(WorkItem)
        .join(AnnualPlan, col(AnnualPlan.id) == col(WorkItem.plan_id))
        .where(WorkItem.organ_id == organ.id, AnnualPlan.year == year)
        .where(of_plan(), col(WorkItem.parent_id).is_(None))
    )
    unasked = planned.where(~_asked_for()).order_by(col(WorkItem.project_id), col(WorkItem.id))
    at = {"until": until}
    return DutyGaps(
        year,
        until,
        session.exec(duties, params=at).one(),
        session.exec(select(func.count()).select_from(planned.subquery())).one(),
        session.exec(left, params=at).all(),
        session.exec(unasked, params=at).all(),
    )


def _asked_for() -> ColumnElement[bool]:
    """The item, or a part of it, is linked to a duty that stands, or named in one."""
    part = aliased(WorkItem)
    parts = (
        select(part.id)
        .where(or_(col(part.id) == col(WorkItem.id), col(part.parent_id) == col(WorkItem.id)))
        .correlate(WorkItem)
    )
    linked = exists().where(
        col(LedgerLink.kind) == CODE, col(LedgerLink.row_id) == DutyOfOrgan.id, col(LedgerLink.removed_on).is_(None),
        col(LedgerLink.item_id).in_(parts),
    ).correlate(DutyOfOrgan, WorkItem)  # fmt: skip
    return (
        exists()
        .where(
            col(DutyOfOrgan.organ_id) == WorkItem.organ_id, col(DutyOfOrgan.withdrawn_on).is_(None), STANDING,
            or_(col(DutyOfOrgan.item_id).in_(parts), linked),
        )
        .correlate(WorkItem)
    )  # fmt: skip
