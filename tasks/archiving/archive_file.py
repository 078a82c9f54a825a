"""The file of an archived month: its rows, and a manifest that says what they are and how to prove them."""

import datetime as dt
import hashlib
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Column, Connection, MetaData, Table, create_engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from models.audit import AuditEntry
from models.database import sqlite_url
from models.errors import BadInputError, UnreadableFileError
from models.migrate import revisions
from models.tables import METADATA
from tasks.archiving.choose_rows import TABLES
from tasks.keeping.copy_rows import copy_rows
from tasks.keeping.manifest import product_version
from tasks.moving.row_text import content_of

FORMAT = 1
MANIFEST, ROWS = "manifest.json", "rows.db"
LARGEST_MANIFEST = 1024 * 1024
"""Bytes."""
_CHUNK = 1024 * 1024
_DAMAGED = (BadZipFile, zlib.error, EOFError, KeyError, RuntimeError, NotImplementedError, ValidationError)


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TableTold(_Told):
    """One table: its columns in order, how many rows, and a hash of all of them in whatever order."""

    columns: list[str]
    rows: int = Field(ge=0)
    content: str = Field(pattern="^[0-9a-f]{64}$")


class TrailTold(_Told):
    """The stretch of the trail: behind which hash it begins and with which it ends."""

    first: int
    last: int
    before: str = Field(pattern="^[0-9a-f]{64}$")
    after: str = Field(pattern="^[0-9a-f]{64}$")


class ArchiveManifest(_Told):
    """What an archive says of itself. `month` is as 2024-01; the days are the first and the last its rows are of."""

    format: int
    version: str
    schema_revision: str
    database: str
    month: str = Field(pattern=r"^\d{4}-\d\d$")
    made_at: dt.datetime
    made_by: str
    from_on: dt.date
    until_on: dt.date
    tables: dict[str, TableTold]
    trail: TrailTold | None
    rows_size: int = Field(ge=0)
    rows_sha256: str = Field(pattern="^[0-9a-f]{64}$")


@dataclass(frozen=True)
class Opened:
    """An archive that was read and holds in itself: its manifest, its own hash, and a database with its rows."""

    manifest: ArchiveManifest
    sha256: str
    rows: Connection


def take_rows(source: Connection, where: Mapping[str, str], file: Path) -> None:
    """Write the rows that fit into a new SQLite file, whatever database they are of."""
    kept = create_engine(sqlite_url(file))
    try:
        with kept.begin() as target:
            for name in TABLES:
                table = METADATA.tables[name]
                _bare(table).create(target)
                copy_rows(source, target, table, where[name])
    finally:
        kept.dispose()


def tables_told(connection: Connection, where: Mapping[str, str] | None = None) -> dict[str, TableTold]:
    """What the tables of an archive hold in a database, or of them the rows that fit."""
    told = {}
    for name in TABLES:
        table = METADATA.tables[name]
        content = content_of(connection, table, where[name] if where else "")
        told[name] = TableTold(columns=list(table.columns.keys()), rows=content.rows, content=content.hash)
    return told


def describe(
    rows: Path, *, month: str, database: str, tables: dict[str, TableTold], made_at: dt.datetime, made_by: str
) -> ArchiveManifest:
    """The manifest of rows that were taken. Raises UnreadableFileError where their part of the trail is not whole."""
    with _opened_rows(rows) as connection:
        days = connection.exec_driver_sql(
            "SELECT min(d), max(d) FROM (SELECT raised_on AS d FROM notice UNION ALL SELECT date(at) FROM audit_entry)"
        ).one()
        trail = _stretch(connection)
    return ArchiveManifest(
        format=FORMAT, version=product_version(), schema_revision=revisions()[-1], database=database, month=month,
        made_at=made_at, made_by=made_by, from_on=days[0], until_on=days[1], tables=tables, trail=trail,
        rows_size=rows.stat().st_size, rows_sha256=_hash(rows),
    )  # fmt: skip


def write_archive(rows: Path, manifest: ArchiveManifest, made: Path) -> None:
    """Put both into one file, on the disk when this returns."""
    with os.fdopen(os.open(made, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            archive.writestr(_member(MANIFEST), manifest.model_dump_json(indent=1))
            with rows.open("rb") as source, archive.open(_member(ROWS), "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, _CHUNK)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def opened_archive(file: Path) -> Iterator[Opened]:
    """Read an archive and prove it: its members by size and hash, its tables by count and content, its stretch of the
    trail entry by entry.

    Raises BadInputError for one of a newer program, UnreadableFileError for what is none, damaged, or altered.
    """
    altered = UnreadableFileError(f"{file} 不是完整的归档文件：可能没有复制完、已损坏或被改动过。")
    with tempfile.TemporaryDirectory(prefix="duban-archive-") as scratch:
        rows = Path(scratch) / ROWS
        try:
            with ZipFile(file) as archive:
                manifest = _manifest(archive)
                with archive.open(ROWS) as source, rows.open("xb") as target:
                    left = manifest.rows_size + 1
                    while left > 0 and (chunk := source.read(min(_CHUNK, left))):
                        target.write(chunk)
                        left -= len(chunk)
        except FileNotFoundError as error:
            raise UnreadableFileError(f"没有找到归档文件 {file}。") from error
        except _DAMAGED as error:
            raise altered from error
        except OSError as error:
            raise UnreadableFileError(f"归档文件 {file} 无法读取：{error.strerror or error}。") from error
        if (rows.stat().st_size, _hash(rows)) != (manifest.rows_size, manifest.rows_sha256):
            raise altered
        with _opened_rows(rows) as connection:
            try:
                same = tables_told(connection) == manifest.tables and _stretch(connection) == manifest.trail
            except DBAPIError as error:
                raise altered from error
            if not same:
                raise altered
            yield Opened(manifest, file_hash(file), connection)


def file_hash(file: Path) -> str:
    """The SHA-256 of a file."""
    return _hash(file)


def _manifest(archive: ZipFile) -> ArchiveManifest:
    if sorted(archive.namelist()) != [MANIFEST, ROWS] or archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise BadZipFile
    said = archive.read(MANIFEST)
    told = _Version.model_validate_json(said)
    if told.format > FORMAT or told.schema_revision not in revisions():
        raise BadInputError(
            f"这份归档由另一版本的程序建立（{told.version[:40]}，数据库结构 {told.schema_revision[:40]}），"
            f"本程序（{product_version()}）不认识：请升级本程序后再用。"
        )
    manifest = ArchiveManifest.model_validate_json(said)
    if set(manifest.tables) != set(TABLES) or any(
        told.columns != list(METADATA.tables[name].columns.keys()) for name, told in manifest.tables.items()
    ):
        raise BadInputError("这份归档的表和列与本程序的不符：请用建立归档时的程序接回，再升级。")
    return manifest


class _Version(BaseModel):
    format: int
    version: str
    schema_revision: str


@contextmanager
def _opened_rows(rows: Path) -> Iterator[Connection]:
    engine = create_engine(sqlite_url(rows))
    try:
        with closing(engine.connect()) as connection:
            # Whatever else somebody put into the file is neither run nor believed.
            connection.exec_driver_sql("PRAGMA trusted_schema=OFF")
            connection.exec_driver_sql("PRAGMA query_only=ON")
            yield connection
    except DBAPIError as error:
        raise UnreadableFileError("归档文件中的数据无法读取：已损坏或被改动过。") from error
    finally:
        engine.dispose()


def _stretch(rows: Connection) -> TrailTold | None:
    """The entries that lie there, each recomputed behind the one before. Raises UnreadableFileError."""
    first: AuditEntry | None = None
    last: AuditEntry | None = None
    with Session(rows) as session:
        while True:
            query = select(AuditEntry).order_by(col(AuditEntry.id)).limit(1_000)
            chunk = session.exec(query.where(col(AuditEntry.id) > last.id) if last and last.id else query).all()
            for entry in chunk:
                if entry.chained() != entry.hash or (last is not None and entry.previous != last.hash):
                    raise UnreadableFileError(
                        f"第 {entry.id} 号操作记录与它的哈希值或前一条不符，没有归档也没有接回：请先运行"
                        " duban audit verify --whole；其间有较早的月份已归档的，先接回那个月。"
                    )
                first, last = first or entry, entry
            session.expunge_all()
            if not chunk:
                break
    if first is None or last is None:
        return None
    return TrailTold(first=first.id or 0, last=last.id or 0, before=first.previous, after=last.hash)


def _bare(table: Table) -> Table:
    """The table with its columns and key alone: what else there is to it, the database that it goes back into has."""
    columns = [Column(column.name, column.type, primary_key=column.primary_key) for column in table.columns]
    return Table(table.name, MetaData(), *columns)


def _member(name: str) -> ZipInfo:
    info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
