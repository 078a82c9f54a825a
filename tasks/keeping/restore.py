"""Restoring an office from a backup: into an empty place, whole and proved, or not at all."""

import datetime as dt
import glob
import hashlib
import io
import os
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast
from uuid import uuid4
from zipfile import BadZipFile, ZipFile

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, create_engine, delete, inspect, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session, col, select

from models.actor import Actor
from models.audit import GENESIS, AuditEntry
from models.database import open_engine, reading, sqlite_url, unit_of_work
from models.engine.office_mark import OfficeMark
from models.engine.rhythm import Lease
from models.errors import BadInputError, DubanError, UnreadableFileError
from models.migrate import create_or_upgrade, revisions, version_of
from models.people.web_session import WebSession
from models.settings import SETTINGS_FILE, Settings
from models.tables import METADATA
from tasks.files.file_store import MEGABYTE, FileStore
from tasks.keeping.copy_rows import copy_rows
from tasks.keeping.manifest import EVIDENCE, FILES, KEYS, LARGEST, MANIFEST, ROWS, Manifest, is_member, read_manifest
from tasks.keeping.sealed_keys import unseal_files
from tasks.trail.known_head import note_head
from tasks.trail.sealed import believed_parts, detached
from tasks.trail.verify_audit import verify_audit

RESTORED = "restored"
"""Under this a database that was filled by a restore says from which backup, until the folder is there too."""
GIVEN_UP = dt.timedelta(days=1)
"""After this long what a restore left beside the folder belongs to one that was killed."""


def restore(
    file: Path, home: Path, *, by: Actor, database_url: str = "", passphrase: Callable[[], str | None] = lambda: None
) -> Manifest:
    """Restore the office kept in `file` into the data folder `home`, and into the database at `database_url`, else the
    embedded one; what its manifest says.

    Every member is checked by size and hash, every table by its count, the trail from its first entry to the head that
    was noted. Who was signed in, and who had the clock, is not taken along. `passphrase` is asked only where keys are
    in the backup; with None they are left out. Raises BadInputError where folder or database are not empty, or the
    backup is of a newer program; UnreadableFileError where it is damaged or was made to do harm; DubanError for
    everything else. Then nothing is left of it. One that was killed after the rows were in a database of their own,
    and before the folder had its name, is finished by the next: the rows are taken as they are, if nobody worked on.
    """
    _require_empty(home)
    with _read(file) as archive:
        manifest = _manifest(archive)
        filled = bool(database_url) and _is_filled(database_url, manifest)
        _require_room(home, manifest)
        _discard_left(home, by.now)
        keys = _keys(archive, manifest, passphrase)
        staged = home.parent / f".{home.name}.{uuid4().hex}"
        try:
            staged.mkdir(mode=0o700)
            _unpack(archive, manifest, staged)
            for name, content in keys.items():
                _write(staged / name, io.BytesIO(content))
            if database_url:
                _say_database(staged, database_url)
            _fill(staged, manifest, database_url, by, filled=filled)
            (staged / ROWS).unlink()
            if home.exists():
                home.rmdir()
            staged.rename(home)
            if database_url:
                _forget_mark(database_url)
        except OSError as error:
            raise DubanError(f"未能恢复到 {home}：{error.strerror or error}。没有留下恢复了一半的内容。") from error
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    return manifest


def has_keys(file: Path) -> bool:
    """Whether keys and passwords are in the backup. Raises as `restore` does for what is none."""
    with _read(file) as archive:
        return _manifest(archive).has_keys


def _require_empty(home: Path) -> None:
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise BadInputError(f"{home} 不是空的：请恢复到空文件夹或尚不存在的文件夹（--home），原有的数据不会被覆盖。")
    try:
        home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadInputError(f"数据目录 {home} 无法建立：{error.strerror}。") from error


def _is_filled(database_url: str, manifest: Manifest) -> bool:
    """Whether the database holds this very backup's rows, of a restore that was killed; else it is empty."""
    try:
        where = make_url(database_url).render_as_string(hide_password=True)
        with _opened(database_url) as engine, engine.connect() as connection:
            if not inspect(connection).get_table_names():
                return False
            if version_of(connection) == revisions()[-1] and _is_of(Session(connection), manifest):
                return True
        raise BadInputError(f"数据库 {where} 不是空的：请建一个空的数据库，原有的数据不会被覆盖。")
    except (ArgumentError, ImportError) as error:
        raise BadInputError("--database 应为 postgresql://用户：密码@主机/库名。") from error
    except DBAPIError as error:
        raise BadInputError(f"数据库 {where} 打不开：{_reason(error)}") from error


def _is_of(session: Session, manifest: Manifest) -> bool:
    """Whether the rows came from this backup, no folder goes with them yet, and the trail still ends as it did then."""
    mark = session.get(OfficeMark, RESTORED)
    head = session.exec(select(col(AuditEntry.hash)).order_by(col(AuditEntry.id).desc()).limit(1)).first()
    return mark is not None and mark.value == _fingerprint(manifest) and (head or GENESIS) == manifest.trail.hash


def _fingerprint(manifest: Manifest) -> str:
    return hashlib.sha256(manifest.model_dump_json().encode()).hexdigest()


def _forget_mark(database_url: str) -> None:
    """The folder is there: from now on it is an office as any other."""
    with _opened(database_url) as engine, unit_of_work(engine) as session:
        session.execute(delete(OfficeMark).where(col(OfficeMark.name) == RESTORED))


def _discard_left(home: Path, now: dt.datetime) -> None:
    """Remove what restores into this folder that were killed long ago left beside it."""
    for left in home.parent.glob(f".{glob.escape(home.name)}.{'[0-9a-f]' * 32}"):
        if dt.datetime.fromtimestamp(left.stat().st_mtime, dt.UTC) + GIVEN_UP < now:
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _read(file: Path) -> Iterator[ZipFile]:
    damaged = UnreadableFileError(f"{file} 不是完整的备份文件：可能没有复制完，或已损坏。")
    try:
        archive = ZipFile(file)
    except FileNotFoundError as error:
        raise UnreadableFileError(f"没有找到备份文件 {file}。") from error
    except (BadZipFile, UnicodeError) as error:
        raise damaged from error
    except OSError as error:
        raise UnreadableFileError(f"备份文件 {file} 无法读取：{error.strerror or error}。") from error
    with archive:
        try:
            yield archive
        except (BadZipFile, zlib.error, EOFError) as error:
            raise damaged from error


def _open(archive: ZipFile, name: str) -> IO[bytes]:
    """A member; one that is encrypted, or packed by a way we never use, counts as damaged."""
    try:
        return archive.open(name)
    except (RuntimeError, NotImplementedError) as error:
        raise BadZipFile(name) from error


def _manifest(archive: ZipFile) -> Manifest:
    """The manifest, after what lies in the file agrees with it."""
    held = {info.filename: info for info in archive.infolist()}
    told = held.pop(MANIFEST, None)
    if told is None or told.file_size > LARGEST:
        raise UnreadableFileError("这个文件不是 duban backup 建立的备份。")
    with _open(archive, MANIFEST) as file:
        manifest = read_manifest(file.read(LARGEST))
    strange = [name for name in held if name not in manifest.members]
    doubled = len(archive.infolist()) != len(manifest.members) + 1
    if strange or doubled or ROWS not in manifest.members:
        raise UnreadableFileError(
            f"备份中的文件与清单不符{f'：多出“{strange[0][:100]}”' if strange else ''}。文件可能被改动过，没有恢复。"
        )
    for name, member in manifest.members.items():
        if held[name].file_size != member.size:
            raise _altered(name)
    return manifest


def _require_room(home: Path, manifest: Manifest) -> None:
    free, needed = shutil.disk_usage(home.parent).free, manifest.bytes * 2
    if needed > free:
        raise DubanError(
            f"磁盘空间不足：恢复约需 {needed / MEGABYTE:.0f} MB，{home.parent} 只剩 {free / MEGABYTE:.0f} MB。"
        )


def _keys(archive: ZipFile, manifest: Manifest, passphrase: Callable[[], str | None]) -> dict[str, bytes]:
    said = passphrase() if manifest.has_keys else None
    if said is None:
        return {}
    sealed = io.BytesIO()
    _copy(archive, manifest, KEYS, sealed)
    found = unseal_files(sealed.getvalue(), said)
    for name in found:
        if not is_member(FILES + name):
            raise _altered(name)
    return found


def _unpack(archive: ZipFile, manifest: Manifest, folder: Path) -> None:
    store = FileStore(folder / "evidence")
    for name, member in manifest.members.items():
        if name.startswith(EVIDENCE):
            with _open(archive, name) as source:
                kept = store.put(cast(BinaryIO, source), largest=member.size)
            if kept.sha256 != name.removeprefix(EVIDENCE):
                raise _altered(name)
        elif name != KEYS:
            path = folder / name.removeprefix(FILES)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
                _copy(archive, manifest, name, target)


def _copy(archive: ZipFile, manifest: Manifest, name: str, target: BinaryIO) -> None:
    """Unpack one member, no more of it than the manifest says."""
    digest, size, member = hashlib.sha256(), 0, manifest.members[name]
    with _open(archive, name) as source:
        while size <= member.size and (chunk := source.read(MEGABYTE)):
            size += len(chunk)
            digest.update(chunk)
            target.write(chunk)
    if (size, digest.hexdigest()) != (member.size, member.sha256):
        raise _altered(name)


def _altered(name: str) -> UnreadableFileError:
    return UnreadableFileError(f"备份中的“{name[:100]}”与清单所记的大小或哈希值不符：文件已损坏或被改动，没有恢复。")


def _write(path: Path, source: BinaryIO) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        shutil.copyfileobj(source, target)


def _say_database(folder: Path, database_url: str) -> None:
    """The restored office works with the database it was restored into."""
    file = folder / SETTINGS_FILE
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    escaped = database_url.replace("\\", "\\\\").replace('"', '\\"')
    _write(file, io.BytesIO(f'database_url = "{escaped}"\n{text}'.encode()))


def _fill(folder: Path, manifest: Manifest, database_url: str, by: Actor, *, filled: bool) -> None:
    """The database of the office in the folder, made of the rows there, and proved; `filled`: it is that already."""
    try:
        settings = Settings(home=folder, database_url=database_url)
    except ValidationError as error:
        raise BadInputError(f"备份中的设置不可用：{error.errors()[0]['msg']}。") from error
    kept = create_engine(f"{sqlite_url(folder / ROWS)}")
    try:
        with kept.connect() as source:
            # Whatever else somebody put into the file is neither run nor believed.
            source.exec_driver_sql("PRAGMA trusted_schema=OFF")
            source.exec_driver_sql("PRAGMA query_only=ON")
            if not filled:
                create_or_upgrade(settings, fill=lambda target: _fill_tables(source, target, manifest, by))
    finally:
        kept.dispose()
    with _opened(settings.database) as engine, reading(engine) as session:
        note_head(session, folder)


_STRANGE = "SELECT 1 FROM sqlite_master WHERE type <> 'index' AND sql NOT LIKE 'CREATE TABLE%'"
"""Views, triggers and tables of extensions."""


def _fill_tables(source: Connection, target: Connection, manifest: Manifest, by: Actor) -> None:
    if set(manifest.rows) != set(METADATA.tables):
        raise UnreadableFileError("备份中的表与本程序的不符，没有恢复。")
    try:
        made = source.exec_driver_sql(_STRANGE)
        if made.first() is not None:
            raise UnreadableFileError("备份中的数据库含有本程序不会写入的内容，没有恢复。")
        with _unbound(target):
            for name, table in METADATA.tables.items():
                if copy_rows(source, target, table) != manifest.rows[name]:
                    raise UnreadableFileError(f"备份中表 {name} 的行数与清单不符，没有恢复。")
    except DBAPIError as error:
        raise DubanError(f"备份中的数据未能写入数据库：{_reason(error)}。没有留下恢复了一半的内容。") from error
    with Session(target) as session:
        # The manifest proves the seals of archived months: the key that signed them may have been left out.
        sealed = believed_parts(detached(session))
        chain = verify_audit(session, by=by, organ_id=None, sealed=sealed)
        if chain.broken is not None:
            raise UnreadableFileError(f"备份中的操作记录不完好：{chain.broken.words}。没有恢复。")
        away = sum(one.entries for one in chain.sealed)
        if (chain.entries - away, chain.head) != (manifest.trail.entries, manifest.trail.hash):
            raise UnreadableFileError("备份中操作记录的末尾与清单所记的不符，没有恢复。")
        session.execute(delete(WebSession))
        session.execute(delete(Lease))
        # What several processes on one PostgreSQL hold each other to is noted anew by the first: the store is another.
        session.execute(delete(OfficeMark))
        if target.dialect.name == "postgresql":
            session.add(OfficeMark(name=RESTORED, value=_fingerprint(manifest)))
        session.flush()


@contextmanager
def _unbound(target: Connection) -> Iterator[None]:
    """For a block's length the foreign keys of PostgreSQL are away: tables point at each other, and rows at later ones.

    They are checked all together when they are put back; the counters of ids are set behind the largest. In SQLite
    foreign keys are off while tables are made, and are checked here.
    """
    if target.dialect.name == "sqlite":
        yield
        if target.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise UnreadableFileError("备份中有指向不存在的行的数据，没有恢复。")
        return
    keys = target.exec_driver_sql(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    ).all()
    for table, name, _ in keys:
        target.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in keys:
        target.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for table in METADATA.tables.values():
        if [column.name for column in table.primary_key] == ["id"]:
            target.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), max(id)) FROM \"{table.name}\""  # noqa: S608
            )


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]
