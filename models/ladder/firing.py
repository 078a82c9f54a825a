"""One item's ladder ahead of time: the days on which its rungs will speak while nobody does anything.

The same windows as the daily sweep decides by, asked for a single due day; `tasks.oversight.simulate` lives a whole
plan's year and must agree.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.dates.days import DAY
from models.dates.workdays import WorkCalendar
from models.ladder.escalation import Window, steps, windows
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
    to: tuple[str, ...]
    """The roles it speaks to: those of the rung but for whoever hears a higher one that day."""
    caught_up: bool = False

    @property
    def roles(self) -> list[str]:
        """To whom it speaks, by what they are called."""
        return [Role(role).label for role in self.to]

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

    def spoken(on: dt.date, reached: Iterable[Window], counted_from: dt.date) -> Iterator[Firing]:
        """What those of the windows say that the day they count from lies in, the highest first."""
        heard: set[str] = set()
        for window in sorted(reached, key=lambda window: -window.height):
            if not window.first <= counted_from <= window.last:
                continue
            step = window.step
            rung = ladder[step.rung_id - 1]
            to = tuple(role for role in rung.roles if role not in heard)
            heard.update(to)
            turn = (step.offset - rung.offset) // rung.every if rung.every else 0
            plain = not step.unit.rests or step.offset == 0
            set_on = step.fires_on(counted_from, _EVERY_DAY if plain else calendar)
            if to:
                yield Firing(on, calendar.on_or_after(on), set_on, rung, turn, to, caught_up=window.fire_on < on)

    fires = list(
        spoken(
            issued_on, windows(by_due, calendar, since=issued_on - DAY, on=issued_on, days=[due_on], whole=True), due_on
        )
    )
    for line, counted_from, first in ((by_due, due_on, issued_on + DAY), (by_issue, issued_on, issued_on)):
        for day in sorted({step.fires_on(counted_from, calendar) for step in line}):
            if first <= day <= until:
                fires += spoken(day, windows(line, calendar, since=day - DAY, on=day), counted_from)
    place = {id(rung): at for at, rung in enumerate(ladder)}
    return sorted(fires, key=lambda one: (one.on, place[id(one.rung)]))


class _EveryDay(WorkCalendar):
    """A calendar without rest: what an offset in calendar days names before rest days move it."""

    def is_working(self, day: dt.date) -> bool:
        return True


_EVERY_DAY = _EveryDay()
