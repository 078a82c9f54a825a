"""A few of the kills of `tests.faults.kill_work`, on both databases."""

from pathlib import Path

import pytest

from tests.databases import made_database
from tests.faults.kill_work import Counted, kill_again_and_again
from tests.faults.works import ONLY_POSTGRES, WORKS

KILLS = 3


def holds(found: Counted) -> None:
    assert found.kills == KILLS
    assert found.rows > 0
    assert (found.missing, found.surplus, found.failed) == (0, 0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(WORKS.keys() - ONLY_POSTGRES))
def test_work_that_is_killed_and_begun_again_leaves_what_undisturbed_work_leaves(name: str, tmp_path: Path) -> None:
    holds(kill_again_and_again(WORKS[name], tmp_path, str, kills=KILLS, seed=1))


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("name", ["archive", "sweep", "migration", "move", "restore"])
def test_so_it_is_on_postgresql(name: str, postgres_url: str, tmp_path: Path) -> None:
    with made_database(postgres_url) as one, made_database(postgres_url) as other:
        holds(kill_again_and_again(WORKS[name], tmp_path, iter((one, other)).__next__, kills=KILLS, seed=1))
