"""What becomes of a day somebody sets that turns out to be one of rest."""

from models.coded import Coded


class RestDay(Coded):
    """Which day is meant where the one named is a day of rest."""

    BEFORE = "before", "之前的工作日"
    AFTER = "after", "之后的工作日"
    KEEP = "keep", "就在当天"
