"""What there is to be pruned on a day: by kind, how many and how many bytes."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session

from models.settings import Settings
from tasks.pruning.old_files import OLD_FILES, old_files
from tasks.pruning.old_rows import OLD_ROWS, weigh_rows


@dataclass(frozen=True)
class Weighed:
    """One kind: where it lies (a table, or a folder), for how many days it is kept, and what is older."""

    where: str
    label: str
    days: int
    count: int
    bytes: int


def weigh(session: Session, settings: Settings, *, now: dt.datetime) -> Iterator[Weighed]:
    """Every kind, those with nothing to prune too."""
    for rows in OLD_ROWS:
        days = getattr(settings.keep_days, rows.term)
        yield Weighed(rows.table.name, rows.label, days, *weigh_rows(session, rows, now - dt.timedelta(days=days)))
    for files in OLD_FILES:
        days = getattr(settings.keep_days, files.term)
        sizes = [size for _, size in old_files(settings.home, files, now - dt.timedelta(days=days))]
        yield Weighed(files.folder, files.label, days, len(sizes), sum(sizes))
