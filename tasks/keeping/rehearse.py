"""Rehearsing: the office backed up and restored from that into a passing place, to know that it could be."""

import datetime as dt
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from models.actor import Actor
from models.settings import Settings
from tasks.keeping.back_up import back_up
from tasks.keeping.restore import restore


@dataclass(frozen=True)
class Rehearsal:
    """What a rehearsal took and proved; `bytes` is the size of the backup."""

    backup_seconds: float
    restore_seconds: float
    bytes: int
    rows: int
    entries: int
    """How many entries of the trail were verified, down to the head that was noted."""
    missing: int
    """Evidence files that are lost or damaged."""


def rehearse(database: Engine, settings: Settings, *, by: Actor, now: dt.datetime) -> Rehearsal:
    """Back up and restore, keys apart; nothing of it is left. Raises as these do."""
    work = settings.home / "work"
    work.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="copy-rehearsal-", dir=work) as folder:
        begun = time.monotonic()
        made = back_up(database, settings, Path(folder) / "backup.zip", now=now)
        backed_up = time.monotonic()
        told = restore(made.file, Path(folder) / "office", by=by)
        return Rehearsal(
            round(backed_up - begun, 1), round(time.monotonic() - backed_up, 1), made.bytes, sum(told.rows.values()),
            told.trail.entries, len(told.missing),
        )  # fmt: skip
