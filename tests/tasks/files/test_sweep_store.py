"""Files without a row are found and go, but never under somebody who brings the same; rows without a file are told."""

import datetime as dt
import io
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.database import reading, unit_of_work
from models.items.evidence import StoredFile
from tasks.files.file_store import FileStore
from tasks.files.keep_file import keeping
from tasks.files.sweep_store import StoreCheck, check_store, discard_left

NOW = dt.datetime(2026, 6, 4, 4, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "evidence")


def lay(store: FileStore, folder: Path, content: bytes, hours: float) -> str:
    """A file as a killed upload leaves it, so many hours ago."""
    sha256 = store.put(io.BytesIO(content), largest=100).sha256
    written = (NOW - dt.timedelta(hours=hours)).timestamp()
    os.utime(folder / sha256[:2] / sha256[2:], (written, written))
    return sha256


def keep(engine: Engine, store: FileStore, content: bytes) -> str:
    source = io.BytesIO(content)
    with (
        unit_of_work(engine) as session,
        keeping(session, store, source, media_type="text/plain", largest=100, now=NOW) as stored,
    ):
        pass
    return stored.sha256


def check(engine: Engine, store: FileStore) -> StoreCheck:
    with reading(engine) as session:
        return check_store(session, store, now=NOW)


def test_what_does_not_fit_is_told_and_what_nobody_refers_to_goes(
    any_engine: Engine, store: FileStore, tmp_path: Path
) -> None:
    folder = tmp_path / "evidence"
    assert check(any_engine, store) == StoreCheck([], [], 0)
    kept, lost = keep(any_engine, store, b"kept"), keep(any_engine, store, b"lost")
    store.discard(lost)
    old = sorted(lay(store, folder, content, 25) for content in (b"one", b"two"))
    young = lay(store, folder, b"young", 23)
    (folder / old[0][:2] / "readme.txt").write_text("x")

    found = check(any_engine, store)

    assert found == StoreCheck(old, [lost], 0)
    assert list(discard_left(any_engine, store, found.left)) == old
    assert check(any_engine, store) == StoreCheck([], [lost], 0)
    assert store.verify(kept)
    assert store.verify(young)
    with Session(any_engine) as session:
        assert set(session.exec(select(StoredFile.sha256))) == {kept, lost}


def test_what_somebody_brought_meanwhile_stays(any_engine: Engine, store: FileStore, tmp_path: Path) -> None:
    old = lay(store, tmp_path / "evidence", b"one", 25)
    found = check(any_engine, store)
    assert keep(any_engine, store, b"one") == old

    assert list(discard_left(any_engine, store, found.left)) == []
    assert store.verify(old)


class Slow(FileStore):
    """Takes its time to remove, while somebody else brings the same."""

    def discard(self, sha256: str) -> None:
        time.sleep(0.3)
        super().discard(sha256)


def test_the_same_content_brought_while_it_goes_is_there_afterwards(
    any_engine: Engine, store: FileStore, tmp_path: Path
) -> None:
    folder = tmp_path / "evidence"
    old = lay(store, folder, b"one", 25)

    with ThreadPoolExecutor() as pool:
        going = pool.submit(lambda: list(discard_left(any_engine, Slow(folder), [old])))
        time.sleep(0.1)
        assert keep(any_engine, store, b"one") == old
        assert going.result() == [old]

    assert store.verify(old)
    assert check(any_engine, store) == StoreCheck([], [], 0)
