"""Months of notices and of the trail that lie in archives: which of them somebody misses, in words that say what to do.

Whoever counts or shows rows of these tables over a span asks here, so that no number is taken for whole that is not.
"""

import datetime as dt
from enum import Enum

from sqlmodel import Session

from models.archive_seal import ArchiveSeal
from models.items.plan import AnnualPlan
from tasks.trail.sealed import YOUNGEST, detached

_NAMED = 3
"""Files told by name; `duban archive list` has them all."""


class Lacking(Enum):
    """What may lie in an archive, by the column of its seal that counts it, and its name."""

    NOTICES = "notices", "通知"
    TRAIL = "entries", "操作记录"


def months_away(
    session: Session, *, first: dt.date | None = None, last: dt.date | None = None, lacking: Lacking | None = None
) -> list[ArchiveSeal]:
    """The seals of files that hold rows of `lacking` (any, if none) from the day `first` to `last`, both included, the
    oldest month first.
    """
    return [
        seal
        for seal in detached(session)
        if (first is None or seal.until_on >= first)
        and (last is None or seal.from_on <= last)
        and (lacking is None or getattr(seal, lacking.value[0]) > 0)
    ]


def lacking_words(
    session: Session, lacking: Lacking, so: str, *, first: dt.date | None = None, last: dt.date | None = None
) -> str:
    """That months of the span are away, what that means for what was asked (`so`), and how they come back; empty where
    none is.
    """
    away = months_away(session, first=first, last=last, lacking=lacking)
    if not away:
        return ""
    files = "、".join(seal.file for seal in away[:_NAMED]) + ("等" if len(away) > _NAMED else "")
    months = "、".join(dict.fromkeys(seal.month for seal in away))
    return (
        f"{months} 的{lacking.value[1]}已归档到文件，{so}："
        f"请管理员用 duban archive attach 接回 {files}（文件见 duban archive list），再看。"
    )


def lived_since(plan: AnnualPlan) -> dt.date:
    """The first day on which anything can have been raised or done in the plan."""
    begun = dt.date(plan.year, 1, 1)
    return min(plan.issued_on, begun) if plan.issued_on else begun


def away_words(session: Session, what: str, *, since: dt.date | None = None) -> str:
    """What somebody who looks at `what` is told of months that lie in archives, those that end before the day `since`
    left out; empty where there are none.
    """
    months = [seal.month for seal in months_away(session, first=since)]
    if not months:
        return ""
    span = months[0] if months[0] == months[-1] else f"{months[0]} 至 {months[-1]}"
    return f"{span} 的{what}已归档到文件，这里没有列出；要看的请管理员接回。"


def away_from(session: Session, issued_on: dt.date | None, on: dt.date) -> str:
    """The same of an item issued on that day, as it is looked at on the day `on`; what is young is asked nothing."""
    if issued_on is None or on - issued_on < YOUNGEST:
        return ""
    return away_words(session, "通知和操作记录", since=issued_on)
