"""The backup that is made by itself: once a day, thinned by the rules, whatever else lies in the folder."""

import datetime as dt
import errno
import os
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from models.clock import opening_of
from models.errors import DubanError
from tasks.keeping.nightly import keep_backup, last_backup
from tasks.keeping.restore import restore
from tests.office import Office
from tests.tasks.keeping.kept_office import BY, NOW, PASSPHRASE, worked


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return worked(any_engine, tmp_path / "office")


@pytest.fixture
def folder(office: Office) -> Path:
    return office.settings.home / "backups"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_day_has_one_backup_that_can_be_restored(office: Office, folder: Path, tmp_path: Path) -> None:
    made = keep_backup(office.engine, office.settings, folder, now=NOW)

    assert made is not None
    assert keep_backup(office.engine, office.settings, folder, now=NOW + dt.timedelta(hours=9)) is None
    assert names(folder) == ["duban-2026-07-01.zip"]
    assert folder.stat().st_mode & 0o777 == 0o700
    newest = last_backup(folder)
    assert newest is not None
    assert (newest.name, newest.bytes) == ("duban-2026-07-01.zip", made.bytes)
    restore(made.file, tmp_path / "new", by=BY)


def test_two_processes_at_once_make_one(office: Office, folder: Path) -> None:
    together = threading.Barrier(2)
    made, failed = [], []

    def keep() -> None:
        together.wait()
        try:
            made.append(keep_backup(office.engine, office.settings, folder, now=NOW))
        except DubanError as error:
            failed.append(error)

    threads = [threading.Thread(target=keep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert len([one for one in made if one is not None]) == 1
    assert names(folder) == ["duban-2026-07-01.zip"]


def test_what_no_rule_keeps_is_removed_and_other_files_stay(engine: Engine, tmp_path: Path) -> None:
    office, folder = worked(engine, tmp_path / "office"), tmp_path / "backups"
    office.settings.backup_daily, office.settings.backup_weekly, office.settings.backup_monthly = 2, 0, 1
    folder.mkdir()
    for day in ("2025-12-30", "2025-12-31", "2026-06-20", "2026-06-30", "2026-13-45"):
        (folder / f"duban-{day}.zip").touch()
    (folder / "own.zip").touch()
    left, fresh = folder / ".unfinished-old", folder / ".unfinished-new"
    for path in (left, fresh):
        path.mkdir()
    long_ago = (NOW - dt.timedelta(days=2)).timestamp()
    os.utime(left, (long_ago, long_ago))

    keep_backup(engine, office.settings, folder, now=NOW)

    assert names(folder) == [
        ".unfinished-new", "duban-2025-12-31.zip", "duban-2026-06-30.zip", "duban-2026-07-01.zip",
        "duban-2026-13-45.zip", "own.zip",
    ]  # fmt: skip


def test_with_a_passphrase_set_the_keys_are_in_it(engine: Engine, tmp_path: Path) -> None:
    office = worked(engine, tmp_path / "office")
    assert not made_keys(office, tmp_path / "without")
    office.settings = office.settings.model_copy(update={"backup_passphrase": SecretStr(PASSPHRASE)})
    assert made_keys(office, tmp_path / "with")


def made_keys(office: Office, folder: Path) -> bool:
    made = keep_backup(office.engine, office.settings, folder, now=opening_of(dt.date(2026, 7, 2)))
    return made is not None and made.manifest.has_keys


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_where_it_fails_nothing_is_removed(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office, folder = worked(engine, tmp_path / "office"), tmp_path / "backups"
    office.settings.backup_daily, office.settings.backup_weekly, office.settings.backup_monthly = 1, 0, 0
    folder.mkdir()
    for day in range(10, 20):
        (folder / f"duban-2026-06-{day}.zip").touch()
    monkeypatch.setattr("tasks.keeping.back_up._take_rows", _full)

    with pytest.raises(DubanError, match="磁盘空间不足"):
        keep_backup(engine, office.settings, folder, now=NOW)

    assert len(names(folder)) == 10
