"""The columns a list of items can show, on a page and in a file alike: what each is called and what stands in it."""

import datetime as dt

from models.coded import Coded
from models.errors import BadInputError
from tasks.lists.item_line import ItemLine


class ItemColumn(Coded):
    """A column; in this order they are shown. The title stands in every list."""

    LIGHT = "light", "亮灯"
    NUMBER = "number", "编号"
    TITLE = "title", "任务"
    PROJECT = "project", "项目"
    UNIT = "unit", "牵头单位"
    HANDLER = "handler", "承办人"
    LEADER = "leader", "牵头领导"
    DUE = "due", "时限"
    DISTANCE = "distance", "距时限"
    PROGRESS = "progress", "进度"
    STATE = "state", "状态"
    REPORTED = "reported", "最近填报"
    IMPORTANCE = "importance", "重要程度"
    SOURCE = "source", "来源"
    CLOSED = "closed", "销号日"
    PARENT = "parent", "上级任务"

    @property
    def heading(self) -> str:
        """What it is called in a file: the day that counts today is no due text of a plan, and is told apart from one
        where the file comes back."""
        return "当前时限" if self is ItemColumn.DUE else self.label


_C = ItemColumn
USUAL_COLUMNS = (
    _C.LIGHT, _C.NUMBER, _C.TITLE, _C.UNIT, _C.HANDLER, _C.DUE, _C.DISTANCE, _C.PROGRESS, _C.STATE,
)  # fmt: skip
"""What a list shows where nothing else is asked for."""


def columns_named(codes: list[str]) -> tuple[ItemColumn, ...]:
    """The columns asked for, in their order, the title among them; without any the usual ones. Raises BadInputError."""
    known = {str(column) for column in ItemColumn}
    for code in codes:
        if code not in known:
            raise BadInputError(f"没有名为“{code}”的列；可用：{'、'.join(sorted(known))}。")
    asked = {*codes, str(ItemColumn.TITLE)}
    return tuple(column for column in ItemColumn if column in asked) if codes else USUAL_COLUMNS


def value_of(line: ItemLine, column: ItemColumn) -> str | dt.date | None:
    """What stands in a column: a day, or words."""
    match column:
        case ItemColumn.LIGHT:
            return line.light.label
        case ItemColumn.STATE:
            return line.state.label
        case ItemColumn.IMPORTANCE:
            return line.importance.label
        case ItemColumn.PROGRESS:
            return f"{line.percent}%"
        case ItemColumn.DUE:
            return line.due_on
        case ItemColumn.REPORTED:
            return line.reported_on
        case ItemColumn.CLOSED:
            return line.closed_on
    words: str | None = getattr(line, str(column))
    return words
