"""Lights: what an item's state and days look like at a glance, always with a word beside the colour."""

import datetime as dt

from models.coded import Coded
from models.workdays import WorkCalendar


class Light(Coded):
    """Colour and word; on paper and for a reader who sees no colour the word stands alone."""

    RED = "red", "逾期"
    YELLOW = "yellow", "临期"
    GREEN = "green", "正常"
    GREY = "grey", "未开始"
    BLUE = "blue", "已办结"


def light(
    *,
    on: dt.date,
    near_days: int,
    calendar: WorkCalendar,
    issued: bool,
    start_on: dt.date | None,
    due_on: dt.date | None,
    closed_on: dt.date | None,
) -> Light:
    """The light by time on day `on`: the due day itself is yellow, the day after is red.

    `near_days` counts working days before the due day. `tasks.status` says the same in SQL for whole tables;
    a test holds the two together.
    """
    if closed_on is not None and closed_on <= on:
        return Light.BLUE
    if not issued or (start_on is not None and start_on > on):
        return Light.GREY
    if due_on is not None and due_on < on:
        return Light.RED
    if due_on is not None and due_on <= calendar.add(on, near_days):
        return Light.YELLOW
    return Light.GREEN
