"""A closed month put into a file: proved there by reading it back, and only then taken out of the database."""

import errno
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlmodel import Session, select

from models.actor import Actor
from models.archive_seal import ArchiveSeal
from models.database import reading, unit_of_work
from models.errors import BadInputError, DubanError
from tasks.acting.audit import write_alone
from tasks.archiving.archive_file import (
    ROWS,
    ArchiveManifest,
    describe,
    opened_archive,
    tables_told,
    take_rows,
    write_archive,
)
from tasks.archiving.choose_rows import (
    TABLES,
    Entries,
    conditions,
    end_of,
    entries_going,
    month_named,
    notices_going,
    refuse_recent,
    unfiled,
)
from tasks.keeping.back_up import UNFINISHED
from tasks.keeping.nightly import discard_left
from tasks.trail.sealed import ArchivedStretch, seal_line

DETACH = "detach_month"


@dataclass(frozen=True)
class Detached:
    """What went into which file; `held` names the reports that are not filed, for whose sake the trail stayed."""

    seal: ArchiveSeal
    file: Path
    held: list[str]


def detach_month(database: Engine, home: Path, place: Path, month: str, *, by: Actor, days: int) -> Detached | None:
    """Put what may go of the rows up to the end of `month` (as 2024-01) into the file `place`, or one in that folder;
    None where there is nothing that may.

    The file is written, read back and compared with the database before anything is deleted; deleting, the seal and
    the entry that says so are one transaction, which compares once more. Killed before it, the file is there and the
    rows as well: the next run goes on with that file. `days` have to have passed since the month's end. Raises
    BadInputError, and DubanError where the file cannot be written.
    """
    first = month_named(month)
    refuse_recent(first, days, by.on)
    file = place / f"duban-archive-{month}.zip" if place.is_dir() else place
    end = end_of(first)
    with reading(database) as session:
        held = unfiled(session, first.year)
        entries = None if held else entries_going(session, end)
        connection = session.connection()
        where = conditions(f"({notices_going(end)}) g", entries)
        tables = tables_told(connection, where)
        if not any(told.rows for told in tables.values()):
            return None
        if not file.exists():
            discard_left(file.parent, by.now)
            with _Explained(file), tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=file.parent) as scratch:
                rows, made = Path(scratch) / ROWS, Path(scratch) / "archive.zip"
                take_rows(connection, where, rows)
                told = describe(
                    rows, month=month, database=database.dialect.name, tables=tables, made_at=by.now, made_by=by.name
                )
                write_archive(rows, told, made)
                os.link(made, file)
    with opened_archive(file) as opened:
        manifest, sha256 = opened.manifest, opened.sha256
    if manifest.month != month or manifest.tables != tables:
        raise BadInputError(f"{file} 已经存在，内容不是现在要归档的这些：请换一个文件名，原来的不会被覆盖。")
    with unit_of_work(database) as session:
        seal = _take_out(session, home, file, manifest, sha256, entries, by)
    return Detached(seal, file, held)


def _take_out(
    session: Session, home: Path, file: Path, manifest: ArchiveManifest, sha256: str, entries: Entries | None, by: Actor
) -> ArchiveSeal:
    connection = session.connection()
    where = _hold(connection, manifest, entries)
    if tables_told(connection, where) != manifest.tables:
        raise DubanError(f"归档期间数据有变化，数据库没有改动：请删去 {file}，再运行一次。")
    trail, tables = manifest.trail, manifest.tables
    # A file whose rows came back and go once more is sealed once more, not twice.
    before = session.exec(select(ArchiveSeal.id).where(ArchiveSeal.file_sha256 == sha256)).first()
    seal = ArchiveSeal(
        id=before, month=manifest.month, made_at=by.now, made_by=by.name, file=file.name, file_sha256=sha256,
        from_on=manifest.from_on, until_on=manifest.until_on, notices=tables["notice"].rows,
        messages=tables["message"].rows, attempts=tables["delivery_attempt"].rows,
        returned=tables["returned_mail"].rows, entries=tables["audit_entry"].rows, line="",
    )  # fmt: skip
    if trail is not None:
        seal.first_entry_id, seal.last_entry_id = trail.first, trail.last
        seal.hash_before, seal.hash_after = trail.before, trail.after
        sealed = ArchivedStretch(seal.month, seal.entries, trail.first, trail.last, trail.before, trail.after, sha256)
        seal.line = seal_line(home, sealed)
    seal = session.merge(seal)
    session.flush()
    for name in ("delivery_attempt", "returned_mail", "notice", "audit_entry"):
        session.execute(text(f"DELETE FROM {name} WHERE {where[name]}"))  # noqa: S608 - names and numbers of our own
    session.execute(text("DELETE FROM message WHERE id IN (SELECT message_id FROM going)"))
    session.execute(text("DROP TABLE going"))
    after = {"month": seal.month, "file": seal.file, "sha256": sha256}
    counts = {"notices_away": seal.notices, "entries_away": seal.entries}
    write_alone(session, by, DETACH, organ_id=None, after=after | counts)
    return seal


def _hold(connection: Connection, manifest: ArchiveManifest, entries: Entries | None) -> dict[str, str]:
    """Keep everybody else from the rows, and note which go: the conditions, table by table."""
    if connection.dialect.name == "postgresql":
        tables = ", ".join(name for name in TABLES if name != "audit_entry")
        connection.exec_driver_sql(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
    end = end_of(month_named(manifest.month))
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE going AS {notices_going(end)}")
    connection.exec_driver_sql("CREATE INDEX ix_going ON going (id)")
    return dict(conditions("going", entries))


class _Explained:
    """What keeps a file from being written, in words."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __enter__(self) -> None:
        if not self._file.parent.is_dir():
            raise BadInputError(f"没有文件夹 {self._file.parent}：请先建立。")

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, FileExistsError):
            raise BadInputError(f"{self._file} 已经存在：刚由另一个进程写成。") from error
        if isinstance(error, OSError):
            why = "磁盘空间不足" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)
            raise DubanError(f"归档 {self._file} 没有写成：{why}。数据库没有改动，没有留下不完整的文件。") from error
