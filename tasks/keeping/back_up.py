"""Backing up an office while people work: one file with its rows, its evidence, its settings, and how to prove them."""

import datetime as dt
import errno
import hashlib
import io
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import Column, Connection, Engine, MetaData, Table, create_engine
from sqlalchemy.exc import DBAPIError

from models.audit import AuditEntry
from models.clock import local
from models.database import sqlite_url
from models.errors import BadInputError, DubanError
from models.migrate import revisions
from models.settings import Settings
from models.tables import METADATA
from tasks.files.file_store import MEGABYTE, FileStore
from tasks.keeping.copy_rows import copy_rows
from tasks.keeping.manifest import (
    EVIDENCE,
    FILES,
    FORMAT,
    KEYS,
    MANIFEST,
    ROWS,
    Manifest,
    Member,
    TrailHead,
    is_member,
    product_version,
)
from tasks.keeping.office_files import KEY, is_settings, office_files, open_settings, whole_settings
from tasks.keeping.sealed_keys import require_passphrase, seal_files

UNFINISHED = ".unfinished-"
"""How the folder begins in which a backup is made; one that was killed leaves it."""
_ONE_YEAR = 1980
"""The first that a zip file knows."""


@dataclass(frozen=True)
class Backup:
    """A backup that was made."""

    file: Path
    bytes: int
    manifest: Manifest


def back_up(
    database: Engine, settings: Settings, out: Path, *, now: dt.datetime, passphrase: str | None = None
) -> Backup:
    """Put all that the office holds at one instant into the file `out`, which is there whole or not at all.

    People may work meanwhile: the rows are of one snapshot, and a file that a row refers to is there before the row is.
    Keys and passwords are in it only with a passphrase. Evidence that is lost or damaged already is named in the
    manifest. Raises BadInputError where `out` exists or lies among the office's own files, and DubanError where it
    cannot be written.
    """
    _refuse_place(settings, out)
    if passphrase is not None:
        require_passphrase(passphrase)
    with _explained(out), tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=_folder(out.parent)) as scratch:
        made, rows = Path(scratch) / "backup.zip", Path(scratch) / ROWS
        counts = _take_rows(database, rows)
        with os.fdopen(os.open(made, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            with ZipFile(file, "w") as archive:
                manifest = _fill(archive, settings, rows, counts, database.dialect.name, now, passphrase)
            file.flush()
            os.fsync(file.fileno())
        size = made.stat().st_size
        _put(made, out)
    return Backup(out, size, manifest)


def _fill(
    archive: ZipFile, settings: Settings, rows: Path, counts: dict[str, int], kind: str, now: dt.datetime,
    passphrase: str | None,
) -> Manifest:  # fmt: skip
    adding = _Adding(archive, now)
    with rows.open("rb") as file:
        adding.add(ROWS, file)
    missing = [sha256 for sha256 in _evidence(rows) if not adding.add_evidence(settings, sha256)]
    left_out, sealed = [], {}
    for name, path in office_files(settings):
        if name.endswith(KEY):
            sealed[name] = path.read_bytes()
        elif is_settings(name):
            text = path.read_text(encoding="utf-8")
            shown, secret = open_settings(name, text)
            if shown is not None:
                adding.add_bytes(FILES + name, shown.encode())
            whole = whole_settings(name, text)
            if whole is not None and (secret or shown is None):
                sealed[name] = whole.encode()
            if whole is None or (passphrase is None and (secret or shown is None)):
                left_out.append(f"{name}（{'、'.join(secret)}）" if secret and shown is not None else name)
        elif is_member(FILES + name):
            with path.open("rb") as file:
                adding.add(FILES + name, file)
        else:
            left_out.append(name)
    if passphrase is None:
        left_out += [name for name in sealed if name.endswith(KEY)]
    elif sealed:
        adding.add_bytes(KEYS, seal_files(sealed, passphrase))
    manifest = Manifest(
        format=FORMAT, version=product_version(), schema_revision=revisions()[-1], database=kind, made_at=now,
        rows=counts, trail=_trail(rows), left_out=left_out, missing=missing, members=adding.members,
    )  # fmt: skip
    adding.add_bytes(MANIFEST, manifest.model_dump_json(indent=1).encode())
    return manifest


class _Adding:
    """Members as they come, a megabyte at a time."""

    def __init__(self, archive: ZipFile, now: dt.datetime) -> None:
        self.members: dict[str, Member] = {}
        self._archive = archive
        at = local(now)
        self._at = (max(at.year, _ONE_YEAR), at.month, at.day, at.hour, at.minute, at.second)

    def add(self, name: str, source: BinaryIO, *, packed: bool = True) -> Member:
        """Add what `source` holds; its size and hash are noted."""
        info = ZipInfo(name, self._at)
        info.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as target:
            for chunk in iter(lambda: source.read(MEGABYTE), b""):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        self.members[name] = Member(size=size, sha256=digest.hexdigest())
        return self.members[name]

    def add_bytes(self, name: str, content: bytes) -> None:
        self.add(name, io.BytesIO(content))

    def add_evidence(self, settings: Settings, sha256: str) -> bool:
        """Add a file of the store; False, and nothing added, where it is lost or damaged."""
        store = FileStore(settings.evidence_store)
        if not store.verify(sha256):
            return False
        with store.open(sha256) as file:
            # Pictures and documents are compressed in themselves.
            self.add(EVIDENCE + sha256, file, packed=False)
        return True


def _take_rows(database: Engine, file: Path) -> dict[str, int]:
    """All tables in a SQLite file, whatever database they are of, as they stood at one instant; how many rows each."""
    kept = create_engine(sqlite_url(file))
    try:
        with _snapshot(database) as source, kept.begin() as target:
            target.exec_driver_sql("PRAGMA journal_mode=OFF")
            target.exec_driver_sql("PRAGMA synchronous=OFF")
            counts = {}
            for name, table in sorted(METADATA.tables.items()):
                _bare(table).create(target)
                counts[name] = copy_rows(source, target, table)
        return counts
    finally:
        kept.dispose()


@contextmanager
def _snapshot(database: Engine) -> Iterator[Connection]:
    """A connection that sees one instant only, and holds nobody up."""
    if database.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    else:
        options = {"reading": True}
    with database.connect() as connection:
        yield connection.execution_options(**options)


def _bare(table: Table) -> Table:
    """The table with its columns and key alone: what else there is to it, the database that it goes into has."""
    columns = [Column(column.name, column.type, primary_key=column.primary_key) for column in table.columns]
    return Table(table.name, MetaData(), *columns)


def _evidence(rows: Path) -> Iterator[str]:
    with sqlite3.connect(rows) as kept:
        for (sha256,) in kept.execute("SELECT sha256 FROM stored_file ORDER BY sha256"):
            yield sha256


def _trail(rows: Path) -> TrailHead:
    trail = AuditEntry.__tablename__
    with sqlite3.connect(rows) as kept:
        entries = kept.execute(f"SELECT count(*) FROM {trail}").fetchone()[0]  # noqa: S608 - a table of our own
        last = kept.execute(f"SELECT id, hash FROM {trail} ORDER BY id DESC LIMIT 1").fetchone()  # noqa: S608
    return TrailHead(entries=entries, entry_id=last[0], hash=last[1]) if last else TrailHead()


def _refuse_place(settings: Settings, out: Path) -> None:
    if out.exists():
        raise BadInputError(f"{out} 已经存在：请换一个文件名，备份不会覆盖已有的文件。")
    place, apart = out.absolute(), [settings.home / "work", settings.backup_place]
    if place.is_relative_to(settings.home) and not any(one and place.is_relative_to(one) for one in apart):
        raise BadInputError(f"{out} 在数据目录里面：请写到别的文件夹，最好是另一块磁盘。")


def _folder(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _put(made: Path, out: Path) -> None:
    """Give the file its name, unless another has it by now."""
    try:
        os.link(made, out)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems know no second name for a file.
        if out.exists():
            raise FileExistsError(errno.EEXIST, "文件已存在") from None
        made.rename(out)


@contextmanager
def _explained(out: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise BadInputError(f"{out} 已经存在：刚由另一个进程写成。") from error
    except OSError as error:
        why = "磁盘空间不足" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)
        raise DubanError(f"备份 {out} 没有写成：{why}。没有留下不完整的文件。") from error
    except DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        full = "disk is full" in reason
        raise DubanError(
            f"备份 {out} 没有写成：{'磁盘空间不足' if full else f'数据库返回“{reason}”'}。没有留下不完整的文件。"
        ) from error
