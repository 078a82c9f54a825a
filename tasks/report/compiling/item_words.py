"""The words of a plan as a colleague writes them: without number, deadline or quotation marks around them."""

import re

from models.dates.due_text import find_due
from tasks.reading.numbering import find_marker, strip_decoration

_WHOLE_QUOTE = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_LEFT_OVER = re.compile(r"“”|（\s*）|\(\s*\)|(?<=[，,；;])[，,、；;]+|^[，,、；;：:\s]+")
_LED_BY = r"(?:(?<![任服业事政公商债义劳财税勤])务必?于|(?:截至|截止|力争|最迟)?[于在到至]?)"
_A_DAY = re.compile(r"[日号底初末旬前]")
_ENOUGH = re.compile(r"[\u4e00-\u9fff]{2}")


def unmarked(text: str) -> str:
    """The text without the numbers before it (一、, （一）, 1.)."""
    text = strip_decoration(text)
    while (marker := find_marker(text)) is not None:
        text = strip_decoration(text[marker.end :])
    return text


def without_days(text: str, year: int) -> str:
    """The text without the words of its deadline; 每季度, 定期 and 全年 are how a thing is done, and stay.

    A text that is nothing but its deadline is left as it is.
    """
    words = text
    while (found := find_due(words, year)) is not None and _is_day(found.recurrence, found.text, found.open_ended):
        left = words
        for piece in found.text.split("、"):
            left = re.sub(rf"{_LED_BY}{re.escape(piece)}[，,、]?", "", left, count=1)
        left = re.sub(r"[，,](?:完成|办结)?$", "", _LEFT_OVER.sub("", left).rstrip("，,、；;。 "))
        if left == words or not _ENOUGH.search(left):
            break
        words = left
    return words


def as_told(title: str, year: int) -> str:
    """A title as a sentence says it."""
    words = unmarked(title)
    whole = _WHOLE_QUOTE.fullmatch(words.rstrip("。"))
    return without_days(unmarked(whole[1]) if whole else words, year)


def _is_day(recurrence: str | None, text: str, open_ended: bool) -> bool:
    return not open_ended and (recurrence is None or _A_DAY.search(text) is not None) and text not in _MANNERS


_MANNERS = ("定期", "不定期", "适时")
