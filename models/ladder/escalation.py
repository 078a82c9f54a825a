"""Who is told when: the ladder decided purely, as windows of due days.

A ladder is a line of steps, each with a fire day that depends on nothing but the due day (or the day of
issue) and the working calendar. The fire day never falls as the due day rises, so the due days that a step
concerns on a given day form one unbroken window, and a sweep is a join of a few windows with the deadlines.
Nothing here reads a table or a clock.

What each deadline has reached is settled where its people are known: the rungs whose own day it is all speak, those
whose day was missed speak as the highest of them, and nobody hears more than the highest that reaches him.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from models.dates.days import DAY
from models.dates.unit import Unit
from models.dates.workdays import WorkCalendar
from models.ladder.policy import Relation, Rung

# Plain steps, here and in `models.dates.workdays`: sweeps take thousands, and pendulum's cost sixty times as much.


@dataclass(frozen=True)
class RungFiring:
    """One firing of a rung; a repeated rung has several, each with its own offset."""

    rung_id: int
    relation: Relation
    offset: int
    unit: Unit

    def fires_on(self, day: dt.date, calendar: WorkCalendar) -> dt.date:
        """The day on which this step fires for a deadline due (or an item issued) on `day`.

        A reminder that falls on a rest day moves to the working day before, an escalation to the working
        day after (DESIGN: rest days). Overdue starts the day after the due day, so an escalation never
        fires on the due day itself.
        """
        if self.relation is Relation.BEFORE:
            return calendar.on_or_before(self.unit.later(day, -self.offset, calendar))
        raw = self.unit.later(day, self.offset, calendar)
        if self.relation is Relation.AFTER:
            raw = max(raw, day + DAY)
        return calendar.on_or_after(raw)


@dataclass(frozen=True)
class Window:
    """Deadlines due from `first` to `last` (both included) reach `step` on `fire_on`.

    `height` is the place of the step in its line, from 0; `top` is False where a higher one has been reached too.
    """

    step: RungFiring
    height: int
    fire_on: dt.date
    first: dt.date
    last: dt.date
    top: bool


def steps(rungs: Iterable[Rung]) -> tuple[list[RungFiring], list[RungFiring]]:
    """The steps of a ladder, counted from the due day and from the day of issue, each line from low to high."""
    by_due: list[RungFiring] = []
    by_issue: list[RungFiring] = []
    for rung in rungs:
        line = by_issue if rung.relation is Relation.UNSIGNED else by_due
        repeats = range(rung.times + 1) if rung.every else range(1)
        line.extend(
            RungFiring(rung.id or 0, rung.relation, rung.offset + turn * (rung.every or 0), rung.unit)
            for turn in repeats
        )
    return sorted(by_due, key=_height), sorted(by_issue, key=_height)


def _height(step: RungFiring) -> tuple[int, float]:
    """Higher steps come later in an item's life: far before, near before, then ever longer after."""
    if step.relation is Relation.BEFORE:
        return 0, -step.unit.in_days(step.offset)
    return 1, step.unit.in_days(step.offset)


def windows(
    line: list[RungFiring],
    calendar: WorkCalendar,
    *,
    since: dt.date,
    on: dt.date,
    days: Sequence[dt.date] | None = None,
    whole: bool = False,
) -> list[Window]:
    """The windows of due days whose steps fire after `since` and no later than `on`.

    With `days`, the due days there are in rising order, only those are looked at, however long ago `since` lies.
    With `whole`, which needs them, also the top ones that fired before are given: what a deadline has reached that
    nobody has looked at yet. Windows of one call never overlap within the same step. Of the turns of a repeated rung
    only the latest is given, and without `whole` the latest missed one beside that of the day.
    """
    ranges: list[Window] = []
    reached = [last_reaching(step, calendar, on) for step in line]
    for height, step in enumerate(line):
        ceiling = max(reached[height + 1 :], default=dt.date.min)
        again = next((later for later in line[height + 1 :] if later.rung_id == step.rung_id), None)
        back = _back_from(reached[height]) if days is None else reversed(days[: bisect_right(days, reached[height])])
        for fire_on, run in groupby(back, lambda day, step=step: step.fires_on(day, calendar)):  # type: ignore[misc]
            if fire_on <= since and not whole:
                break
            until = on - DAY if fire_on < on and not whole else on
            due = [day for day in run if again is None or again.fires_on(day, calendar) > until]
            below, above = [day for day in due if day <= ceiling], [day for day in due if day > ceiling]
            if below and fire_on > since:
                ranges.append(Window(step, height, fire_on, below[-1], below[0], top=False))
            if above:
                ranges.append(Window(step, height, fire_on, above[-1], above[0], top=True))
    return ranges


def _back_from(day: dt.date) -> Iterator[dt.date]:
    """Every day from this one back."""
    while True:
        yield day
        day -= DAY


def last_reaching(step: RungFiring, calendar: WorkCalendar, on: dt.date) -> dt.date:
    """The latest due day whose step has fired by `on`."""
    # The fire day never falls as the due day rises: from the day that it would be if nobody rested, ever longer
    # strides until one goes past it, then halves.
    offset = step.offset if step.relation is Relation.BEFORE else -step.offset
    low = high = step.unit.later(on, offset, calendar)
    stride = DAY
    while step.fires_on(low, calendar) > on:
        low, high, stride = low - stride, low, stride * 2
    while high == low or step.fires_on(high, calendar) <= on:
        low, high, stride = high, high + stride, stride * 2
    while high - low > DAY:
        middle = low + (high - low) // 2 // DAY * DAY
        if step.fires_on(middle, calendar) <= on:
            low = middle
        else:
            high = middle
    return low
