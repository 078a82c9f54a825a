"""One item's ladder ahead of time: the days on which its rungs will speak while nobody does anything.

The same windows as the daily sweep decides by, asked for a single due day; `tasks.oversight.simulate` lives a whole
plan's year and must agree.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from models.dates.days import DAY
from models.dates.workdays import WorkCalendar
from models.ladder.escalation import RungFiring, steps, windows
from models.ladder.policy import Rung
from models.people.person import Role


@dataclass(frozen=True)
class Firing:
    """A rung speaks on day `on`, and its notice may leave on `send_on`; `turn` counts the repeats of the rung from 0.

    `set_on` is the day its own offset names before rest days move it; `caught_up` where the ladder's day lay before
    the item was issued, so that this highest rung reached speaks at once.
    """

    on: dt.date
    send_on: dt.date
    set_on: dt.date
    rung: Rung
    turn: int
    caught_up: bool = False

    @property
    def roles(self) -> list[str]:
        """To whom it speaks, by what they are called."""
        return [Role(role).label for role in self.rung.roles]

    @property
    def moved(self) -> bool:
        """Whether a rest day moved it."""
        return not self.caught_up and self.on != self.set_on


def firings(
    rungs: Iterable[Rung], *, issued_on: dt.date, due_on: dt.date, until: dt.date, calendar: WorkCalendar
) -> list[Firing]:
    """What is raised up to and including `until` for an item issued on `issued_on` (before that day's sweep), due on
    `due_on`, never signed for, never closed, looked at every day; in the order in which it is raised."""
    ladder = list(rungs)
    numbered = [rung.model_copy(update={"id": place}) for place, rung in enumerate(ladder, 1)]
    by_due, by_issue = steps(numbered)

    def firing(on: dt.date, step: RungFiring, counted_from: dt.date, *, caught_up: bool = False) -> Firing:
        rung = ladder[step.rung_id - 1]
        turn = (step.offset - rung.offset) // rung.every if rung.every else 0
        plain = not step.unit.rests or step.offset == 0
        set_on = step.fires_on(counted_from, _EVERY_DAY if plain else calendar)
        return Firing(on, calendar.on_or_after(on), set_on, rung, turn, caught_up)

    fires: list[Firing] = []
    for window in windows(by_due, calendar, since=issued_on, on=issued_on, first=due_on):
        if window.top and window.first <= due_on <= window.last:
            late = window.step.fires_on(due_on, calendar) < issued_on
            fires.append(firing(issued_on, window.step, due_on, caught_up=late))
    for line, counted_from, first in ((by_due, due_on, issued_on + DAY), (by_issue, issued_on, issued_on)):
        for day in sorted({step.fires_on(counted_from, calendar) for step in line}):
            if first <= day <= until:
                fires += [
                    firing(day, window.step, counted_from)
                    for window in windows(line, calendar, since=day - DAY, on=day)
                    if window.top and window.first <= counted_from <= window.last
                ]
    place = {id(rung): at for at, rung in enumerate(ladder)}
    return sorted(fires, key=lambda one: (one.on, place[id(one.rung)]))


class _EveryDay(WorkCalendar):
    """A calendar without rest: what an offset in calendar days names before rest days move it."""

    def is_working(self, day: dt.date) -> bool:
        return True


_EVERY_DAY = _EveryDay()
