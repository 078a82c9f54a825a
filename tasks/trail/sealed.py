"""Stretches of the trail that lie in an archive: signed by the office's key, so that a gap in it stays provable."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, col, select

from models.archive_seal import ArchiveSeal
from tasks.trail.signed_line import is_signed, signed

_PURPOSE = "archive seal"
_LINE = re.compile(
    r"duban-archive:1:(?P<month>\d{4}-\d\d):(?P<entries>\d{1,15}):(?P<first>\d{1,15}):(?P<last>\d{1,15})"
    r":(?P<before>[0-9a-f]{64}):(?P<after>[0-9a-f]{64}):(?P<file>[0-9a-f]{64}):(?P<mac>[\w-]{43})",
    re.ASCII,
)


YOUNGEST = dt.timedelta(days=365)
"""No month is put into an archive sooner after its end (`models.keep_days`)."""


@dataclass(frozen=True)
class ArchivedStretch:
    """The entries `first` to `last` lie in the archive of `month`, behind the hash `before`, ending with `after`."""

    month: str
    entries: int
    first: int
    last: int
    before: str
    after: str
    file_sha256: str

    @property
    def words(self) -> str:
        """Where they are."""
        return f"第 {self.first} 至 {self.last} 号（{self.entries} 条）在 {self.month} 的归档中"


def seal_line(home: Path, sealed: ArchivedStretch) -> str:
    """All of it in one line, signed."""
    parts = (
        "duban-archive:1", sealed.month, sealed.entries, sealed.first, sealed.last, sealed.before, sealed.after,
        sealed.file_sha256,
    )  # fmt: skip
    told = ":".join(map(str, parts))
    return signed(home, _PURPOSE, told)


def detached(session: Session) -> list[ArchiveSeal]:
    """The seals of files whose rows are not in the database, the oldest first."""
    return list(
        session.exec(select(ArchiveSeal).where(col(ArchiveSeal.attached_at).is_(None)).order_by(ArchiveSeal.month))
    )


def sealed_parts(session: Session, home: Path) -> tuple[list[ArchivedStretch], list[ArchiveSeal]]:
    """The stretches that are not in the database, and the seals that this office's key did not sign."""
    parts, unsigned = [], []
    for row in detached(session):
        if row.entries == 0:
            continue
        said = _read(home, row.line)
        if said is None or said.file_sha256 != row.file_sha256:
            unsigned.append(row)
        else:
            parts.append(said)
    return parts, unsigned


def believed_parts(rows: Iterable[ArchiveSeal]) -> list[ArchivedStretch]:
    """The same as the rows say it, for whoever has another proof of them than the key."""
    return [
        ArchivedStretch(
            row.month, row.entries, row.first_entry_id or 0, row.last_entry_id or 0, row.hash_before, row.hash_after,
            row.file_sha256,
        )
        for row in rows
        if row.entries
    ]  # fmt: skip


def is_sealed(session: Session, entry_id: int) -> bool:
    """Whether that entry lies in an archive."""
    within = col(ArchiveSeal.first_entry_id) <= entry_id, col(ArchiveSeal.last_entry_id) >= entry_id
    query = select(ArchiveSeal.id).where(col(ArchiveSeal.attached_at).is_(None), *within)
    return session.exec(query).first() is not None


def _read(home: Path, line: str) -> ArchivedStretch | None:
    found = _LINE.fullmatch(line)
    if found is None or not is_signed(home, _PURPOSE, line):
        return None
    return ArchivedStretch(
        found["month"], int(found["entries"]), int(found["first"]), int(found["last"]), found["before"],
        found["after"], found["file"],
    )  # fmt: skip
