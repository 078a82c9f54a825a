"""Unit and people of many items at once: `tasks.people.people_of` as columns of a list, so that no row asks again.

Whoever selects these columns selects from items under the name `i`.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.people.organ import Department
from models.people.person import Person, Role
from tasks.people.address import VIA, recipient_by_role, recipient_of_head, recipient_of_post
from tasks.people.people_of import UNASSIGNED

ITEM = aliased(WorkItem, name="i")
"""The items of a list, under the name that the columns know them by."""

Column = sa.ColumnElement
Found = sa.ScalarSelect[int | None]
"""A recipient as `tasks.people.address` answers: `person * 4 + via`."""


def unit_name() -> Column[str]:
    """The leading unit: the department, else the text of the list."""
    return sa.func.coalesce(department_name("i.department_id"), sa.literal_column("i.lead_text"), UNASSIGNED)


def plan_year() -> Column[int]:
    """The year of the plan that the item is of."""
    return sa.select(col(AnnualPlan.year)).where(col(AnnualPlan.id) == ITEM.plan_id).scalar_subquery()


def department_name(department: str) -> Column[str | None]:
    """The name of the department whose id the SQL expression names."""
    named = sa.select(col(Department.name)).where(col(Department.id) == sa.literal_column(department, sa.Integer))
    return named.scalar_subquery()


def doer_name(on: dt.date) -> Column[str | None]:
    """Who does the item on the day: its handler, else the head of its department, deputies included."""
    handler = recipient_of_post("i.handler_post_id", leaves=True)
    head = recipient_of_head("i.department_id", leaves=True)
    return person_name(answer(f"coalesce({handler}, {head})", on))


def leader_name(on: dt.date) -> Column[str | None]:
    """The leader who answers for the item on the day, or the leader's deputy."""
    found = answer(recipient_by_role(f"'{Role.LEADER}'", frozenset({Role.LEADER}), leaves=True), on)
    return person_name(found, found % 4 < len(VIA) - 1)


def answer(scalar: str, on: dt.date) -> Found:
    """A scalar of `tasks.people.address` about item `i` as a column, as of the day."""
    asked = sa.text(f"SELECT {scalar}").bindparams(sa.bindparam("on", on, sa.Date))
    return asked.columns(sa.column("found", sa.Integer)).scalar_subquery()


def person_name(found: Found, *conditions: Column[bool]) -> Column[str | None]:
    """The name of the person found, where the conditions hold."""
    return sa.select(col(Person.name)).where(col(Person.id) == found // 4, *conditions).scalar_subquery()
