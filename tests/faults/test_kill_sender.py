"""A few of the kills of `tests.faults.kill_sender`, on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.faults.kill_sender import kill_again_and_again


@pytest.mark.parametrize("batch", [500, 5], ids=["one process", "two processes"])
def test_a_sender_that_is_killed_loses_nothing_and_repeats_only_the_same_message(
    any_engine: Engine, tmp_path: Path, batch: int
) -> None:
    """Killed is the one that keeps the records; where another talks to the server, that one notices."""
    url = any_engine.url.render_as_string(hide_password=False)
    any_engine.dispose()
    found = kill_again_and_again(url, tmp_path, kills=6, items=4000, seed=1, longest=1.0, batch=batch)
    assert found.kills == 6
    assert found.messages > 20
    assert (found.lost, found.other_words, found.unsettled) == (0, 0, 0)
