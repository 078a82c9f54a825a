"""Lights: what an item's state, days and progress look like at a glance, always with a word beside the colour."""

import datetime as dt

from models.coded import Coded


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
    PAUSED = "paused", "中止"
    BLUE = "blue", "已办结"
    CANCELLED = "cancelled", "已终止"

    @property
    def colour(self) -> str:
        """red, yellow, green, grey or blue."""
        return _COLOURS[self]


_COLOURS = {light: str(light) for light in Light} | {
    Light.BEHIND: "red", Light.LAGGING: "yellow", Light.PAUSED: "grey", Light.CANCELLED: "grey",
}  # fmt: skip


def light_of_day(due_on: dt.date, done_on: dt.date | None, *, on: dt.date, near: dt.date) -> Light:
    """The light of one day by itself; `near` is the last day that is near. The same rule as an item's."""
    if done_on is not None and done_on <= on:
        return Light.BLUE
    if due_on < on:
        return Light.RED
    return Light.YELLOW if due_on <= near else Light.GREEN


def planned_percent(start: dt.date, due: dt.date, on: dt.date) -> float:
    """The points that even progress (序时进度) would have reached at the end of day `on`, 0 to 100."""
    if on < start:
        return 0.0
    whole = (due - start).days + 1
    return min(100.0, 100.0 * ((on - start).days + 1) / whole) if whole > 0 else 100.0
