"""How far an item is when a list brings it in: an office may begin in the middle of a year."""

from models.coded import Coded


class Arrival(Coded):
    """What the column 状态 of a list may say of an item that is not issued yet."""

    NOT_BEGUN = "not_begun", "未开始"
    IN_WORK = "in_work", "在办"
    DONE = "done", "已办结"
