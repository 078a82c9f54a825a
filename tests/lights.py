"""The light of one item said in plain words, beside the SQL of `tasks.ladder.status` that a test holds to it."""

import datetime as dt

from models.dates.workdays import WorkCalendar
from models.ladder.light import Light


def lag_light(behind: float, *, lag_yellow: int | None, lag_red: int | None) -> Light | None:
    """The light of an item that is `behind` by so many points; none where it keeps up.

    From `lag_yellow` to `lag_red` points, both ends included, it lags; beyond that it is far behind. Either may be
    off (none).
    """
    if lag_red is not None and behind > lag_red:
        return Light.BEHIND
    if lag_yellow is not None and behind >= lag_yellow:
        return Light.LAGGING
    return None


def light(
    *,
    on: dt.date,
    near_days: int,
    calendar: WorkCalendar,
    issued: bool,
    start_on: dt.date | None,
    due_on: dt.date | None,
    closed_on: dt.date | None,
    paused: bool = False,
    behind: float = 0.0,
    lag_yellow: int | None = None,
    lag_red: int | None = None,
) -> Light:
    """The light on day `on`: the due day itself is near, the day after is overdue; the worse of time and lag shows.

    `near_days` counts working days before the due day, `due_on` is the earliest day that is neither done nor
    claimed done, `behind` the points by which progress trails even progress.
    """
    if closed_on is not None and closed_on <= on:
        return Light.BLUE
    if paused:
        return Light.PAUSED
    if not issued or (start_on is not None and start_on > on):
        return Light.GREY
    if due_on is not None and due_on < on:
        return Light.RED
    lag = lag_light(behind, lag_yellow=lag_yellow, lag_red=lag_red)
    if lag is Light.BEHIND:
        return lag
    if due_on is not None and due_on <= calendar.add(on, near_days):
        return Light.YELLOW
    return lag or Light.GREEN
