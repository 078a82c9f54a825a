"""Checkpoints of the trail: up to where it was proved on which day, signed, kept in the database and beside it.

From a checkpoint on a verification costs what has been written since, however old the trail is. What stands before it
was proved then, not now: so all of it is recomputed once in `WHOLE_EVERY`, and whenever somebody asks.
"""

import datetime as dt
import logging
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from models.actor import Actor
from models.trail_checkpoint import TrailCheckpoint
from tasks.trail.signed_line import is_signed, signed

log = logging.getLogger(__name__)

FILE = "trail-checkpoint"
"""In the data folder: the line of the newest one."""
WHOLE_EVERY = dt.timedelta(days=31)
"""So old may the last recomputation of everything be for a checkpoint to be gone on from."""
LOOKED_THROUGH = 5
"""Rows looked through for one that can be believed; others were not signed by this key."""

_PURPOSE = "trail checkpoint"
_LINE = re.compile(
    r"duban-checkpoint:1:(?P<on>\d{4}-\d\d-\d\d):(?P<whole>\d{4}-\d\d-\d\d):(?P<entries>\d{1,15}):(?P<entry>\d{1,15})"
    r":(?P<hash>[0-9a-f]{64}):(?P<mac>[\w-]{43})",
    re.ASCII,
)


@dataclass(frozen=True)
class Checkpoint:
    """Up to where the trail held on a day, and on which day all of it was recomputed last."""

    on: dt.date
    whole_on: dt.date
    entries: int
    entry_id: int
    hash: str

    def is_gone_on_from(self, on: dt.date) -> bool:
        """Whether what stands before it need not be recomputed on the day `on`: it was so recently."""
        return dt.timedelta() <= on - self.whole_on <= WHOLE_EVERY


def furthest_checkpoint(session: Session, home: Path) -> Checkpoint | None:
    """The furthest that this office's key signed, in the database or beside it: its entry has to be there still."""
    rows = select(TrailCheckpoint.line).order_by(col(TrailCheckpoint.id).desc()).limit(LOOKED_THROUGH)
    lines = list(session.exec(rows))
    with suppress(OSError):
        lines.append((home / FILE).read_text(encoding="utf-8").strip())
    believed = [one for one in (_read(home, line) for line in lines) if one is not None]
    return max(believed, key=lambda one: one.entries, default=None)


def note_checkpoint(session: Session, home: Path, proved: Checkpoint, *, by: Actor) -> None:
    """Keep how far the trail held just now. A database or a folder that cannot be written is logged and nothing more:
    what was verified is verified. The caller commits.
    """
    told = ":".join(
        map(str, ("duban-checkpoint:1", proved.on, proved.whole_on, proved.entries, proved.entry_id, proved.hash))
    )
    line = signed(home, _PURPOSE, told)
    try:
        session.add(
            TrailCheckpoint(
                made_at=by.now, made_by=by.name, whole_on=proved.whole_on, entries=proved.entries,
                entry_id=proved.entry_id, hash=proved.hash, line=line,
            )
        )  # fmt: skip
        session.flush()
    except DBAPIError as error:
        session.rollback()
        log.warning("检查点没有记入数据库：%s", error.orig, extra={"action": "checkpoint_unnoted"})
    draft = home / f"{FILE}.{uuid4().hex}"
    try:
        draft.write_text(line, encoding="utf-8")
        draft.replace(home / FILE)
    except OSError as error:
        log.warning("检查点没有记入数据目录：%s", error.strerror, extra={"action": "checkpoint_unnoted"})
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _read(home: Path, line: str) -> Checkpoint | None:
    """What a line says; None for one that this office's key did not sign."""
    found = _LINE.fullmatch(line)
    if found is None or not is_signed(home, _PURPOSE, line):
        return None
    on, whole_on = dt.date.fromisoformat(found["on"]), dt.date.fromisoformat(found["whole"])
    return Checkpoint(on, whole_on, int(found["entries"]), int(found["entry"]), found["hash"])
