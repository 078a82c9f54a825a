"""The first page of a search against the page of the list: it must not grow with the other organs."""

from collections.abc import Callable

import pytest

from tests.benchmarks.conftest import Filled
from tests.benchmarks.constant import beside_constant
from tests.benchmarks.test_bench_list_page import SUPERVISOR, TURNS

pytestmark = pytest.mark.benchmark

QUERIES = {
    "search: all 1,000 items": "年度 工作",
    "search: one item": "进展 第345项",
    "search: a person": "职员169",
    "search: nothing": "无此事",
}


def test_the_first_page_of_a_search(filled: Filled) -> None:
    with beside_constant(filled, "items/items.html", SUPERVISOR) as (visitor, _):

        def asked(path: str) -> Callable[[], object]:
            return lambda: visitor.get(path)

        assert "任务 1000" in visitor.read("/search?q=年度 工作")
        for what, query in QUERIES.items():
            filled.compare(what, asked("/items"), asked(f"/search?q={query}"), bar=1.5, turns=TURNS)
