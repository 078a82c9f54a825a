"""Days of rest by law (全国年节及纪念日放假办法 art. 2, revised on 10 November 2024), some by the moon.

They rest in every year, noticed or not. What rests beside them, and which days are worked for it, only a notice says.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import lru_cache

from models.dates.days import DAY

_BY_DATE = ((1, 1, "元旦"), (5, 1, "劳动节"), (10, 1, "国庆节"), (10, 2, "国庆节"), (10, 3, "国庆节"))
_REVISED = 2025
"""The first year in which New Year's Eve by the moon and 2 May are among them."""
_LAST = 2199
"""The last year whose months by the moon are reckoned (GB/T 33661)."""


@lru_cache(maxsize=256)
def rest_by_law(year: int) -> Mapping[dt.date, str]:
    """The days of rest of a year, each with its feast; before the revision those alone that have a date."""
    days = {dt.date(year, month, day): name for month, day, name in _BY_DATE}
    if _REVISED <= year <= _LAST:
        days[dt.date(year, 5, 2)] = "劳动节"
        days |= dict(_by_moon(year))
    return days


def _by_moon(year: int) -> Iterator[tuple[dt.date, str]]:
    from lunar_python import Lunar, Solar

    def day(found: Solar) -> dt.date:
        return dt.date(found.getYear(), found.getMonth(), found.getDay())

    spring = day(Lunar.fromYmd(year, 1, 1).getSolar())
    yield spring - DAY, "除夕"
    yield from ((spring + after * DAY, "春节") for after in range(3))
    yield day(Solar.fromYmd(year, 4, 5).getLunar().getJieQiTable()["清明"]), "清明节"
    yield day(Lunar.fromYmd(year, 5, 5).getSolar()), "端午节"
    yield day(Lunar.fromYmd(year, 8, 15).getSolar()), "中秋节"
