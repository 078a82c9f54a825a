"""A story told once a process: where it is told again from the same beginning, its database is copied."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

Result = TypeVar("Result")

_TOLD: dict[tuple[bytes, Hashable], tuple[Path, Any]] = {}
"""By what a database held before and what was told of it then: what it held after, and the answer."""

_FOLDER = tempfile.TemporaryDirectory(prefix="duban-told-")


def told_once(engine: Engine, name: Hashable, tell: Callable[[], Result]) -> Result:
    """What `tell` answers, with its effect on the database.

    `name` has to say all that the story depends on besides the database, and the story may reach nothing else:
    no file, no attribute of an office. On PostgreSQL, and where somebody else is connected, it is simply told.
    """
    pool = engine.pool
    if engine.dialect.name != "sqlite" or not isinstance(pool, QueuePool) or pool.checkedout():
        return tell()
    file = Path(str(engine.url.database))
    before = (_content(engine, file), name)
    if Path(f"{file}-wal").exists():
        return tell()
    if before not in _TOLD:
        answer = tell()
        _content(engine, file)
        kept = Path(_FOLDER.name) / f"{len(_TOLD)}.db"
        shutil.copy(file, kept)
        _TOLD[before] = kept, answer
        return answer
    kept, answer = _TOLD[before]
    shutil.copy(kept, file)
    found: Result = answer
    return found


def _content(engine: Engine, file: Path) -> bytes:
    """What a database holds, all of it in its one file: the last connection that closes takes the log in."""
    engine.dispose()
    return hashlib.blake2b(file.read_bytes()).digest()
