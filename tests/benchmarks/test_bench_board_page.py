"""The page of the board against the same template filled from constants; it must not grow with the other organs."""

import re
import statistics
from collections.abc import Callable

import pytest

from models.actor import Actor, Channel
from models.database import reading
from models.items.plan import AnnualPlan
from models.ladder.light import Light
from tasks.oversight.gather_board import gather_board
from tests.benchmarks.conftest import Filled, seconds
from tests.benchmarks.constant import CONSTANT, beside_constant, unkeyed
from tests.benchmarks.populate import CALENDAR, NOW, ON
from tests.benchmarks.test_bench_status import PLAN, counted

pytestmark = pytest.mark.benchmark

SUPERVISOR = "职员196"
"""The supervisor of the seventh organ: sees all of its thousand items."""
TURNS = 25


@pytest.mark.parametrize(
    ("what", "path", "template", "bar"),
    [("board", "/board", "items/board.html", 1.6), ("calendar", "/calendar", "items/month.html", 1.5)],
)
def test_a_page_of_numbers(filled: Filled, what: str, path: str, template: str, bar: float) -> None:
    with beside_constant(filled, template, SUPERVISOR) as (visitor, _filled_in):
        first = visitor.get(path)
        assert first.status_code == 200
        assert unkeyed(visitor.get(CONSTANT).text) == unkeyed(first.text)

        def asked(address: str) -> Callable[[], object]:
            return lambda: visitor.get(address)

        filled.compare(what, asked(CONSTANT), asked(path), bar=bar if filled.system == "sqlite" else 2.0, turns=TURNS)
        filled.compare(
            f"{what} after a change", asked(CONSTANT), asked(path), bar=None, turns=TURNS, before=filled.touch
        )
        parts = set(re.findall(r'(?:href|src)="(/static/[^"#]*)', first.text))
        weight = len(first.content) + sum(len(visitor.get(part).content) for part in parts)
        once = statistics.median(seconds(asked(path)) for _turn in range(5))
        print(
            f"weight {len(first.content) / 1024:.0f} KB, with all it fetches {weight / 1024:.0f} KB;"
            f" {once * 1000:.1f} ms"
        )


def test_the_numbers_of_the_board(filled: Filled) -> None:
    by = Actor(SUPERVISOR, Channel.WEB, ON, NOW, 28 * PLAN)
    statement = counted(filled.engine.dialect.name)

    def ours() -> list[int]:
        with reading(filled.engine) as session:
            board = gather_board(session, session.get_one(AnnualPlan, PLAN), by=by, calendar=CALENDAR)
        return [board.lights.get(light, 0) for light in (Light.GREEN, Light.YELLOW, Light.RED)]

    def by_hand() -> list[int]:
        rows = filled.rows(statement)
        return [sum(row[place] for row in rows) for place in (1, 2, 3)]

    assert ours() == by_hand()
    filled.compare("numbers of the board", by_hand, ours, bar=None, turns=TURNS)
