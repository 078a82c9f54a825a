"""Which backups are kept: of the last days, weeks and months the newest of each, of every year its newest."""

import datetime as dt
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Keeping:
    """Of how many days, weeks (from Monday) and months a backup is kept, counted back over those that have one."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 12


def which_to_keep(days: Collection[dt.date], keeping: Keeping) -> set[dt.date]:
    """Of the days that have a backup, those whose backup stays. To thin day by day or at once leaves the same."""
    kept = _newest(days, lambda day: day, keeping.daily)
    kept |= _newest(days, lambda day: day.isocalendar()[:2], keeping.weekly)
    kept |= _newest(days, lambda day: (day.year, day.month), keeping.monthly)
    return kept | _newest(days, lambda day: day.year, len(days))


def _newest(days: Collection[dt.date], period: Callable[[dt.date], Hashable], count: int) -> set[dt.date]:
    """The newest day of each of the last `count` periods that have any."""
    newest = {period(day): day for day in sorted(days)}
    return set(sorted(newest.values())[-count:]) if count else set()
