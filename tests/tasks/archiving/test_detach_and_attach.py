"""A closed month goes into a file and comes back row by row; nothing is deleted that the file does not prove."""

import datetime as dt
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from models.archive_seal import ArchiveSeal
from models.audit import REFUSAL, AuditEntry
from models.database import key, reading, unit_of_work
from models.errors import BadInputError, DubanError, UnreadableFileError
from models.items.plan import AnnualPlan
from models.ladder.notice import Notice
from models.people.organ import Organ
from tasks.acting.audit import write_alone
from tasks.archiving import attach as attaching
from tasks.archiving import detach as detaching
from tasks.archiving.archive_file import MANIFEST, opened_archive
from tasks.archiving.attach import attach_month, proved_stretch
from tasks.trail.noted_head import NotedHead
from tasks.trail.prove_trail import prove_trail
from tasks.trail.verify_audit import Chain, ChainFault
from tests.office import Office
from tests.tampering import tamper
from tests.tasks.archiving.archived_office import BY, TODAY, detached, held, lived


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return lived(any_engine, tmp_path / "home")


@pytest.fixture
def light(engine: Engine, tmp_path: Path) -> Office:
    """The same on SQLite alone, for what no database has a part in."""
    return lived(engine, tmp_path / "home")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "archives").mkdir()
    return tmp_path / "archives"


def proved(office: Office, *, head: NotedHead | None = None, opened: Any = ()) -> Chain:
    with reading(office.engine) as session:
        return prove_trail(session, office.settings.home, by=BY, organ_id=None, whole=True, head=head, opened=opened)


def gone(before: dict[str, dict[int, Any]], after: dict[str, dict[int, Any]]) -> dict[str, int]:
    return {name: len(rows.keys() - after[name].keys()) for name, rows in before.items()}


def test_a_month_goes_into_a_file_and_comes_back_row_by_row(office: Office, place: Path) -> None:
    before = held(office.engine)

    made = detached(office, place)

    assert made is not None
    seal, after = made.seal, held(office.engine)
    assert made.file == place / "duban-archive-2026-06.zip"
    away = gone(before, after)
    assert away == {
        "message": seal.messages, "delivery_attempt": seal.attempts, "returned_mail": 0, "notice": seal.notices,
        "audit_entry": seal.entries,
    }  # fmt: skip
    assert min(seal.notices, seal.messages, seal.attempts, seal.entries) > 0
    kept = {row[RAISED] for row in after["notice"].values()}
    assert all(day >= dt.date(2026, 7, 1) for day in kept), "what was raised later stays"

    attach_month(office.engine, made.file, by=BY)

    back = held(office.engine)
    assert {name: {n: row for n, row in rows.items() if n in before[name]} for name, rows in back.items()} == before
    assert [entry.action for entry in office.rows(AuditEntry)][-2:] == ["detach_month", "attach_month"]
    assert made.file.exists()
    assert proved(office).sealed == ()


RAISED = list(Notice.__table__.columns.keys()).index("raised_on")  # type: ignore[attr-defined]


def test_over_the_gap_the_chain_stays_provable(office: Office, place: Path) -> None:
    entries = office.rows(AuditEntry)
    whole = proved(office)
    made = detached(office, place)
    assert made is not None
    seal = made.seal

    chain = proved(office)

    assert (chain.broken, chain.entries) == (None, whole.entries + 1)
    assert [(one.first, one.last, one.month) for one in chain.sealed] == [(1, seal.last_entry_id, "2026-06")]
    assert f"其中第 1 至 {seal.last_entry_id} 号（{seal.entries} 条）在 2026-06 的归档中，以封条为准。" in chain.words
    assert chain.recomputed == chain.entries - seal.entries
    with reading(office.engine) as session:
        opened = [proved_stretch(session, made.file)]
    again = proved(office, opened=opened)
    assert (again.broken, again.sealed, again.recomputed) == (None, (), again.entries)
    assert "已用归档文件逐条重算" in again.words
    # An end noted before lies in the archive: by its number it is known to, by its hash alone it may.
    old = proved(office, head=NotedHead(entries[0].hash)).broken
    assert old is not None
    assert "请加 --archive 文件 再核验" in old.words
    assert proved(office, head=NotedHead(seal.hash_after)).broken is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE archive_seal SET line = replace(line, ':1:', ':2:')",
        "UPDATE archive_seal SET attached_at = made_at",
        "DELETE FROM archive_seal",
    ],
)
def test_a_gap_that_no_seal_of_ours_covers_is_a_fault(light: Office, place: Path, statement: str) -> None:
    assert detached(light, place) is not None
    with unit_of_work(light.engine) as session:
        session.execute(text(statement))
    broken = proved(light).broken
    assert broken is not None
    assert broken.fault is ChainFault.MISSING


def test_the_database_refuses_to_delete_an_entry_that_no_seal_covers(office: Office, place: Path) -> None:
    made = detached(office, place)
    assert made is not None
    attach_month(office.engine, made.file, by=BY)
    for statement in ("DELETE FROM audit_entry WHERE id = 1", "UPDATE audit_entry SET reason = 'x' WHERE id = 1"):
        with pytest.raises(DatabaseError, match=REFUSAL), office.engine.begin() as connection:
            connection.execute(text(statement))


def test_months_follow_each_other_and_come_back_in_any_order(office: Office, place: Path) -> None:
    before = held(office.engine)
    files = []
    for month in ("2026-05", "2026-06", "2026-07", "2026-08"):
        made = detached(office, place, month)
        if made is not None:
            files.append(made.file)
            assert proved(office).broken is None
    assert len(files) >= 2
    for file in (files[-1], *files[:-1]):
        attach_month(office.engine, file, by=BY)
        assert proved(office).broken is None
    back = held(office.engine)
    assert {name: {n: row for n, row in rows.items() if n in before[name]} for name, rows in back.items()} == before


def test_a_month_that_came_back_goes_again_into_the_file_it_came_from(office: Office, place: Path) -> None:
    before = held(office.engine, "notice", "message", "delivery_attempt")
    first = detached(office, place)
    assert first is not None
    attach_month(office.engine, first.file, by=BY)

    again = detached(office, place)

    assert again is not None
    assert (again.file, again.seal.file_sha256) == (first.file, first.seal.file_sha256)
    [seal] = office.rows(ArchiveSeal)
    assert (seal.attached_at, seal.attached_by) == (None, None)
    chain = proved(office)
    assert (chain.broken, [one.month for one in chain.sealed]) == (None, ["2026-06"])
    attach_month(office.engine, again.file, by=BY)
    assert held(office.engine, "notice", "message", "delivery_attempt") == before
    assert proved(office).broken is None


# --- what may not go ----------------------------------------------------------------------------------------------


def test_a_recent_month_and_what_is_no_month_are_refused(light: Office, place: Path) -> None:
    with pytest.raises(BadInputError, match=r"2026-09 还不能归档：月末以后须满 730 天.*即 2028-09-30 起"):
        detached(light, place, "2026-09")
    with pytest.raises(BadInputError, match="不是月份"):
        detached(light, place, "2026-13")
    assert list(place.iterdir()) == []


def test_before_the_report_of_its_year_is_filed_nothing_goes(light: Office, place: Path) -> None:
    with unit_of_work(light.engine) as session:
        session.execute(text("UPDATE filing SET delivered_on = NULL"))
    assert detached(light, place) is None
    assert list(place.iterdir()) == []


def test_a_report_of_another_organ_that_is_not_filed_keeps_the_trail(light: Office, place: Path) -> None:
    with unit_of_work(light.engine) as session:
        other = Organ(code="third", name="又一局")
        session.add(other)
        session.flush()
        session.add(AnnualPlan(organ_id=key(other.id), year=2025, title="要点"))
    made = detached(light, place)
    assert made is not None
    assert (made.seal.entries, made.held) == (0, ["又一局 2025 年"])
    assert made.seal.notices > 0


def test_what_an_open_item_an_instruction_or_a_waiting_message_needs_stays(office: Office, place: Path) -> None:
    with unit_of_work(office.engine) as session:
        session.execute(text("UPDATE work_item SET state = 'active', closed_on = NULL WHERE number = '1'"))
        session.execute(text(
            "UPDATE deadline SET done_on = NULL WHERE item_id = (SELECT id FROM work_item WHERE number = '1')"
        ))  # fmt: skip
        session.execute(text(
            "UPDATE message SET state = 'waiting' WHERE id ="
            " (SELECT max(message_id) FROM notice WHERE raised_on < '2026-07-01' AND item_id <> 1)"
        ))  # fmt: skip
    stays = {notice.id for notice in office.rows(Notice) if notice.item_id == 1}
    made = detached(office, place)
    assert made is not None
    left = {notice.id for notice in office.rows(Notice)}
    assert stays <= left
    with reading(office.engine) as session:
        assert session.execute(text("SELECT count(*) FROM message WHERE state = 'waiting'")).scalar_one() == 1
        # No message goes without all of its notices.
        carrying = "SELECT count(*) FROM message m WHERE EXISTS (SELECT 1 FROM notice n WHERE n.message_id = m.id)"
        assert session.execute(text(carrying)).scalar_one() > 0


# --- what goes wrong ----------------------------------------------------------------------------------------------


def test_killed_between_the_file_and_the_database_nothing_is_lost_and_the_next_run_goes_on(
    office: Office, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = held(office.engine)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(detaching, "write_alone", killed)
        with pytest.raises(KeyboardInterrupt):
            detached(office, place)
    assert held(office.engine) == before
    [file] = place.iterdir()
    written = file.read_bytes()

    made = detached(office, place)

    assert made is not None
    assert made.file.read_bytes() == written
    with monkeypatch.context() as broken:
        broken.setattr(attaching, "write_alone", killed)
        with pytest.raises(KeyboardInterrupt):
            attach_month(office.engine, made.file, by=BY)
    assert office.rows(ArchiveSeal)[0].attached_at is None
    attach_month(office.engine, made.file, by=BY)
    with pytest.raises(BadInputError, match="已经在数据库里"):
        attach_month(office.engine, made.file, by=BY)


def test_what_a_killed_process_left_half_written_goes_a_day_later(light: Office, place: Path) -> None:
    for left, written in (("old", BY.now - dt.timedelta(days=2)), ("new", BY.now)):
        (place / f".unfinished-{left}").mkdir()
        (place / f".unfinished-{left}" / "rows.db").touch()
        os.utime(place / f".unfinished-{left}", (written.timestamp(), written.timestamp()))
    assert detached(light, place) is not None
    assert sorted(path.name for path in place.iterdir()) == [".unfinished-new", "duban-archive-2026-06.zip"]


def test_what_changed_meanwhile_or_lies_there_already_is_not_deleted(
    office: Office, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = opened_archive

    def meanwhile(file: Path) -> Any:
        with unit_of_work(office.engine) as session:
            session.execute(text("UPDATE notice SET read_at = raised_on WHERE id = 1"))
        return opened(file)

    before = held(office.engine, "message", "audit_entry")
    with monkeypatch.context() as busy:
        busy.setattr(detaching, "opened_archive", meanwhile)
        with pytest.raises(DubanError, match="归档期间数据有变化，数据库没有改动"):
            detached(office, place)
    assert held(office.engine, "message", "audit_entry") == before
    assert office.rows(ArchiveSeal) == []
    with pytest.raises(BadInputError, match="已经存在，内容不是现在要归档的这些"):
        detached(office, place)


def test_a_place_that_is_not_there_is_said(light: Office, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="没有文件夹"):
        detached(light, tmp_path / "nowhere" / "a.zip")


def altered(file: Path, change: str) -> None:
    """Write the file anew with something else in it."""
    with ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(members[MANIFEST])
    match change:
        case "rows":
            members["rows.db"] = members["rows.db"].replace("普法宣传".encode(), "普法宣扬".encode())
        case "manifest":
            told["made_by"] = "别人"
        case "schema":
            told["schema_revision"] = "9999"
        case "columns":
            told["tables"]["notice"]["columns"].append("later")
        case "strange":
            members["../x"] = b"x"
    members[MANIFEST] = json.dumps(told).encode()
    with ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ("manifest", BadInputError, "不是本系统归档的文件，或者归档以后被改动过"),
        ("schema", BadInputError, "由另一版本的程序建立.*请升级本程序"),
        ("columns", BadInputError, "表和列与本程序的不符"),
        ("strange", UnreadableFileError, "不是完整的归档文件"),
        ("cut", UnreadableFileError, "不是完整的归档文件"),
        ("missing", UnreadableFileError, "没有找到归档文件"),
    ],
)
def test_a_file_that_was_altered_is_refused_and_nothing_is_changed(
    light: Office, place: Path, change: str, error: type[DubanError], words: str
) -> None:
    made = detached(light, place)
    assert made is not None
    before = held(light.engine)
    if change == "cut":
        made.file.write_bytes(made.file.read_bytes()[:-100])
    elif change == "missing":
        made.file.unlink()
    else:
        altered(made.file, change)

    with pytest.raises(error, match=words):
        attach_month(light.engine, made.file, by=BY)
    with pytest.raises(error, match=words), reading(light.engine) as session:
        proved_stretch(session, made.file)
    assert held(light.engine) == before


def test_a_trail_that_does_not_hold_goes_into_no_archive(light: Office, place: Path) -> None:
    tamper(light.engine, "UPDATE audit_entry SET reason = 'x' WHERE id = 2")
    with pytest.raises(UnreadableFileError, match="第 2 号操作记录与它的哈希值或前一条不符，没有归档"):
        detached(light, place)
    assert list(place.iterdir()) == []
    assert light.rows(ArchiveSeal) == []


def test_another_office_s_archive_is_none_of_ours(
    light: Office, place: Path, other_engine: Engine, tmp_path: Path
) -> None:
    made = detached(light, place)
    assert made is not None
    with pytest.raises(BadInputError, match="不是本系统归档的文件"):
        attach_month(other_engine, made.file, by=BY)


def test_numbers_are_never_given_again(office: Office, place: Path) -> None:
    """The newest row of each table stays, so that what comes back meets no other row under its number."""
    made = detached(office, place, "2026-08", days=365)
    assert made is not None
    with unit_of_work(office.engine) as session:
        write_alone(session, replace(BY, on=TODAY), "again", organ_id=None, after={"again": ["x"]})
    attach_month(office.engine, made.file, by=BY)
    assert proved(office).broken is None
