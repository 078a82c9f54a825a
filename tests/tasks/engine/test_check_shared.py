"""Processes of one office share keys and store, or are refused with what to do: on PostgreSQL, where many may be."""

import io
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import Engine

from models import clock
from models.database import unit_of_work
from models.errors import BadInputError, DubanError
from models.settings import Settings
from tasks.access.office_key import FILE, office_key
from tasks.engine.check_shared import adopt, check_keys, check_shared
from tasks.files.file_store import FileStore
from tasks.files.keep_file import keeping
from tasks.files.passing_store import PassingStore

postgres = pytest.mark.parametrize("any_engine", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)


def process(tmp_path: Path, name: str, store: str = "") -> Settings:
    home = tmp_path / name
    home.mkdir()
    return Settings(home=home, evidence_url=store)


def same_key(one: Settings, other: Settings) -> None:
    office_key(one.home)
    shutil.copy(one.home / FILE, other.home / FILE)


@postgres
def test_a_second_process_with_another_key_or_none_is_refused_and_told_what_to_do(
    any_engine: Engine, tmp_path: Path
) -> None:
    store = str(tmp_path / "store")
    first, second = process(tmp_path, "a", store), process(tmp_path, "b", store)
    check_shared(any_engine, first)
    for check in (check_shared, lambda engine, settings: check_keys(engine, settings.home)):
        with pytest.raises(BadInputError, match=r"b 中没有密钥 secret\.key.*复制过来"):
            check(any_engine, second)
    assert not (second.home / FILE).exists()
    office_key(second.home)
    with pytest.raises(BadInputError, match=r"b/secret\.key 与本系统其他进程的不同"):
        check_shared(any_engine, second)
    same_key(first, second)
    check_shared(any_engine, second)
    check_shared(any_engine, first)


@postgres
def test_a_second_process_with_a_store_of_its_own_is_refused(any_engine: Engine, tmp_path: Path) -> None:
    first, second = process(tmp_path, "a", str(tmp_path / "store")), process(tmp_path, "b")
    check_shared(any_engine, first)
    same_key(first, second)
    with pytest.raises(BadInputError, match=r"证据存放处 .*b/evidence 不是本系统其他进程所用的那一处.*evidence_url"):
        check_shared(any_engine, second)
    adopt(any_engine, second)
    with pytest.raises(BadInputError, match="不是本系统其他进程所用的那一处"):
        check_shared(any_engine, first)


@postgres
def test_two_processes_that_are_the_first_at_the_same_moment_both_may(
    any_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, set_mark, together = process(tmp_path, "a"), PassingStore.set_mark, Barrier(2)

    def set_together(store: PassingStore, word: str) -> None:
        with suppress(BrokenBarrierError):
            together.wait(1)  # for another that saw no word in the store either
        set_mark(store, word)

    monkeypatch.setattr(PassingStore, "set_mark", set_together)
    with ThreadPoolExecutor(2) as processes:
        list(processes.map(check_shared, [any_engine] * 2, [settings] * 2))
    check_shared(any_engine, settings)


@postgres
def test_a_store_moved_as_a_whole_is_known_by_what_was_kept_last(any_engine: Engine, tmp_path: Path) -> None:
    first, second = process(tmp_path, "a", str(tmp_path / "old")), process(tmp_path, "b", str(tmp_path / "new"))
    same_key(first, second)
    check_shared(any_engine, first)
    for place in ("old", "new"):
        store, source = FileStore(tmp_path / place), io.BytesIO(b"evidence")
        with (
            unit_of_work(any_engine) as session,
            keeping(session, store, source, media_type="text/plain", largest=100, now=clock.now()),
        ):
            """Kept with the transaction."""
    check_shared(any_engine, second)
    check_shared(any_engine, second)


def test_a_store_that_cannot_be_written_is_told_on_every_database(any_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(DubanError, match=r"无法在文件存放处 .*taken 写入文件：路径中有一段不是文件夹"):
        check_shared(any_engine, process(tmp_path, "a", str(tmp_path / "taken")))


def test_an_sqlite_office_has_one_data_folder_and_is_not_asked(engine: Engine, tmp_path: Path) -> None:
    for name in ("a", "b"):
        check_shared(engine, process(tmp_path, name))
        assert list((tmp_path / name).iterdir()) == []
