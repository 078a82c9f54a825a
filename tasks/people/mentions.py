"""Whom a text means by @姓名: people of the organ in office on the day. Of several with one name the unit tells which:
@李明（办公室）.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from models.errors import BadInputError
from tasks.people.roster import posts_in_office

_AT = re.compile(r"(?<![A-Za-z0-9._%+-])[@＠](?=\w)")
"""An @ that names somebody: not the one of a mail address, and not one that stands alone."""
_UNIT = re.compile(r"[（(]([^（()）]{1,300})[)）]")
_QUOTED = 10
"""Characters of what nobody is called that an error repeats."""


@dataclass(frozen=True)
class Colleague:
    """Somebody in office. `units` are the departments of the posts held, of a post of none its title; `called` is what
    a text calls just this one."""

    id: int
    name: str
    units: Sequence[str]
    called: str


def colleagues(session: Session, organ_id: int, *, on: dt.date) -> list[Colleague]:
    """Everybody of the organ who holds a post on the day, by departments."""
    units: dict[tuple[int, str], dict[str, None]] = {}
    for person_id, name, title, department in posts_in_office(session, organ_id, on=on):
        units.setdefault((person_id, name), {})[department or title] = None
    names = Counter(name for _, name in units)
    return [
        Colleague(person_id, name, [*held], f"{name}（{next(iter(held))}）" if names[name] > 1 else name)
        for (person_id, name), held in units.items()
    ]


def mentioned(text: str, people: Sequence[Colleague]) -> list[Colleague]:
    """Those whom the text names by an @, each once, in its order.

    The longest name that fits is meant, whatever follows it. Raises BadInputError for an @ before what is nobody's
    name, and before a name of several without the unit; it says what would be accepted.
    """
    found: dict[int, Colleague] = {}
    for sign in _AT.finditer(text):
        one = _named(text[sign.end() :], people)
        found[one.id] = one
    return list(found.values())


def _named(rest: str, people: Sequence[Colleague]) -> Colleague:
    fitting = [one for one in people if rest.startswith(one.name)]
    name = max((one.name for one in fitting), key=len, default="")
    same = [one for one in fitting if one.name == name]
    if not same:
        unknown = re.match(rf"\w{{1,{_QUOTED}}}", rest)
        raise BadInputError(
            f"“@{unknown[0] if unknown else ''}”不是本单位在职的人：@ 后面请写在册的姓名；不是提到人的，@ 后面空一格。"
        )
    if len(same) > 1:
        unit = _UNIT.match(rest, len(name))
        told = [one for one in same if unit and unit[1].strip() in one.units]
        if len(told) != 1:
            ways = "、".join(f"@{one.called}" for one in same)
            raise BadInputError(f"本单位有 {len(same)} 位{name}：请写明科室，如 {ways}；仍分不清的，请选入“抄送”。")
        same = told
    return same[0]
