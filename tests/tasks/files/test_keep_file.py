"""A file whose row was not committed does not stay; one that any row refers to does."""

import datetime as dt
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import BinaryIO

import pytest
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from models.database import keep_so_far, rehearsing, unit_of_work
from models.errors import DubanError
from models.items.evidence import StoredFile
from tasks.files.file_store import FileStore, Stored
from tasks.files.keep_file import keeping

NOW = dt.datetime(2026, 7, 6, 1, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "evidence")


def bring(session: Session, store: FileStore, content: bytes = b"one") -> str:
    with keeping(session, store, io.BytesIO(content), media_type="text/plain", largest=100, now=NOW) as stored:
        return stored.sha256


def try_out(engine: Engine, act: Callable[[Session], object]) -> None:
    with unit_of_work(engine) as session:
        act(session)


def rows(engine: Engine) -> set[str]:
    with unit_of_work(engine) as session:
        return set(session.execute(select(StoredFile.sha256)).scalars())  # type: ignore[call-overload]


def before_it(session: Session, fail: Callable[..., None]) -> None:
    """As where somebody finds at the end that something may not be kept."""
    event.listen(session, "before_commit", fail)


def at_it(session: Session, fail: Callable[..., None]) -> None:
    """As where the database's disk is full: both databases then take back what was done, and say so."""

    def take_back(connection: Connection) -> None:
        connection.connection.rollback()
        fail()

    event.listen(session.connection(), "commit", take_back)


def after_it(session: Session, fail: Callable[..., None]) -> None:
    """As where the line breaks once the database has committed."""
    event.listen(session, "after_commit", fail)


def fail(*_: object) -> None:
    raise OperationalError("COMMIT", None, Exception("disk full"))


@pytest.mark.parametrize("how", [before_it, at_it])
def test_a_file_goes_with_the_commit_that_failed(
    any_engine: Engine, store: FileStore, how: Callable[..., None]
) -> None:
    brought = []

    def act(session: Session) -> None:
        brought.append(bring(session, store))
        how(session, fail)
        assert store.exists(brought[0])

    with pytest.raises(OperationalError):
        try_out(any_engine, act)

    assert (store.exists(brought[0]), rows(any_engine)) == (False, set())
    try_out(any_engine, lambda session: bring(session, store))
    assert (store.exists(brought[0]), rows(any_engine)) == (True, set(brought))


def test_a_file_goes_with_whatever_fails_after_it(any_engine: Engine, store: FileStore) -> None:
    brought = []

    def act(session: Session) -> None:
        brought.append(bring(session, store))
        raise DubanError

    with pytest.raises(DubanError):
        try_out(any_engine, act)
    assert not store.exists(brought[0])

    with rehearsing(any_engine) as session:
        assert store.exists(bring(session, store))
    assert not store.exists(brought[0])


def test_what_was_committed_so_far_stays(any_engine: Engine, store: FileStore) -> None:
    brought = []

    def act(session: Session) -> None:
        brought.append(bring(session, store))
        keep_so_far(session)
        brought.append(bring(session, store, b"two"))
        with session.begin_nested():
            brought.append(bring(session, store, b"three"))
        raise DubanError

    with pytest.raises(DubanError):
        try_out(any_engine, act)

    assert [store.exists(one) for one in brought] == [True, False, False]
    assert rows(any_engine) == {brought[0]}


def test_a_commit_that_came_through_keeps_its_file_whatever_was_reported(any_engine: Engine, store: FileStore) -> None:
    brought = []

    def act(session: Session) -> None:
        after_it(session, fail)
        brought.append(bring(session, store))

    with pytest.raises(OperationalError):
        try_out(any_engine, act)

    assert (store.exists(brought[0]), rows(any_engine)) == (True, set(brought))


def test_a_file_that_somebody_else_s_row_refers_to_stays(any_engine: Engine, store: FileStore) -> None:
    with unit_of_work(any_engine) as session:
        brought = bring(session, store)

    def act(session: Session) -> None:
        assert bring(session, store) == brought
        raise DubanError

    with pytest.raises(DubanError):
        try_out(any_engine, act)

    assert store.exists(brought)


def test_who_brings_the_same_meanwhile_has_his_file(any_engine: Engine, tmp_path: Path) -> None:
    """The other has put the file, or found it there, and waits for the row; the first then fails."""
    store = FileStore(tmp_path / "evidence")

    class Noting(FileStore):
        def put(self, source: BinaryIO, *, largest: int) -> Stored:
            made = super().put(source, largest=largest)
            found.set()
            return made

    def other() -> str:
        with unit_of_work(any_engine) as session:
            return bring(session, Noting(tmp_path / "evidence"))

    for _ in range(10):
        found, waiting = Event(), []
        with ThreadPoolExecutor(1) as pool:

            def act(session: Session, pool: ThreadPoolExecutor = pool, found: Event = found) -> None:
                bring(session, store)
                waiting.append(pool.submit(other))  # noqa: B023 - of this round
                assert found.wait(30)
                at_it(session, fail)

            with pytest.raises(OperationalError):
                try_out(any_engine, act)
            brought = waiting[0].result(60)
        assert (store.exists(brought), rows(any_engine)) == (True, {brought})
        with unit_of_work(any_engine) as session:
            session.delete(session.get_one(StoredFile, brought))
        store.discard(brought)


def test_where_the_store_fails_too_the_first_failure_is_told(engine: Engine, tmp_path: Path) -> None:
    class Stuck(FileStore):
        def discard(self, sha256: str) -> None:
            raise DubanError("无法删除文件")

    brought = []

    def act(session: Session) -> None:
        brought.append(bring(session, Stuck(tmp_path / "evidence")))
        at_it(session, fail)

    with pytest.raises(OperationalError, match="disk full"):
        try_out(engine, act)

    assert FileStore(tmp_path / "evidence").exists(brought[0]), "for the sweep"
