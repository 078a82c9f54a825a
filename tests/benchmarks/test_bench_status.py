"""The lights of one organ against one statement that counts them; the time must not grow with the other organs."""

import re
from typing import Any

import pytest

from models.database import key, reading
from models.items.plan import AnnualPlan
from tasks.ladder.status import status
from tests.benchmarks.conftest import Filled
from tests.benchmarks.populate import CALENDAR, ON

pytestmark = pytest.mark.benchmark

PLAN = 7
COUNTED = f"""
    SELECT p.name, count(*) FILTER (WHERE light = 'green'), count(*) FILTER (WHERE light = 'yellow'),
           count(*) FILTER (WHERE light = 'red'), count(*) FILTER (WHERE light = 'grey'),
           count(*) FILTER (WHERE light = 'blue'), count(*) FILTER (WHERE light = 'lagging'),
           count(*) FILTER (WHERE light = 'behind'), 0, 0, count(*)
    FROM (SELECT w.department_id, CASE
            WHEN w.closed_on <= '{ON}' THEN 'blue' WHEN w.state = 'draft' OR w.start_on > '{ON}' THEN 'grey'
            WHEN w.due < '{ON}' THEN 'red'
            WHEN 100.0 * (DAYS(w.issued_on, '{ON}') + 1) / (DAYS(w.issued_on, w.due) + 1) - w.percent > 30 THEN 'behind'
            WHEN w.due <= '{CALENDAR.add(ON, 5)}' THEN 'yellow'
            WHEN 100.0 * (DAYS(w.issued_on, '{ON}') + 1) / (DAYS(w.issued_on, w.due) + 1) - w.percent >= 10
            THEN 'lagging' ELSE 'green' END AS light
          FROM (SELECT i.department_id, i.closed_on, i.state, i.start_on, i.issued_on, i.percent, (
                    SELECT min(d.due_on) FROM deadline d
                    WHERE d.item_id = i.id AND (d.done_on IS NULL OR d.done_on > '{ON}')) AS due
                FROM work_item i WHERE i.plan_id = {PLAN}) w) l
    JOIN department p ON p.id = l.department_id GROUP BY p.name ORDER BY p.name"""
"""Written by somebody who knows that here no item was reported, suspended or cancelled, or waits for review."""


def counted(system: str) -> str:
    """The statement in a system's way to count days."""
    between = r"(date '\2' - \1)" if system == "postgresql" else r"(julianday('\2') - julianday(\1))"
    columns = r"(\2 - \1)" if system == "postgresql" else r"(julianday(\2) - julianday(\1))"
    return re.sub(r"DAYS\((\S+), (\S+)\)", columns, re.sub(r"DAYS\((\S+), '(\S+)'\)", between, COUNTED))


def test_the_status_of_one_organ(filled: Filled) -> None:
    statement = counted(filled.engine.dialect.name)

    def ours() -> list[tuple[Any, ...]]:
        with reading(filled.engine) as session:
            plan = session.get_one(AnnualPlan, PLAN)
            counts = status(session, plan, on=ON, by="department", calendar=CALENDAR)
            assert key(plan.id) == PLAN
        return [tuple(count.as_dict().values()) for count in counts]

    def by_hand() -> list[tuple[Any, ...]]:
        return filled.rows(statement)

    assert sorted(ours()) == sorted(by_hand())
    filled.compare("status of an organ", by_hand, ours, bar=1.5, turns=25)
