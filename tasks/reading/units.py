"""The units of a cell: who leads, who cooperates, as written."""

import re
from functools import lru_cache
from typing import NamedTuple

_APART = re.compile(r"[、,，;；/\n|]+(?![^(（]*[)）])")
_ENDS = "。.;;,, \t"
_LEADS = re.compile(r"^(?:牵头|主办|主责|责任)(?:责任)?(?:单位|部门|科室|处室)?[:：]")
_HELPS = re.compile(r"^(?:配合|协办|协同|协助|参与|参加|会办)(?:责任)?(?:单位|部门|科室|处室)?[:：]")
_MARKED_LEAD = re.compile(r"[(（](?:牵头|主办|牵头单位)[)）]|(?<=.)牵头$")
_MARKED_HELP = re.compile(r"[(（](?:配合|协办|参与)[)）]|(?<=.)(?:配合|协办|协助)$")


class Units(NamedTuple):
    """A unit that leads, if the cell names any, and those that cooperate, in the order written."""

    lead: str | None
    cooperating: tuple[str, ...]


@lru_cache(maxsize=10_000)
def split_units(text: str) -> tuple[str, ...]:
    """The units of one cell: `法规科、办公室` → two; `县各有关单位` stays one."""
    found: list[str] = []
    for piece in _APART.split(text):
        words = piece.split()
        parts = words if len(words) > 1 and all(len(word) > 2 for word in words) else ["".join(words)]
        found += [part.strip(_ENDS) for part in parts]
    return tuple(dict.fromkeys(part for part in found if part))


@lru_cache(maxsize=10_000)
def read_units(text: str) -> Units:
    """The units of a column that mixes leading and cooperating ones.

    A mark (`牵头:甲;配合:乙、丙`, `乙(牵头)、甲`) decides; without one the first listed leads.
    """
    lead: list[str] = []
    others: list[str] = []
    unmarked: list[str] = []
    kind = unmarked
    for piece in split_units(text):
        if match := _LEADS.match(piece):
            piece, kind = piece[match.end() :], lead
        elif match := _HELPS.match(piece):
            piece, kind = piece[match.end() :], others
        if _MARKED_LEAD.search(piece):
            lead.append(_MARKED_LEAD.sub("", piece))
        elif _MARKED_HELP.search(piece):
            others.append(_MARKED_HELP.sub("", piece))
            others[:0], unmarked[1:] = unmarked[1:], []
        else:
            kind.append(piece)
    leading = [*lead, *unmarked]
    return Units(next(iter(leading), None), tuple(dict.fromkeys(leading[1:] + others)))
