"""An archived month put back, row by row as it was."""

from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col, select

from models.actor import Actor
from models.archive_seal import ArchiveSeal
from models.database import unit_of_work
from models.errors import BadInputError, DubanError
from models.tables import METADATA
from tasks.acting.audit import write_alone
from tasks.archiving.archive_file import ArchiveManifest, Opened, opened_archive
from tasks.archiving.choose_rows import TABLES
from tasks.keeping.copy_rows import copy_rows
from tasks.moving.row_text import content_of
from tasks.trail.sealed import ArchivedStretch

ATTACH = "attach_month"


def attach_month(database: Engine, file: Path, *, by: Actor) -> ArchiveSeal:
    """Put the rows of an archive of this office back, in one transaction, compared with the file; its seal.

    The file stays. Raises BadInputError for one that is back already, is of another office, or of another program's
    schema, UnreadableFileError for one that is damaged or was altered; then nothing is changed.
    """
    with opened_archive(file) as opened, unit_of_work(database) as session:
        seal = _seal_of(session, file, opened)
        connection = session.connection()
        try:
            for name in TABLES:
                copy_rows(opened.rows, connection, METADATA.tables[name])
        except IntegrityError as error:
            raise DubanError(
                f"{file} 中的行与数据库里的冲突（编号已有，或所属的任务、人员不在），没有接回。"
            ) from error
        except DBAPIError as error:
            raise DubanError(f"{file} 没有接回：{str(error.orig).strip().partition(chr(10))[0]}。") from error
        for name, told in opened.manifest.tables.items():
            if _content_there(connection, opened, name) != (told.rows, told.content):
                raise DubanError(f"{file} 接回后与文件不一致（表 {name}），没有接回。")
        seal.attached_at, seal.attached_by = by.now, by.name
        session.add(seal)
        session.flush()
        after = {"month": seal.month, "file": seal.file, "sha256": seal.file_sha256}
        counts = {"notices_away": seal.notices, "entries_away": seal.entries}
        write_alone(session, by, ATTACH, organ_id=None, after=after | counts)
    return seal


def proved_stretch(session: Session, file: Path) -> ArchivedStretch | None:
    """The stretch of the trail that an archive of this office holds, recomputed entry by entry; None where it has none.

    Raises as `attach_month` does; one whose rows are back already has nothing to prove, and is refused.
    """
    with opened_archive(file) as opened:
        seal = _seal_of(session, file, opened)
        return stretch_of(opened.manifest, seal.file_sha256)


def stretch_of(manifest: ArchiveManifest, sha256: str) -> ArchivedStretch | None:
    """What of the trail a manifest tells."""
    trail, entries = manifest.trail, manifest.tables["audit_entry"].rows
    if trail is None:
        return None
    return ArchivedStretch(manifest.month, entries, trail.first, trail.last, trail.before, trail.after, sha256)


def _seal_of(session: Session, file: Path, opened: Opened) -> ArchiveSeal:
    seal = session.exec(select(ArchiveSeal).where(col(ArchiveSeal.file_sha256) == opened.sha256)).first()
    if seal is None:
        raise BadInputError(f"{file} 不是本系统归档的文件，或者归档以后被改动过：数据库里没有它的封条。")
    if seal.attached_at is not None:
        raise BadInputError(f"{file} 的内容已经在数据库里（{seal.attached_by}接回）。")
    return seal


def _content_there(connection: Connection, opened: Opened, name: str) -> tuple[int, str]:
    """What the rows of the file come to as they stand in the database, some thousand at a time."""
    table = METADATA.tables[name]
    rows = total = 0
    numbers = opened.rows.execute(select(table.c.id).order_by(table.c.id)).scalars()
    for ids in numbers.partitions(_CHUNK):
        part = content_of(connection, table, f"id IN ({', '.join(map(str, ids))})")
        rows, total = rows + part.rows, total + int(part.hash, 16)
    return rows, f"{total % 2**256:064x}"


_CHUNK = 5_000
"""Rows compared at a time: a statement has its bounds."""
