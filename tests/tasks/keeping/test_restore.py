"""A backup is restored whole and proved into either database, or nothing of it is left."""

import datetime as dt
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from sqlalchemy import Engine, inspect, text

from models.audit import AuditEntry
from models.database import sqlite_url, unit_of_work
from models.errors import BadInputError, DubanError, UnreadableFileError
from models.items.evidence import StoredFile
from models.people.organ import Organ
from models.settings import load_settings
from tasks.acting.audit import recorded
from tasks.files.file_store import FileStore
from tasks.keeping.back_up import back_up
from tasks.keeping.manifest import FORMAT, is_member
from tasks.keeping.restore import restore
from tests.databases import disposed
from tests.office import Office
from tests.tasks.keeping.kept_office import BY, NOW, PASSPHRASE, backed_up, held, kept_once, retold, tampered, worked


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return worked(any_engine, tmp_path / "office")


@pytest.fixture
def kept(office: Office, tmp_path: Path) -> Path:
    return backed_up(office, tmp_path / "out" / "kept.zip").file


def left_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_office_is_restored_with_every_row_file_and_setting(office: Office, kept: Path, tmp_path: Path) -> None:
    told = restore(kept, tmp_path / "new", by=BY)

    settings = load_settings(tmp_path / "new")
    with disposed(sqlite_url(tmp_path / "new" / "duban.db")) as restored:
        assert held(restored) == held(office.engine)
        with restored.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM search_entry")).scalar_one() > 0
            assert connection.execute(text("SELECT count(*) FROM lease")).scalar_one() == 0
    [stored] = office.rows(StoredFile)
    assert FileStore(settings.evidence_store).read(stored.sha256) == "一份总结".encode()
    assert (tmp_path / "new" / "templates" / "通知.txt").read_text(encoding="utf-8") == "尊敬的 {name}"
    assert (settings.site_name, settings.database_url, settings.smtp_password.get_secret_value()) == (
        "某局督办",
        "",
        "",
    )
    assert told.trail.entries == len(office.rows(AuditEntry))
    assert told.left_out == ["duban.toml（smtp_password）", "secret.key"]
    assert not (tmp_path / "new" / "secret.key").exists()
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    assert left_of(tmp_path / "new") == ["duban.db", "duban.toml", "evidence", "templates", "trail-head.json"]


def test_a_backup_of_either_database_goes_into_postgresql(
    office: Office, kept: Path, tmp_path: Path, postgres_database: str
) -> None:
    restore(kept, tmp_path / "new", by=BY, database_url=postgres_database)

    assert load_settings(tmp_path / "new").database_url == postgres_database
    with disposed(postgres_database) as restored:
        assert held(restored) == held(office.engine)
        with restored.connect() as connection:
            keys = sum(len(inspect(connection).get_foreign_keys(table)) for table in ("notice", "work_item"))
            assert keys > 5
        with unit_of_work(restored) as session:
            # The counters go on behind what was restored.
            session.add(Organ(code="later", name="后来的局"))
    with disposed(postgres_database) as again:
        made = back_up(again, load_settings(tmp_path / "new"), tmp_path / "again.zip", now=NOW)
        assert made.manifest.rows["organ"] == len(held(office.engine)["organ"]) + 1


def killed_before_the_folder_has_its_name(kept: Path, home: Path, url: str) -> None:
    """A restore in a process of its own, which ends there as by kill -9: nothing is tidied up."""

    def restoring() -> None:
        with patch("tasks.keeping.restore.note_head", lambda *_: os._exit(9)):
            restore(kept, home, by=BY, database_url=url)

    child = get_context("fork").Process(target=restoring)
    child.start()
    child.join()
    assert child.exitcode == 9


def test_a_restore_killed_between_its_database_and_its_folder_is_finished_by_the_next(
    office: Office, kept: Path, tmp_path: Path, postgres_database: str
) -> None:
    home = tmp_path / "new"
    killed_before_the_folder_has_its_name(kept, home, postgres_database)
    assert not home.exists()
    left = next(path for path in tmp_path.iterdir() if path.name.startswith(".new."))

    other = backed_up(office, tmp_path / "other.zip", passphrase=PASSPHRASE).file
    with pytest.raises(BadInputError, match=r"数据库 .* 不是空的"):
        restore(other, home, by=BY, database_url=postgres_database)

    long_ago = (NOW - dt.timedelta(days=2)).timestamp()
    os.utime(left, (long_ago, long_ago))
    restore(kept, home, by=BY, database_url=postgres_database)
    assert not left.exists()
    assert load_settings(home).database_url == postgres_database
    with disposed(postgres_database) as restored:
        assert held(restored) == held(office.engine)

    with pytest.raises(BadInputError, match=r"数据库 .* 不是空的"):
        restore(kept, tmp_path / "again", by=BY, database_url=postgres_database)


def test_rows_of_a_killed_restore_that_somebody_worked_on_are_left_alone(
    kept: Path, tmp_path: Path, postgres_database: str
) -> None:
    killed_before_the_folder_has_its_name(kept, tmp_path / "new", postgres_database)
    with (
        disposed(postgres_database) as restored,
        unit_of_work(restored) as session,
        recorded(session, BY, "tried", organ_id=None),
    ):
        """Whatever it was, the trail goes on behind what was restored."""
    with pytest.raises(BadInputError, match=r"数据库 .* 不是空的"):
        restore(kept, tmp_path / "new", by=BY, database_url=postgres_database)


def test_keys_and_passwords_go_along_by_a_passphrase_only(office: Office, tmp_path: Path) -> None:
    made = backed_up(office, tmp_path / "kept.zip", passphrase=PASSPHRASE)
    assert made.manifest.left_out == []
    assert b"\xe4\xb8\x8d\xe5\xa4\x96\xe4\xbc\xa0" not in made.file.read_bytes()

    with pytest.raises(BadInputError, match="口令不对"):
        restore(made.file, tmp_path / "new", by=BY, passphrase=lambda: "另一个口令另一个口令")
    assert not (tmp_path / "new").exists()

    restore(made.file, tmp_path / "new", by=BY, passphrase=lambda: PASSPHRASE)
    assert (tmp_path / "new" / "secret.key").read_bytes() == b"k" * 32
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o777 == 0o600
    restored = load_settings(tmp_path / "new")
    assert (restored.smtp_password.get_secret_value(), restored.database_url) == ("不外传", "")

    restore(made.file, tmp_path / "bare", by=BY, passphrase=lambda: None)
    assert not (tmp_path / "bare" / "secret.key").exists()


def test_nothing_is_restored_over_what_is_there(kept: Path, tmp_path: Path, office: Office) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "duban.db").touch()
    with pytest.raises(BadInputError, match="不是空的"):
        restore(kept, tmp_path / "full", by=BY)
    url = office.engine.url.render_as_string(hide_password=False)
    with pytest.raises(BadInputError, match=r"数据库 .* 不是空的"):
        restore(kept, tmp_path / "new", by=BY, database_url=url)
    assert not (tmp_path / "new").exists()


def _bigger(members: dict[str, bytes]) -> None:
    members["rows.db"] += b"\0"


def _one_byte(members: dict[str, bytes]) -> None:
    members["rows.db"] = members["rows.db"][:-1] + b"\1"


def _other_evidence(members: dict[str, bytes]) -> None:
    [name] = [name for name in members if name.startswith("evidence/")]
    members[name] = "另一份".encode()


def _without_evidence(members: dict[str, bytes]) -> None:
    [name] = [name for name in members if name.startswith("evidence/")]
    del members[name]


def _more(members: dict[str, bytes]) -> None:
    members["files/more.txt"] = b"more"


def _climbing(members: dict[str, bytes]) -> None:
    members["../climbed.txt"] = b"out"


def _climbing_told(members: dict[str, bytes]) -> None:
    members["files/../../climbed.txt"] = b"out"
    told = {"size": 3, "sha256": hashlib.sha256(b"out").hexdigest()}
    retold(members, members=json.loads(members["manifest.json"])["members"] | {"files/../../climbed.txt": told})


def _no_manifest(members: dict[str, bytes]) -> None:
    del members["manifest.json"]


def _other_head(members: dict[str, bytes]) -> None:
    retold(members, trail=json.loads(members["manifest.json"])["trail"] | {"hash": "ab" * 32})


def _fewer_rows(members: dict[str, bytes]) -> None:
    retold(members, rows=json.loads(members["manifest.json"])["rows"] | {"organ": 7})


def _rows_by(statement: str) -> Callable[[dict[str, bytes]], None]:
    """The rows changed by somebody who also knows how to make the manifest agree."""

    def change(members: dict[str, bytes]) -> None:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(members["rows.db"])
        connection.executescript(statement)
        members["rows.db"] = connection.serialize()
        connection.close()
        told = {"size": len(members["rows.db"]), "sha256": hashlib.sha256(members["rows.db"]).hexdigest()}
        retold(members, members=json.loads(members["manifest.json"])["members"] | {"rows.db": told})

    return change


HOSTILE = {
    "bigger": (_bigger, "大小或哈希值不符"),
    "one byte": (_one_byte, "大小或哈希值不符"),
    "other evidence": (_other_evidence, "大小或哈希值不符"),
    "a member lost": (_without_evidence, "与清单不符"),
    "a member more": (_more, "多出“files/more.txt”"),
    "climbing": (_climbing, "与清单不符"),
    "climbing with the manifest": (_climbing_told, "不应有“files/../../climbed.txt”"),
    "no manifest": (_no_manifest, "不是 duban backup 建立的备份"),
    "another head": (_other_head, "末尾与清单所记的不符"),
    "fewer rows": (_fewer_rows, "表 organ 的行数"),
    "an entry altered": (_rows_by("UPDATE audit_entry SET actor = '别人' WHERE id = 2"), "操作记录不完好"),
    "the end cut": (
        _rows_by("DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)"), "表 audit_entry 的行数",
    ),
    "a row that points nowhere": (_rows_by("UPDATE work_item SET plan_id = 99999"), "不存在的行|foreign key"),
    "a table lost": (_rows_by("DROP TABLE notice"), "no such table: notice"),
    "a trigger": (
        _rows_by("CREATE TRIGGER t AFTER INSERT ON organ BEGIN DELETE FROM organ; END"), "不会写入的内容",
    ),
    "a view": (_rows_by("DROP TABLE lease; CREATE VIEW lease AS SELECT * FROM organ"), "不会写入的内容"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_backup_that_was_altered_is_refused_and_nothing_is_left_of_it(tmp_path: Path, case: str) -> None:
    change, said = HOSTILE[case]
    file = tampered(tmp_path / "tampered.zip", change)
    place = tmp_path / "place"
    place.mkdir()

    with pytest.raises(DubanError, match=said):
        restore(file, place / "new", by=BY)

    assert left_of(place) == []
    assert not (tmp_path / "climbed.txt").exists()


@pytest.mark.postgres
@pytest.mark.parametrize("case", ["an entry altered", "a row that points nowhere", "fewer rows"])
def test_nothing_is_left_in_postgresql_either(tmp_path: Path, postgres_database: str, case: str) -> None:
    change, said = HOSTILE[case]
    file = tampered(tmp_path / "tampered.zip", change)

    with pytest.raises(DubanError, match=said):
        restore(file, tmp_path / "new", by=BY, database_url=postgres_database)

    with disposed(postgres_database) as database:
        assert inspect(database).get_table_names() == []
    assert not (tmp_path / "new").exists()


def test_a_member_that_unpacks_to_more_than_it_says_is_not_unpacked(tmp_path: Path) -> None:
    """A bomb whose own header lies: no more is written than the manifest allows."""
    kept, bomb = kept_once(), tmp_path / "bomb.zip"
    with ZipFile(kept) as source, ZipFile(bomb, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name) + (b"\0" * 50_000_000 if name == "rows.db" else b""))
    with ZipFile(kept) as source:
        right = source.getinfo("rows.db").file_size
    content = bytearray(bomb.read_bytes())
    wrong = (right + 50_000_000).to_bytes(4, "little")
    while (at := content.find(wrong)) >= 0:
        content[at : at + 4] = right.to_bytes(4, "little")
    bomb.write_bytes(content)

    with pytest.raises(UnreadableFileError):
        restore(bomb, tmp_path / "place" / "new", by=BY)

    assert left_of(tmp_path / "place") == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"format": FORMAT + 1, "more": True}, "更新版本的程序建立"),
        ({"version": "99.0"}, r"更新版本的程序建立（99\.0"),
        ({"schema_revision": "0009"}, "数据库结构（版本 0009"),
        ({"rows": {}}, "表与本程序的不符"),
        ({"made_at": "昨天"}, "清单（manifest.json）不完整"),
    ],
)
def test_a_backup_of_another_program_is_refused_with_a_sentence(
    tmp_path: Path, told: dict[str, object], said: str
) -> None:
    with pytest.raises(BadInputError, match=said):
        restore(tampered(tmp_path / "tampered.zip", lambda members: retold(members, **told)), tmp_path / "new", by=BY)

    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half", b"no archive at all" * 100])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "some.zip").write_bytes(content)
    with pytest.raises(UnreadableFileError, match="不是完整的备份文件"):
        restore(tmp_path / "some.zip", tmp_path / "new", by=BY)
    with pytest.raises(UnreadableFileError, match="没有找到备份文件"):
        restore(tmp_path / "none.zip", tmp_path / "new", by=BY)


def test_a_backup_cut_short_is_refused(tmp_path: Path) -> None:
    kept = tmp_path / "kept.zip"
    kept.write_bytes(kept_once().read_bytes()[:-2000])
    with pytest.raises(UnreadableFileError, match="可能没有复制完"):
        restore(kept, tmp_path / "new", by=BY)


def test_a_disk_too_small_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.keeping.restore.shutil.disk_usage", lambda _: _Free(10))
    with pytest.raises(DubanError, match="磁盘空间不足"):
        restore(kept_once(), tmp_path / "place" / "new", by=BY)
    assert left_of(tmp_path / "place") == []


class _Free:
    def __init__(self, free: int) -> None:
        self.free = free


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("rows.db", True), ("files/a.txt", True), ("files/模板/通知 一.txt", True), ("evidence/" + "ab" * 32, True),
        ("files/", False), ("files//etc/passwd", False), ("files/../a", False), ("files/a/../../b", False),
        ("files/a/./b", False), ("files/c:\\x", False), ("files/a\nb", False), ("evidence/../x", False),
        ("evidence/" + "AB" * 32, False), ("other", False), ("/rows.db", False),
    ],
)  # fmt: skip
def test_names_of_members_lead_nowhere_else(name: str, allowed: bool) -> None:
    assert is_member(name) is allowed
