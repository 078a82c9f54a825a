"""A file in the store together with its row, or neither: what every keeping of a file goes through."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from sqlalchemy import Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session

from models.errors import DubanError
from models.items.evidence import StoredFile
from tasks.files.file_store import FileStore, Stored
from tasks.files.sweep_store import discard_left

_FILE: Table = StoredFile.__table__  # type: ignore[attr-defined]

_PENDING = "duban.files"
"""Under this name the `info` of a session keeps the files whose rows it has made and not yet committed."""


@contextmanager
def keeping(
    session: Session, store: FileStore, source: BinaryIO, *, media_type: str, largest: int, now: dt.datetime
) -> Iterator[Stored]:
    """The file in the store with its row; taken out again where the block or the transaction fails and nobody else
    refers to it. Of a transaction whose database cannot be asked any more the file stays, for `duban evidence sweep`.

    `largest` in bytes. Raises as `FileStore.put` does.
    """
    stored = store.put(source, largest=largest)
    referred = False
    try:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        values = {"sha256": stored.sha256, "size": stored.size, "media_type": media_type, "stored_at": now}
        made = session.execute(insert(_FILE).values(values).on_conflict_do_nothing().returning(_FILE.c.sha256)).first()
        referred = made is None
        if not store.exists(stored.sha256):
            # Whoever brought the same content first failed and took it out again before we could refer to it.
            source.seek(0)
            stored = store.put(source, largest=largest)
        yield stored
        if not referred:
            _pending(session).append((store, stored.sha256))
    except BaseException:
        # Our row holds the hash until the transaction ends: nobody else can refer to the file before it is gone.
        if stored.new and not referred:
            store.discard(stored.sha256)
        raise


def _pending(session: Session) -> list[tuple[FileStore, str]]:
    """The files that go with the session's transaction: kept with its commit, taken out with any other end."""
    files: list[tuple[FileStore, str]] | None = session.info.get(_PENDING)
    if files is not None:
        return files
    files = session.info[_PENDING] = []

    def keep(session: Session) -> None:
        if not session.in_nested_transaction():
            files.clear()

    def discard(session: Session, transaction: SessionTransaction) -> None:
        if transaction.parent is not None:
            return
        left = files[:]
        files.clear()
        # The row's key is asked for anew: a commit that came through although it was reported as failed is seen, and
        # whoever brings the same content meanwhile is waited for, or waits and puts it again.
        with suppress(DubanError, SQLAlchemyError):
            for store, sha256 in left:
                list(discard_left(session.get_bind().engine, store, [sha256]))

    event.listen(session, "after_commit", keep)
    event.listen(session, "after_transaction_end", discard)
    return files
