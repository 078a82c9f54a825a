"""Where the seed of a draw comes from: bound first, seeded later, by something nobody could know or choose before.

A binding freezes lists, conflicts, plan and the way of the seed under one hash; whatever makes the seed comes after
it. All values are `lot(…)`: SHA-256 over lines, written in lowercase hexadecimal.

| value | lines |
|---|---|
| hash of the binding | `binding`, the lists in their one writing, ordinal, way, instant, source, its day, its digits |
| pledge of the second person | `pledge`, hash of the binding, number |
| hash of the system's number | `system`, hash of the binding, number |
| seed by two | `seed`, hash of the binding, the system's number, the second person's number |
| seed by a public number | `seed`, hash of the binding, number |

What a way does not have (source, day, digits) is an empty line.
"""

import datetime as dt
import unicodedata
from dataclasses import dataclass

from models.coded import Coded
from models.draws.random_draw import Lists, lot
from models.errors import BadInputError

SHORTEST_NUMBER, LONGEST_NUMBER = 16, 200
"""Characters of what a second person pledges: too many to be found by trying."""
FEWEST_DIGITS, MOST_DIGITS = 6, 60
"""Digits of a public number: too many for a chance hit, and no more than anybody announces."""
LONGEST_SOURCE = 200


class SeedWay(Coded):
    """Where the seed comes from."""

    TWO = "two", "系统随机数和第二人的数字"
    PUBLIC = "public", "事先指定的公开号码"


@dataclass(frozen=True)
class SeedTerms:
    """How a binding will be seeded. `source`, `source_on` and `digits` name a public number in advance."""

    way: SeedWay = SeedWay.TWO
    source: str | None = None
    source_on: dt.date | None = None
    digits: int | None = None


def binding_hash(lists: Lists, terms: SeedTerms, *, ordinal: int, at: dt.datetime) -> str:
    """Over all that is bound: the `ordinal`-th binding of its plan, at that instant."""
    return lot(
        "binding", lists.content(), str(ordinal), terms.way.value, at.astimezone(dt.UTC).isoformat(),
        terms.source or "", terms.source_on.isoformat() if terms.source_on else "", str(terms.digits or ""),
    )  # fmt: skip


def pledge_of(binding: str, number: str) -> str:
    """What a second person gives before the number: it tells nothing of it, and no other number fits it."""
    return lot("pledge", binding, number)


def system_hash(binding: str, number: str) -> str:
    """What is on record of the system's number before it is shown."""
    return lot("system", binding, number)


def seed_by_two(binding: str, system: str, number: str) -> str:
    """The seed of a number of the system's and one of a second person's: open while either is unknown."""
    return lot("seed", binding, system, number)


def seed_by_public(binding: str, number: str) -> str:
    """The seed of a public number."""
    return lot("seed", binding, number)


def second_number(text: str) -> str:
    """A second person's number as it counts: without blanks around it. Raises BadInputError for one too short or long,
    or of several lines."""
    number = text.strip()
    if not SHORTEST_NUMBER <= len(number) <= LONGEST_NUMBER or len(number.splitlines()) != 1:
        raise BadInputError(
            f"数字应为 {SHORTEST_NUMBER} 至 {LONGEST_NUMBER} 个字符、不换行：请任意写，如掷骰子的点数，自己记下。"
        )
    return number


def public_number(text: str, digits: int) -> str:
    """A public number as it counts: its digits alone, so that it is written in one way only.

    Raises BadInputError for another count of digits than was bound, and for letters.
    """
    folded = unicodedata.normalize("NFKC", text)
    if any(sign.isalpha() for sign in folded):
        raise BadInputError("公开号码只能由数字组成（数字之间可以有空格、逗号、短横）。")
    number = "".join(sign for sign in folded if sign in "0123456789")
    if len(number) != digits:
        raise BadInputError(f"公开号码应为 {digits} 位数字（绑定时写明的位数），这里有 {len(number)} 位。")
    return number
