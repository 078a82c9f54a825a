"""A file that was uploaded, looked through, and waits for its person to say yes: in the data folder, under a random
name that only its person's next form knows."""

import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from duban.web.background.work_folder import hand_on, listed, reach, throw_away, work_folder
from duban.web.visit import Visit
from models.errors import BadInputError, NotFoundError
from tasks.containers.formats import recognise
from tasks.files.check_upload import Examined, Limits, check_read
from tasks.files.file_store import MEGABYTE, check_size

LARGEST = 20 * MEGABYTE
KEPT = 3
"""Files of one kind that may wait for one person; an older one makes room."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,60}")


@dataclass(frozen=True)
class WaitingFile:
    """`path` keeps the name the file came with, since imports tell it; `token` finds it again."""

    token: str
    path: Path

    @property
    def name(self) -> str:
        return self.path.name


def keep_waiting(visit: Visit, kind: str, file: Examined, endings: tuple[str, ...] | None = None) -> WaitingFile:
    """Keep an uploaded file for its person: of one of the `endings`, else of any kind that is read.

    Raises BadInputError for another ending, for what `tasks.files.check_upload` refuses, and for more than LARGEST
    bytes; UnreadableFileError for a kind that is not read.
    """
    name = file.name
    check_size(file.size, LARGEST)
    if endings is None:
        file.source.seek(0)
        recognise(file.source.read(), name)
    elif not name.lower().endswith(endings):
        raise BadInputError(f"“{name}”不是 {'、'.join(endings)} 文件。")
    elif not name.lower().endswith((".json", ".ics")):
        check_read(file, Limits(LARGEST))
    file.source.seek(0)
    home = _home(visit, kind)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in sorted(home.iterdir(), key=lambda folder: folder.stat().st_mtime_ns, reverse=True)[KEPT - 1 :]:
        throw_away(visit.served.settings, old)
    token = secrets.token_urlsafe(24)
    folder = home / token
    folder.mkdir(mode=0o700)
    path = folder / name
    with path.open("wb") as kept:
        shutil.copyfileobj(file.source, kept)
    hand_on(visit.served.settings, path)
    return WaitingFile(token, path)


def find_waiting(visit: Visit, kind: str, token: str) -> WaitingFile:
    """The file that waits for this person. Raises NotFoundError where it does not, or not any more."""
    gone = NotFoundError("待导入的文件已不在：可能已经导入，或放得太久。请重新选择文件。")
    if not _TOKEN.fullmatch(token):
        raise gone
    settings = visit.served.settings
    found = next(iter(listed(settings, _home(visit, kind) / token)), None)
    if found is None or not reach(settings, found).is_file():
        raise gone
    return WaitingFile(token, found)


def drop_waiting(visit: Visit, kind: str, token: str) -> None:
    """It waits no longer."""
    if _TOKEN.fullmatch(token):
        throw_away(visit.served.settings, _home(visit, kind) / token)


def _home(visit: Visit, kind: str) -> Path:
    return work_folder(visit.served.settings) / f"list-{kind}-{visit.person.id}"
