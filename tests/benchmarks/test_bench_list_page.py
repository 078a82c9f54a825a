"""The page of the list against the same template filled from constants; it must not grow with the other organs."""

import re
import statistics
from collections.abc import Callable
from typing import Any, cast

import pytest

from duban.web.visit import Visit
from models.actor import Actor, Channel
from models.database import reading
from models.items.plan import AnnualPlan
from tasks.lists.browse_items import ItemListing
from tests.benchmarks.conftest import Filled, seconds
from tests.benchmarks.constant import CONSTANT, beside_constant, unkeyed
from tests.benchmarks.floor import holder_on
from tests.benchmarks.populate import CALENDAR, NOW, ON
from tests.web import Visitor

pytestmark = pytest.mark.benchmark

PLAN = 7
SUPERVISOR = "职员196"
"""The supervisor of the seventh organ: sees all of its thousand items."""
TURNS = 25
SEAT, OVERSEER = "post p JOIN tenure t ON t.post_id = p.id", "oversight o JOIN tenure t ON t.post_id = o.post_id"

OPEN_ON = f"""(SELECT min(d.due_on) FROM deadline d WHERE d.item_id = i.id
    AND (d.done_on IS NULL OR d.done_on > '{ON}') AND (d.claimed_on IS NULL OR d.claimed_on > '{ON}'))"""
BEHIND = f"(100.0 * (DAYS(i.issued_on, '{ON}') + 1) / (DAYS(i.issued_on, i.due_on) + 1) - i.percent)"
BY_HAND = f"""
    WITH m AS (SELECT i.id, coalesce({OPEN_ON}, i.due_on) AS due_on FROM work_item i WHERE i.plan_id = {PLAN}),
    p AS (SELECT id, due_on, (SELECT count(*) FROM m) AS total FROM m ORDER BY due_on, id LIMIT 51),
    r AS (
        SELECT i.id, i.number, i.title, j.name AS project, d.name AS unit, i.state, p.due_on, i.percent, i.reported_on,
               i.importance, i.closed_on, p.total, CASE WHEN i.closed_on <= '{ON}' THEN 'blue'
                   WHEN i.state = 'draft' OR i.start_on > '{ON}' THEN 'grey' WHEN {OPEN_ON} < '{ON}' THEN 'red'
                   WHEN {BEHIND} > 30 THEN 'behind' WHEN {OPEN_ON} <= '{CALENDAR.add(ON, 5)}' THEN 'yellow'
                   WHEN {BEHIND} >= 10 THEN 'lagging' ELSE 'green' END AS light,
               coalesce({holder_on(ON, "tenure t", "t.post_id = i.handler_post_id")},
                        {holder_on(ON, SEAT, "p.department_id = i.department_id AND p.role = 'department_head'")}) AS h,
               {holder_on(ON, OVERSEER, "o.department_id = i.department_id")} AS l
        FROM p JOIN work_item i ON i.id = p.id JOIN project j ON j.id = i.project_id
        LEFT JOIN department d ON d.id = i.department_id LIMIT 1000)
    SELECT r.*, h.name, l.name FROM r LEFT JOIN person h ON h.id = r.h / 4 LEFT JOIN person l ON l.id = r.l / 4
    ORDER BY r.due_on, r.id"""
"""The rows of a page by somebody who knows that here nobody but the supervisor asks, no item was reported, suspended or
waits for review, and who stands in for whom."""


def by_hand(system: str) -> str:
    """The statement in a system's way to count days."""
    between = r"(date '\2' - \1)" if system == "postgresql" else r"(julianday('\2') - julianday(\1))"
    columns = r"(\2 - \1)" if system == "postgresql" else r"(julianday(\2) - julianday(\1))"
    return re.sub(r"DAYS\((\S+), (\S+)\)", columns, re.sub(r"DAYS\((\S+), '(\S+)'\)", between, BY_HAND))


def test_the_page_of_the_list(filled: Filled) -> None:
    with beside_constant(filled, "items/items.html", SUPERVISOR) as (visitor, filled_in):
        first = visitor.get("/items")
        assert first.status_code == 200
        assert isinstance(filled_in[0]["visit"], Visit)
        deep = "/items"
        for _page in range(19):
            found = re.search(r'<a href="([^"]*)" rel="next"', visitor.get(deep).text)
            assert found is not None
            deep = found[1].replace("&amp;", "&")
        assert "第 951–1000 项" in visitor.get(deep).text
        assert unkeyed(visitor.get(CONSTANT).text) == unkeyed(first.text)

        def asked(path: str) -> Callable[[], object]:
            return lambda: visitor.get(path)

        floor, page, bar = asked(CONSTANT), asked("/items"), 1.4 if filled.system == "sqlite" else 2.0
        filled.compare("page of the list", floor, page, bar=bar, turns=TURNS)
        filled.compare("page of the list after a change", floor, page, bar=None, turns=TURNS, before=filled.touch)
        filled.compare("last page of the list", asked("/items"), asked(deep), bar=1.2, turns=TURNS, before=filled.touch)
        _compare_rows(filled)
        _say_weight(visitor, first.text)


def _compare_rows(filled: Filled) -> None:
    by = Actor(SUPERVISOR, Channel.WEB, ON, NOW, 28 * PLAN)

    def ours() -> object:
        with reading(filled.engine) as session:
            plan = session.get_one(AnnualPlan, PLAN)
            return ItemListing(session, plan, by=by, calendar=CALENDAR).page().lines

    statement = by_hand(filled.engine.dialect.name)
    lines, rows = cast(Any, ours()), filled.rows(statement)[:50]
    assert [(line.id, line.light, line.handler, line.leader) for line in lines] == [
        (row[0], row[12], row[15], row[16]) for row in rows
    ]
    filled.compare("rows of a page of the list", lambda: filled.rows(statement), ours, bar=2.0, turns=TURNS)


def _say_weight(visitor: Visitor, html: str) -> None:
    parts = set(re.findall(r'(?:href|src)="(/static/[^"#]*)', html))
    weight = len(html.encode()) + sum(len(visitor.get(part).content) for part in parts)
    once = statistics.median(seconds(lambda: visitor.get("/items")) for _turn in range(5))
    print(
        f"weight {len(html.encode()) / 1024:.0f} KB, with all it fetches {weight / 1024:.0f} KB; {once * 1000:.1f} ms"
    )
