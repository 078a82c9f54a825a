"""The stories of `tests.faults.surroundings`, each once, on each database that has a part in it."""

from pathlib import Path

import pytest

from tests.faults.surroundings import MOUNTING, ON_BOTH, STORIES, Story, can_mount, on_postgres


def holds(story: Story) -> None:
    assert story.rows > 0
    assert (story.missing, story.surplus, story.told) == (0, 0, [])


@pytest.mark.slow
@pytest.mark.parametrize("name", STORIES)
def test_what_fails_around_the_office_loses_and_doubles_nothing(name: str, tmp_path: Path) -> None:
    if name in MOUNTING and not can_mount():
        pytest.skip("this account may mount no disk of its own")
    holds(STORIES[name](tmp_path))


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("name", ON_BOTH)
def test_so_it_is_on_postgresql(name: str, postgres_url: str, tmp_path: Path) -> None:
    holds(on_postgres(name, tmp_path, postgres_url))
