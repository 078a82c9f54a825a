"""The folder for files on their way: what waits to be looked at and what long work made, under names nobody guesses.

Where processes with data folders of their own serve the office, the files are passed on by its store.
"""

import datetime as dt
import os
import re
import secrets
import shutil
from pathlib import Path

from models.errors import NotFoundError
from models.settings import Settings
from tasks.files.passing_store import PassingStore

KEPT_FOR = dt.timedelta(days=7)
"""So long a result can be fetched."""
WAITS_FOR = dt.timedelta(hours=1)
"""So long after it was last looked at a file waits to be imported."""
_RESULT = re.compile(r"made-[A-Za-z0-9_-]{20,60}\.[a-z]{2,5}")


def work_folder(settings: Settings) -> Path:
    """The folder, made where it is not there yet; closed to other accounts of the machine."""
    folder = settings.home / "work"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def new_result(settings: Settings, ending: str) -> Path:
    """An empty file of a random name for the result of long work; `ending` like docx."""
    path = work_folder(settings) / f"made-{secrets.token_urlsafe(24)}.{ending}"
    path.touch(mode=0o600)
    return path


def find_result(settings: Settings, name: object) -> Path:
    """The result file of this name. Raises NotFoundError where it is gone, or never was."""
    path = work_folder(settings) / str(name)
    if not _RESULT.fullmatch(str(name)) or not reach(settings, path).is_file():
        raise NotFoundError("结果文件已不在：只保留 7 天。请重新开始这项工作。")
    return path


def hand_on(settings: Settings, path: Path) -> None:
    """Let the other processes of the office have what lies at `path` in the folder, as it is now."""
    if settings.is_shared:
        PassingStore(settings.evidence_store).give(path, _name(settings, path))


def reach(settings: Settings, path: Path) -> Path:
    """The same path in the folder, with what any process of the office put there last."""
    if settings.is_shared:
        PassingStore(settings.evidence_store).bring(_name(settings, path), path)
    return path


def listed(settings: Settings, folder: Path) -> list[Path]:
    """What lies in a folder of the folder, whichever process put it there."""
    if settings.is_shared:
        return [folder / name for name in PassingStore(settings.evidence_store).names(_name(settings, folder))]
    return sorted(folder.iterdir()) if folder.is_dir() else []


def throw_away(settings: Settings, folder: Path) -> None:
    """Remove a folder of the folder, for every process."""
    shutil.rmtree(folder, ignore_errors=True)
    if settings.is_shared:
        PassingStore(settings.evidence_store).drop(_name(settings, folder))


def _name(settings: Settings, path: Path) -> str:
    return path.relative_to(work_folder(settings)).as_posix()


def touch(path: Path, *, now: dt.datetime) -> None:
    """Note that the file or folder was used now."""
    os.utime(path, (now.timestamp(), now.timestamp()))


def prune(settings: Settings, *, now: dt.datetime) -> None:
    """Throw away what nobody fetched in time: results after 7 days, files that wait an hour after the last look; what
    processes pass on to each other after 7 days.
    """
    folder = work_folder(settings)
    if settings.is_shared:
        PassingStore(settings.evidence_store).drop_older(now - KEPT_FOR)
    for path in folder.glob("made-*"):
        if _is_older(path, now - KEPT_FOR):
            path.unlink(missing_ok=True)
    for path in folder.glob("list-*/*"):
        if _is_older(path, now - WAITS_FOR):
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob("looked-*/*"):
        if _is_older(path, now - WAITS_FOR):
            path.unlink(missing_ok=True)


def _is_older(path: Path, than: dt.datetime) -> bool:
    try:
        return path.stat().st_mtime < than.timestamp()
    except FileNotFoundError:
        return False
