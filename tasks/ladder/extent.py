"""What a list is of: one plan, or the plans of all years of an organ together."""

import sqlalchemy as sa
from sqlmodel import col

from models.database import key
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.people.organ import Organ

Extent = AnnualPlan | Organ


def within(extent: Extent, items: type[WorkItem] = WorkItem) -> sa.ColumnElement[bool]:
    """The condition that an item is of the plan, or of the organ."""
    return col(items.organ_id) == extent.id if isinstance(extent, Organ) else col(items.plan_id) == extent.id


def organ_of(extent: Extent) -> int:
    """The organ it is of, by id."""
    return key(extent.id) if isinstance(extent, Organ) else extent.organ_id
