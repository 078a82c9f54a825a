"""The items of a plan's own. One that carries the days of a ledger (台账时限) is none: it is made for the ladder alone.

Whatever lists or counts items, on the board, in a plan, in a circular, in a score, asks for the plan's own.
"""

from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from models.items.item import WorkItem
from models.items.plan import Project

OF_PLAN = "ledger IS NULL"
"""`of_plan` in SQL: behind the name of the item and a dot, where it has one."""


def of_plan(item: Any = WorkItem) -> ColumnElement[bool]:
    """The condition that holds for the items of the plan's own; `item` is the table, or an alias of it."""
    condition: ColumnElement[bool] = item.ledger.is_(None)
    return condition


def project_of_plan() -> ColumnElement[bool]:
    """The condition on `Project` that holds for all but the one made for the items that carry ledgers' days."""
    carried = select(WorkItem.id).where(WorkItem.project_id == Project.id, col(WorkItem.ledger).is_not(None))
    return ~carried.exists()
