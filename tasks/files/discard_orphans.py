"""Throwing away what killed processes left: files never put in their place, and copies to try things out on."""

import datetime as dt
import shutil
from pathlib import Path

from tasks.files.file_store import FileStore

GIVEN_UP = dt.timedelta(days=1)
"""Nobody is at work on a file for longer; what is older was left."""


def discard_orphans(home: Path, store: FileStore, *, now: dt.datetime) -> int:
    """Throw them away in the store and in the data folder's `work`; how many. What is kept under a name stays.

    Raises DubanError where the store cannot be reached.
    """
    before = now - GIVEN_UP
    copies = [path for path in (home / "work").glob("copy-*") if path.stat().st_mtime < before.timestamp()]
    for path in copies:
        shutil.rmtree(path, ignore_errors=True)
    return len(copies) + store.discard_unfinished(before=before)
