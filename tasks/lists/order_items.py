"""In which order a list stands, and the place in it from which a page goes on."""

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from models.coded import Coded
from models.errors import BadInputError
from models.ladder.light import Light
from models.natural_order import natural_order
from tasks.lists.choose_items import ROW, Shine

Key = str | int | dt.date
"""What rows are compared by."""

_FIRST_DAY, _LAST_DAY = dt.date(1, 1, 1), dt.date(9999, 12, 31)
_LARGEST = 2**63 - 1
_LONGEST = 8000


class Order(Coded):
    """By what a list can be sorted."""

    DUE = "due", "时限"
    NUMBER = "number", "编号"
    LIGHT = "light", "亮灯"
    PROGRESS = "progress", "进度"
    TITLE = "title", "任务"
    REPORTED = "reported", "最近填报"


@dataclass(frozen=True)
class Sorting:
    """An order and its direction. What has no day comes last either way, what was never reported counts as
    longest ago.

    Items that are equal in it stand in the order in which they came in.
    """

    order: Order = Order.DUE
    falling: bool = False

    def keys(self, shine: Shine) -> list[Any]:
        """What rows are compared by, one after the other, never null; the last tells any two apart."""
        return [*self._keys(shine), ROW.id]

    def _keys(self, shine: Shine) -> list[Any]:
        day = sa.func.coalesce(shine.day, sa.literal(_FIRST_DAY if self.falling else _LAST_DAY))
        match self.order:
            case Order.DUE:
                return [day]
            case Order.NUMBER:
                return [natural_order(ROW.number)]
            case Order.LIGHT:
                urgency = {str(light): place for place, light in enumerate(Light)}
                return [sa.case(urgency, value=shine.light), day]
            case Order.PROGRESS:
                return [ROW.percent]
            case Order.TITLE:
                return [ROW.title]
            case Order.REPORTED:
                return [sa.func.coalesce(ROW.reported_on, sa.literal(_FIRST_DAY))]

    @property
    def kinds(self) -> tuple[type[Key], ...]:
        """The types of `keys`."""
        first: tuple[type[Key], ...] = {
            Order.DUE: (dt.date,),
            Order.NUMBER: (str,),
            Order.LIGHT: (int, dt.date),
            Order.PROGRESS: (int,),
            Order.TITLE: (str,),
            Order.REPORTED: (dt.date,),
        }[self.order]
        return (*first, int)


@dataclass(frozen=True)
class ListPlace:
    """A row's place in a sorting: the page goes on behind it, or, `back`, ends before it."""

    sorting: Sorting
    keys: tuple[Key, ...]
    back: bool = False

    def token(self) -> str:
        """The place as an address carries it."""
        written = [key.isoformat() if isinstance(key, dt.date) else key for key in self.keys]
        data = json.dumps([self.sorting.order, int(self.sorting.falling), *written], ensure_ascii=False)
        return base64.urlsafe_b64encode(data.encode()).rstrip(b"=").decode()


def place_of(token: str, sorting: Sorting, *, back: bool = False) -> ListPlace | None:
    """The place a token names; none where it belongs to another sorting, which begins anew.

    Raises BadInputError for what is no token.
    """
    try:
        padded = token.encode() + b"=" * (-len(token) % 4)
        order, falling, *written = json.loads(base64.b64decode(padded[:_LONGEST], altchars=b"-_", validate=True))
        if (order, falling) != (str(sorting.order), int(sorting.falling)):
            return None
        keys = tuple(_read(value, kind) for value, kind in zip(written, sorting.kinds, strict=True))
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadInputError("网址中的翻页位置无法识别：请从第一页重新翻页。") from error
    return ListPlace(sorting, keys, back)


def _read(value: object, kind: type[Key]) -> Key:
    """Raises ValueError for a value of another kind."""
    if kind is dt.date and isinstance(value, str):
        return dt.date.fromisoformat(value)
    if kind is int and isinstance(value, int) and abs(value) <= _LARGEST:
        return int(value)
    if kind is str and isinstance(value, str) and "\0" not in value:
        return value
    raise ValueError(value)
