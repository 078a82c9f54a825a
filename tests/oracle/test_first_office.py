"""One of five offices; each has a file of its own, so that they are spread over the workers."""

from pathlib import Path

from sqlalchemy import Engine

from tests.oracle.five_years import live


def test_an_office_tells_in_five_years_what_its_plain_double_would(any_engine: Engine, tmp_path: Path) -> None:
    story = live(any_engine, tmp_path, seed=0)

    assert {act.__name__ for act in story.acts} <= story.done.keys(), "something was never done"
