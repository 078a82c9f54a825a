"""The lights of one organ against one statement that counts them; the time must not grow with the other organs."""

from typing import Any

import pytest

from models.database import key, reading
from models.plan import AnnualPlan
from tasks.status import status
from tests.benchmarks.conftest import Filled
from tests.benchmarks.populate import CALENDAR, ON

pytestmark = pytest.mark.benchmark

PLAN = 7
COUNTED = f"""
    SELECT p.name, count(*) FILTER (WHERE light = 'green'), count(*) FILTER (WHERE light = 'yellow'),
           count(*) FILTER (WHERE light = 'red'), count(*) FILTER (WHERE light = 'grey'),
           count(*) FILTER (WHERE light = 'blue'), count(*)
    FROM (SELECT w.department_id, CASE
            WHEN w.closed_on <= '{ON}' THEN 'blue' WHEN w.state = 'draft' OR w.start_on > '{ON}' THEN 'grey'
            WHEN w.due < '{ON}' THEN 'red' WHEN w.due <= '{CALENDAR.add(ON, 5)}' THEN 'yellow' ELSE 'green' END AS light
          FROM (SELECT i.department_id, i.closed_on, i.state, i.start_on, coalesce((
                    SELECT min(d.due_on) FROM deadline d
                    WHERE d.item_id = i.id AND (d.done_on IS NULL OR d.done_on > '{ON}')), i.due_on) AS due
                FROM work_item i WHERE i.plan_id = {PLAN}) w) l
    JOIN department p ON p.id = l.department_id GROUP BY p.name ORDER BY p.name"""


def test_the_status_of_one_organ(filled: Filled) -> None:
    def ours() -> list[tuple[Any, ...]]:
        with reading(filled.engine) as session:
            plan = session.get_one(AnnualPlan, PLAN)
            counts = status(session, plan, on=ON, by="department", calendar=CALENDAR)
            assert key(plan.id) == PLAN
        return [tuple(count.as_dict().values()) for count in counts]

    def by_hand() -> list[tuple[Any, ...]]:
        return filled.rows(COUNTED)

    assert sorted(ours()) == sorted(by_hand())
    filled.compare("status of one organ", by_hand, ours, bar="1.5, flat", turns=25)
