"""One ladder after another on the same plan: which steps go on, and from which day on the others speak.

A step is known again by its place in an item's life (到期前3天, 逾期7个工作日), whoever it speaks to and in whichever
rung it stands. Nothing here reads a table or a clock.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.dates.unit import Unit
from models.ladder.escalation import RungFiring, steps
from models.ladder.policy import Relation, Rung

Moment = tuple[Relation, int, Unit | None]
"""The place of a step; of the day itself no unit is counted."""


@dataclass(frozen=True)
class Succession:
    """What the last version of a ladder owes to those before it.

    `same` pairs a rung of it with an earlier one that has a step in common: what the earlier told, it has told.
    `begun` has its steps (rung, and height in its line) that were not there from the first version on, by the day from
    which on they speak.
    """

    same: frozenset[tuple[int, int]]
    begun: Mapping[dt.date, frozenset[tuple[int, int]]]


def succession(first: Sequence[Rung], *later: tuple[dt.date, Sequence[Rung]]) -> Succession:
    """Of the versions of a ladder in their order, each later one with the first day that it decides."""
    told: dict[Moment, set[int]] = defaultdict(set)
    line: dict[tuple[int, int], Moment] = {}
    since: dict[Moment, dt.date] = {}
    for first_on, rungs in ((dt.date.min, first), *later):
        for (rung_id, _height), moment in line.items():
            told[moment].add(rung_id)
        line = {(step.rung_id, height): moment_of(step) for of in steps(rungs) for height, step in enumerate(of)}
        since = {moment: since.get(moment, first_on) for moment in line.values()}
    begun: dict[dt.date, set[tuple[int, int]]] = defaultdict(set)
    for step, moment in line.items():
        if since[moment] > dt.date.min:
            begun[since[moment]].add(step)
    same = {(rung_id, earlier) for (rung_id, _height), moment in line.items() for earlier in told[moment]}
    return Succession(frozenset(same), {day: frozenset(found) for day, found in sorted(begun.items())})


def moment_of(step: RungFiring | Rung) -> Moment:
    """The place of a step, or of the first one of a rung."""
    return step.relation, step.offset, step.unit if step.offset else None
