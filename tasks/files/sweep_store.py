"""The store held against the database: files that no row refers to, rows whose file is gone; the former taken out."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from models.database import rehearsing
from models.items.evidence import StoredFile
from tasks.files.discard_orphans import GIVEN_UP
from tasks.files.file_store import FileStore

_FILE: Table = StoredFile.__table__  # type: ignore[attr-defined]
_HASH = col(StoredFile.sha256)


@dataclass(frozen=True)
class StoreCheck:
    """What does not fit, by hash, in order."""

    left: Sequence[str]
    """Files without a row, older than `GIVEN_UP`: of uploads that were killed before their row was committed."""
    missing: Sequence[str]
    """Rows without a file."""
    unfinished: int
    """Files begun, never put in their place, and older than `GIVEN_UP`."""


def check_store(session: Session, store: FileStore, *, now: dt.datetime) -> StoreCheck:
    """Hold all of the store against all rows, a 256th at a time; no file is opened.

    Raises DubanError where the store cannot be reached.
    """
    before = now - GIVEN_UP
    left: list[str] = []
    missing: list[str] = []
    for start in (f"{number:02x}" for number in range(256)):
        # The files first: one whose row is committed between the two looks is not taken for one without.
        files = store.hashes(start)
        rows = set(session.exec(select(_HASH).where(start <= _HASH, start + "g" > _HASH)))
        left += (sha256 for sha256 in sorted(files - rows) if store.is_older(sha256, before=before))
        missing += (sha256 for sha256 in sorted(rows - files) if not store.exists(sha256))
    return StoreCheck(left, missing, store.count_unfinished(before=before))


def discard_left(database: Engine, store: FileStore, left: Sequence[str]) -> Iterator[str]:
    """Take these files out, unless a row has come to refer to one; the hashes of those that are gone.

    Safe while people upload, also the same content. The row's key is held while its file goes, and given back by a
    rollback: whoever brings that content waits for it, then looks whether his file is there and puts it again
    (`tasks.files.keep_file`). Without, he could have found the old file in its place and referred to what then goes.
    """
    for sha256 in left:
        with rehearsing(database) as session:
            insert = postgresql.insert if database.dialect.name == "postgresql" else sqlite.insert
            # Never committed: size and date are nobody's.
            row = {"sha256": sha256, "size": 0, "media_type": "", "stored_at": dt.datetime.min.replace(tzinfo=dt.UTC)}
            held = insert(_FILE).values(row).on_conflict_do_nothing().returning(_FILE.c.sha256)
            if session.execute(held).first() is not None:
                store.discard(sha256)
                yield sha256
