"""Lights: what an item's state, days and progress look like at a glance, always with a word beside the colour."""

import datetime as dt

from models.coded import Coded
from models.workdays import WorkCalendar


class Light(Coded):
    """Colour and word; on paper and for a reader who sees no colour the word stands alone.

    Two lights may share a colour: an item is red because its day passed, or because it is far behind.
    """

    RED = "red", "逾期"
    BEHIND = "behind", "严重滞后"
    YELLOW = "yellow", "临期"
    LAGGING = "lagging", "滞后"
    GREEN = "green", "正常"
    GREY = "grey", "未开始"
    PAUSED = "paused", "挂起"
    BLUE = "blue", "已办结"

    @property
    def colour(self) -> str:
        """red, yellow, green, grey or blue."""
        return str({Light.BEHIND: Light.RED, Light.LAGGING: Light.YELLOW, Light.PAUSED: Light.GREY}.get(self, self))


def planned_percent(start: dt.date, due: dt.date, on: dt.date) -> float:
    """The points that even progress (序时进度) would have reached at the end of day `on`, 0 to 100."""
    if on < start:
        return 0.0
    whole = (due - start).days + 1
    return min(100.0, 100.0 * ((on - start).days + 1) / whole) if whole > 0 else 100.0


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
    claimed done, `behind` the points by which progress trails even progress. `tasks.ladder.status` says the same in SQL
    for whole tables; a test holds the two together.
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
