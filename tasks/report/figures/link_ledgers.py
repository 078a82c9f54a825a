"""Which project of a plan the rows of each ledger belong to, by the items they are linked to: one statement."""

import datetime as dt
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlmodel import Session, col

from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.items.plan_item import of_plan
from models.ledgers.kinds import KINDS
from models.ledgers.ledger_link import LedgerLink


def linked_projects(session: Session, plan: AnnualPlan, *, until: dt.date) -> dict[str, int]:
    """By ledger the project with most links from rows of the year, of several the first; a ledger without has none."""
    project = col(WorkItem.project_id)
    of_year = col(WorkItem.plan_id) == plan.id, of_plan()
    named = []
    for kind in KINDS.values():
        table: Any = kind.table
        rows = (
            table.organ_id == plan.organ_id,
            table.withdrawn_on.is_(None),
            getattr(table, kind.day).between(dt.date(plan.year, 1, 1), until),
        )
        code = literal(kind.code).label("code")
        link = select(code, project).select_from(table)
        to_row = (col(LedgerLink.kind) == kind.code) & (col(LedgerLink.row_id) == table.id)
        named += [
            link.join(WorkItem, col(WorkItem.id) == table.item_id).where(*rows, *of_year),
            link.join(LedgerLink, to_row & col(LedgerLink.removed_on).is_(None))
            .join(WorkItem, col(WorkItem.id) == LedgerLink.item_id)
            .where(*rows, *of_year),
        ]
    links = union_all(*named).subquery()
    counted = select(links.c.code, links.c.project_id, func.count()).group_by(links.c.code, links.c.project_id)
    found: dict[str, int] = {}
    for code, project_id, _ in sorted(session.execute(counted), key=lambda row: (-row[2], row[1])):
        found.setdefault(code, project_id)
    return found
