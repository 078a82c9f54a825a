"""Two of everything at once: what two schedulers, two senders or two people do in the same moment happens once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import Engine

from models.errors import ConflictError, ForbiddenError
from tests.office import HANDLER, Office

Result = TypeVar("Result")


def together(act: Callable[[], Result], times: int = 4) -> list[Result]:
    """Do the same thing in several threads that start at the same moment."""
    start = Barrier(times)

    def one() -> Result:
        start.wait()
        return act()

    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(one) for _ in range(times)]]


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    office = Office(any_engine, tmp_path / "home")
    for place in range(20):
        office.assign(f"任务{place}", due="2026-06-30", issue=False)
    office.issue(on="2026-06-01")
    office.sweep("2026-06-22")
    return office


def test_t2_sweeps_on_several_nodes_raise_each_notice_once(office: Office) -> None:
    raised = [result.raised for result in together(lambda: office.sweep("2026-06-23"))]
    assert sorted(raised) == [0, 0, 0, 20]
    assert len(office.told()) == 20


def test_several_senders_send_each_digest_once(office: Office) -> None:
    office.sweep("2026-06-23")
    results = together(lambda: office.send("2026-06-23"))
    assert sum(result.sent for result in results) == 1
    assert len(office.inbox(HANDLER).mails) == 1


def test_of_two_who_close_the_same_item_one_wins_and_the_other_is_told(office: Office) -> None:
    def close() -> str:
        try:
            return "on time" if office.close("1", on="2026-06-24").on_time else "late"
        except (ConflictError, ForbiddenError) as error:
            return type(error).__name__

    answers = together(close, 2)
    assert answers.count("on time") == 1
    assert len(answers) == 2
