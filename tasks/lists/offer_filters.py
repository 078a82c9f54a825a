"""What a list of items can be narrowed down to: the plan's projects, the organ's departments, the people in office."""

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlmodel import Session

from models.items.plan import AnnualPlan

Offer = tuple[int, str]
"""An id and its words."""


@dataclass(frozen=True)
class Filters:
    """By id, in the order in which the office keeps them. People with department and title, each once."""

    projects: list[Offer] = field(default_factory=list)
    departments: list[Offer] = field(default_factory=list)
    people: list[Offer] = field(default_factory=list)


_OFFERED = text("""
    SELECT 'project' AS kind, j.id, j.name, '' AS title, '' AS unit, j.ordinal AS place, j.id AS further
    FROM project j WHERE j.plan_id = :plan
      AND NOT EXISTS (SELECT 1 FROM work_item w WHERE w.project_id = j.id AND w.ledger IS NOT NULL)
    UNION ALL SELECT 'department', d.id, d.name, '', '', d.id, d.id FROM department d WHERE d.organ_id = :organ
    UNION ALL SELECT 'person', h.id, h.name, p.title, coalesce(d.name, ''), coalesce(p.department_id, 2147483647), p.id
    FROM post p JOIN tenure t ON t.post_id = p.id JOIN person h ON h.id = t.person_id
    LEFT JOIN department d ON d.id = p.department_id
    WHERE p.organ_id = :organ AND t.started_on <= :on AND (t.ended_on IS NULL OR t.ended_on >= :on)
      AND (h.left_on IS NULL OR h.left_on >= :on)
    ORDER BY 6, 7""")


def offer_filters(session: Session, plan: AnnualPlan, *, on: dt.date) -> Filters:
    """What there is on the day, by one statement."""
    offered = Filters()
    people: dict[int, str] = {}
    for row in session.execute(_OFFERED, {"plan": plan.id, "organ": plan.organ_id, "on": on}):
        match row.kind:
            case "project":
                offered.projects.append((row.id, row.name))
            case "department":
                offered.departments.append((row.id, row.name))
            case _:
                people.setdefault(row.id, f"{row.name}（{row.unit}{row.title}）")
    offered.people.extend(people.items())
    return offered
