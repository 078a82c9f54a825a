"""A backup is one instant of the office, made while people work; it is there whole or not at all."""

import errno
import json
import os
import threading
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.audit import AuditEntry
from models.database import on_record, unit_of_work
from models.errors import BadInputError, DubanError
from models.items.evidence import StoredFile
from models.people.organ import Organ
from tasks.acting.audit import write_alone
from tasks.keeping import back_up as backing
from tasks.keeping.back_up import back_up
from tasks.keeping.copy_rows import copy_rows
from tasks.keeping.restore import restore
from tests.databases import disposed
from tests.office import Office
from tests.tasks.keeping.kept_office import BY, NOW, PASSPHRASE, backed_up, worked


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return worked(any_engine, tmp_path / "office")


def test_the_manifest_says_what_is_in_it(office: Office, tmp_path: Path) -> None:
    made = backed_up(office, tmp_path / "out" / "kept.zip")

    told = made.manifest
    [stored] = office.rows(StoredFile)
    last = max(office.rows(AuditEntry), key=lambda entry: entry.id or 0)
    assert sorted(told.members) == [
        f"evidence/{stored.sha256}", "files/duban.toml", "files/templates/通知.txt", "rows.db",
    ]  # fmt: skip
    assert (told.trail.entries, told.trail.entry_id, told.trail.hash) == (
        len(office.rows(AuditEntry)), last.id, last.hash,
    )  # fmt: skip
    assert told.rows["work_item"] == 2
    assert told.database == office.engine.dialect.name
    assert (made.file.stat().st_mode & 0o777, made.bytes) == (0o600, made.file.stat().st_size)
    assert [path.name for path in made.file.parent.iterdir()] == ["kept.zip"]
    with ZipFile(made.file) as archive:
        assert json.loads(archive.read("manifest.json"))["members"].keys() == told.members.keys()


def test_people_work_meanwhile_and_the_backup_is_one_instant(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two tables somebody writes into both, again and again; the backup knows of none of it."""
    before = len(office.rows(AuditEntry))

    def copying(*given: Any) -> int:
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        return copy_rows(*given)

    def write() -> None:
        with on_record(office.engine) as session:
            write_alone(session, BY, "again", organ_id=office.organ_id, after={"again": ["x"]})

    monkeypatch.setattr("tasks.keeping.back_up.copy_rows", copying)
    made = backed_up(office, tmp_path / "kept.zip")
    assert len(office.rows(AuditEntry)) > before + 100

    restore(made.file, tmp_path / "new", by=BY)
    assert made.manifest.trail.entries - before <= 1, "the first statement takes the snapshot"


def test_evidence_that_is_lost_or_damaged_is_named_and_the_rest_is_kept(office: Office, tmp_path: Path) -> None:
    [stored] = office.rows(StoredFile)
    path = Path(office.settings.evidence_store) / stored.sha256[:2] / stored.sha256[2:]
    path.write_bytes(b"other")

    made = backed_up(office, tmp_path / "kept.zip")

    assert made.manifest.missing == [stored.sha256]
    assert restore(made.file, tmp_path / "new", by=BY).missing == [stored.sha256]


def test_a_disk_that_is_full_leaves_no_half_backup(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(backing._Adding, "add_evidence", full)
    with pytest.raises(DubanError, match="磁盘空间不足。没有留下不完整的文件"):
        backed_up(office, tmp_path / "out" / "kept.zip")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_backup_that_is_interrupted_leaves_nothing(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backing._Adding, "add_evidence", interrupted)
    with pytest.raises(KeyboardInterrupt):
        backed_up(office, tmp_path / "out" / "kept.zip")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_backup_overwrites_nothing_and_stays_out_of_the_office(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = worked(engine, tmp_path / "office")
    kept = backed_up(office, tmp_path / "kept.zip").file
    before = kept.read_bytes()
    with pytest.raises(BadInputError, match="已经存在"):
        backed_up(office, kept)
    monkeypatch.setattr(backing, "_refuse_place", lambda *_: None)
    with pytest.raises(BadInputError, match="刚由另一个进程写成"):
        backed_up(office, kept)
    assert kept.read_bytes() == before
    monkeypatch.undo()
    with pytest.raises(BadInputError, match="在数据目录里面"):
        backed_up(office, tmp_path / "office" / "kept.zip")
    assert backed_up(office, tmp_path / "office" / "backups" / "kept.zip").file.exists()


def test_a_backup_holds_no_other_backup_and_nothing_that_is_made_anew(engine: Engine, tmp_path: Path) -> None:
    office = worked(engine, tmp_path / "office")
    for name in ("backups/old.zip", "work/copy/a.db", "prefect/prefect.db", "thumbnails/ab/c.png", "duban.db"):
        path = tmp_path / "office" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (tmp_path / "office" / "fonts").mkdir()
    (tmp_path / "office" / "fonts" / "仿宋.ttf").write_bytes(b"x")

    made = backed_up(office, tmp_path / "kept.zip")

    files = sorted(name for name in made.manifest.members if name.startswith("files/"))
    assert files == ["files/duban.toml", "files/fonts/仿宋.ttf", "files/templates/通知.txt"]


def test_settings_whose_secrets_cannot_be_taken_out_line_by_line_are_left_out_whole(
    engine: Engine, tmp_path: Path
) -> None:
    office = worked(engine, tmp_path / "office")
    (tmp_path / "office" / "duban.toml").write_text(
        'site_name = "某局"\n[sms_fields]\nkey = "不外传"\n', encoding="utf-8"
    )
    made = backed_up(office, tmp_path / "kept.zip")
    assert "files/duban.toml" not in made.manifest.members
    assert made.manifest.left_out == ["duban.toml", "secret.key"]
    assert backed_up(office, tmp_path / "all.zip", passphrase=PASSPHRASE).manifest.left_out == []


def test_a_passphrase_that_is_too_short_is_refused(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="至少 12 个字符"):
        backed_up(Office(engine, tmp_path / "office"), tmp_path / "kept.zip", passphrase="太短")


def test_a_table_longer_than_a_portion_is_copied_whole(engine: Engine, tmp_path: Path) -> None:
    office = worked(engine, tmp_path / "office")
    before = len(office.rows(Organ))
    with unit_of_work(engine) as session:
        session.add_all(Organ(code=f"o{number}", name=f"第{number}局") for number in range(12_000))
    made = back_up(engine, office.settings, tmp_path / "kept.zip", now=NOW)
    assert made.manifest.rows["organ"] == 12_000 + before
    restore(made.file, tmp_path / "new", by=BY)
    with disposed(f"sqlite:///{tmp_path / 'new' / 'duban.db'}") as restored, unit_of_work(restored) as session:
        assert len(session.exec(select(Organ)).all()) == made.manifest.rows["organ"]
