"""Files of the data folder that may be pruned: mails that were put there, and what was on its way and left."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class OldFiles:
    """Files under one folder of the data folder that are kept for the days of `term` (a field of KeepDays)."""

    term: str
    label: str
    folder: str


OLD_FILES = (OldFiles("mail", "写入数据目录的邮件", "mail"), OldFiles("work", "没有取走的结果和临时文件", "work"))


def old_files(home: Path, kind: OldFiles, before: dt.datetime) -> Iterator[tuple[Path, int]]:
    """The files last written before that instant, with their bytes; one that goes meanwhile is passed over."""
    for path in (home / kind.folder).rglob("*"):
        try:
            found = path.lstat()
        except FileNotFoundError:
            continue
        if not path.is_dir() and found.st_mtime < before.timestamp():
            yield path, found.st_size


def prune_files(home: Path, kind: OldFiles, before: dt.datetime) -> None:
    """Remove them. Raises OSError where one cannot be."""
    for path, _ in list(old_files(home, kind, before)):
        path.unlink(missing_ok=True)
