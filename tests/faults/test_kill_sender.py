"""A few of the kills of `tests.faults.kill_sender`, on both databases."""

from pathlib import Path

from sqlalchemy import Engine

from tests.faults.kill_sender import kill_again_and_again


def test_a_sender_that_is_killed_loses_nothing_and_repeats_only_the_same_message(
    any_engine: Engine, tmp_path: Path
) -> None:
    url = any_engine.url.render_as_string(hide_password=False)
    any_engine.dispose()
    found = kill_again_and_again(url, tmp_path, kills=6, items=4000, seed=1, longest=1.0)
    assert found.kills == 6
    assert found.messages > 20
    assert (found.lost, found.other_words, found.unsettled) == (0, 0, 0)
