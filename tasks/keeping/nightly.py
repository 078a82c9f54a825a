"""The backup that is made by itself: one a day in a folder, thinned by the rules, and the newest there is."""

import datetime as dt
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from models.clock import OFFICE_ZONE, day_of
from models.errors import BadInputError
from models.settings import Settings
from tasks.keeping.back_up import UNFINISHED, Backup, back_up
from tasks.keeping.which_to_keep import Keeping, which_to_keep

RHYTHM = "backup"
"""The name under which its runs are remembered."""
GIVEN_UP = dt.timedelta(days=1)
"""No backup takes longer; what is older was left by a process that was killed."""
_NAME = re.compile(r"duban-(\d{4}-\d\d-\d\d)\.zip")


@dataclass(frozen=True)
class LastBackup:
    """The newest file of the folder, whoever put it there; `bytes` its size."""

    name: str
    at: dt.datetime
    bytes: int


def keep_backup(database: Engine, settings: Settings, folder: Path, *, now: dt.datetime) -> Backup | None:
    """Make the day's backup in the folder, then remove those that no rule keeps; None where the day has its own.

    Of two processes at once one makes it: the other's is dropped where the name is taken. Files of other names are
    left alone. Raises DubanError as `back_up` does; then nothing is removed.
    """
    file = folder / f"duban-{day_of(now)}.zip"
    made = None
    if not file.exists():
        discard_left(folder, now)
        passphrase = settings.backup_passphrase.get_secret_value() or None
        try:
            made = back_up(database, settings, file, now=now, passphrase=passphrase)
        except BadInputError:
            if not file.exists():
                raise
    dated = {day: path for path in _files(folder) if (day := _day(path.name)) is not None}
    keeping = Keeping(settings.backup_daily, settings.backup_weekly, settings.backup_monthly)
    for day in dated.keys() - which_to_keep(dated.keys(), keeping):
        dated[day].unlink(missing_ok=True)
    return made


def last_backup(folder: Path) -> LastBackup | None:
    """The newest file there; None without any."""
    found = [LastBackup(path.name, _written(path), path.stat().st_size) for path in _files(folder)]
    return max(found, key=lambda one: one.at, default=None)


def _day(name: str) -> dt.date | None:
    found = _NAME.fullmatch(name)
    try:
        return dt.date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]


def discard_left(folder: Path, now: dt.datetime) -> None:
    """Remove what a process that was killed more than a day ago had begun to write there."""
    for path in folder.glob(f"{UNFINISHED}*"):
        if _written(path) + GIVEN_UP < now:
            shutil.rmtree(path, ignore_errors=True)


def _written(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, OFFICE_ZONE)
