"""Which of a deadline's days were missed: each day that was in force and passed before the matter was done.

Such a miss is sticky: a day that is moved after it passed stays missed, and so does one whose item is later closed
or opened again. Days in a span of suspension are nobody's fault, nor is a day that was answered in time before its
leader asked for more.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from models.items.item import MoveCause


@dataclass(frozen=True)
class Move:
    """The day `from_on` was replaced by `to_on`, from `moved_on` on."""

    from_on: dt.date
    to_on: dt.date
    moved_on: dt.date
    cause: MoveCause = MoveCause.PLAN


@dataclass(frozen=True)
class Pause:
    """The clock stood still from `from_on` up to the day before `resumed_on` (none: still)."""

    from_on: dt.date
    resumed_on: dt.date | None = None

    def holds(self, day: dt.date) -> bool:
        return self.from_on <= day and (self.resumed_on is None or day < self.resumed_on)


@dataclass(frozen=True)
class Miss:
    """A day that passed before the matter was done; `move` is the one that came too late to save it."""

    day: dt.date
    move: Move | None = None


def missed(
    due_on: dt.date, moves: Sequence[Move], *, settled_on: dt.date | None, pauses: Iterable[Pause], on: dt.date
) -> list[Miss]:
    """The missed days of a deadline that is due on `due_on` after its `moves` (in their order), seen on day `on`.

    `settled_on` is the day it was done, or claimed done by a request that waits or was accepted. The due day itself
    is in time, so only days before `on` can be missed.
    """
    stops = list(pauses)
    misses: dict[dt.date, Miss] = {}
    for day, move in _in_force(due_on, moves):
        in_time = settled_on is not None and settled_on <= day
        saved = move is not None and (move.moved_on <= day or move.cause is MoveCause.MORE)
        if day < on and not in_time and not saved and not any(stop.holds(day) for stop in stops):
            misses.setdefault(day, Miss(day, move))
    return list(misses.values())


def _in_force(due_on: dt.date, moves: Sequence[Move]) -> Iterator[tuple[dt.date, Move | None]]:
    """The days that were in force one after another, each with the move that replaced it."""
    for move in moves:
        # A turn that a changed plan no longer has is "moved" to its own day.
        if move.from_on != move.to_on:
            yield move.from_on, move
    yield due_on, None
