"""Files passed on between processes: whole or not at all, the newest counts, in a folder and in an object store."""

import datetime as dt
from pathlib import Path
from uuid import uuid4

import pytest

from models import clock
from tasks.files.passing_store import PassingStore


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PassingStore:
    return PassingStore(tmp_path / "store" if request.param == "folder" else f"memory://{uuid4().hex}")


def test_what_one_gives_another_brings_and_the_newest_counts(store: PassingStore, tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine.csv", tmp_path / "other" / "list-1" / "词.csv"
    assert store.names("list-1/token") == []
    for content in ("first", "second"):
        mine.write_text(content, encoding="utf-8")
        store.give(mine, "list-1/token/词.csv")
        assert store.bring("list-1/token/词.csv", theirs)
        assert theirs.read_text(encoding="utf-8") == content
    assert (store.names("list-1/token"), oct(theirs.stat().st_mode)[-3:]) == (["词.csv"], "600")
    store.drop("list-1/token")
    store.drop("list-1/token")
    assert not store.bring("list-1/token/词.csv", theirs)
    assert list(theirs.parent.iterdir()) == []


def test_what_is_older_is_thrown_away_and_the_mark_stays(store: PassingStore, tmp_path: Path) -> None:
    (tmp_path / "made").write_text("x", encoding="utf-8")
    store.drop_older(clock.now())
    assert store.mark() == ""
    store.set_mark("word")
    store.give(tmp_path / "made", "made-1.csv")
    store.drop_older(clock.now() - dt.timedelta(hours=1))
    assert store.names("") == ["made-1.csv"]
    store.drop_older(clock.now() + dt.timedelta(hours=1))
    assert (store.names(""), store.mark()) == ([], "word")
    store.try_out()
