"""The stories of `tests.faults.surroundings`, each once."""

from pathlib import Path

import pytest

from tests.faults.surroundings import MOUNTING, STORIES, can_mount


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.postgres] if "postgres" in name else []) for name in STORIES]
)
def test_what_fails_around_the_office_loses_and_doubles_nothing(name: str, tmp_path: Path) -> None:
    if name in MOUNTING and not can_mount():
        pytest.skip("this account may mount no disk of its own")
    story = STORIES[name](tmp_path)
    assert story.rows > 0
    assert (story.missing, story.surplus, story.told) == (0, 0, [])
