"""Months that may be put into archives, and those that were."""

import datetime as dt
from collections.abc import Iterator

from sqlmodel import Session, col, select

from models.archive_seal import ArchiveSeal
from models.dates.days import add_months
from tasks.archiving.choose_rows import first_month, month_named, refuse_recent


def months_before(session: Session, before: str, *, days: int, on: dt.date) -> Iterator[str]:
    """Every month from that of the oldest row up to the one before `before` (as 2024-07). Raises BadInputError."""
    end = month_named(before)
    refuse_recent(add_months(end, -1), days, on)
    month = first_month(session)
    while month is not None and month < end:
        yield f"{month:%Y-%m}"
        month = add_months(month, 1)


def every_archive(session: Session) -> list[ArchiveSeal]:
    """What was put into files, the oldest month first, whether it is back or not."""
    return list(session.exec(select(ArchiveSeal).order_by(col(ArchiveSeal.month), col(ArchiveSeal.id))))
