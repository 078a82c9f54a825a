"""A story told once a process: where it is told again from the same beginning, its database is copied."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Hashable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

Result = TypeVar("Result")
Asked = ParamSpec("Asked")

MOST = 200
"""How many databases of more than a megabyte are kept."""

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
    if _is_held(file):
        return tell()
    if before not in _TOLD:
        answer = tell()
        _content(engine, file)
        if _is_held(file):
            return answer
        kept = Path(_FOLDER.name) / f"{uuid4().hex}.db"
        shutil.copy(file, kept)
        _TOLD[before] = kept, answer
        if len(_TOLD) > MOST:
            dropped, _answer = _TOLD.pop(next(iter(_TOLD)))
            dropped.unlink()
        return answer
    kept, answer = _TOLD[before] = _TOLD.pop(before)  # the newest is dropped last
    shutil.copy(kept, file)
    found: Result = answer
    return found


def first_told_once(act: Callable[Concatenate[Any, Asked], Result]) -> Callable[Concatenate[Any, Asked], Result]:
    """For a method of an office that reaches its database only: most stories begin alike, and then part."""

    @wraps(act)
    def asked(office: Any, /, *args: Asked.args, **more: Asked.kwargs) -> Result:
        name = (act.__name__, office.year, office.preset, office.today, args, tuple(more.items()))
        if act.__name__ in office.begun:
            return act(office, *args, **more)
        office.begun.add(act.__name__)
        return told_once(office.engine, name, lambda: act(office, *args, **more))

    return asked


def _is_held(file: Path) -> bool:
    """Whether somebody else is connected: then not all of it is in the file."""
    return Path(f"{file}-wal").exists()


def _content(engine: Engine, file: Path) -> bytes:
    """What a database holds, all of it in its one file: the last connection that closes takes the log in."""
    engine.dispose()
    return hashlib.blake2b(file.read_bytes()).digest()
