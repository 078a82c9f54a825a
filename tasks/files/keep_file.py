"""A file in the store together with its row, or neither: what every keeping of a file goes through."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from models.items.evidence import StoredFile
from tasks.files.file_store import FileStore, Stored

_FILE: Table = StoredFile.__table__  # type: ignore[attr-defined]


@contextmanager
def keeping(
    session: Session, store: FileStore, source: BinaryIO, *, media_type: str, largest: int, now: dt.datetime
) -> Iterator[Stored]:
    """The file in the store with its row; taken out again where the block fails and nobody else refers to it.

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
    except BaseException:
        # Our row holds the hash until the transaction ends: nobody else can refer to the file before it is gone.
        if stored.new and not referred:
            store.discard(stored.sha256)
        raise
