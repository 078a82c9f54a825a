"""The order of names as an office lists them: by the strokes of the surname (姓氏笔画), or by pinyin if asked."""

from functools import cache
from pathlib import Path
from typing import Any

from models.coded import Coded

_STROKES = Path(__file__).with_name("strokes.txt")
"""The 8,105 characters of the national table of general standard characters (通用规范汉字表, 2013), a line for each
number of strokes; within a line as the table has them: common ones first, by kinds of strokes (横竖撇点折)."""

_SURNAMES = {
    "单": "shan4", "曾": "zeng1", "仇": "qiu2", "解": "xie4", "区": "ou1", "查": "zha1", "任": "ren2", "华": "hua4",
    "朴": "piao2", "盖": "ge3", "葛": "ge3", "缪": "miao4", "翟": "zhai2", "覃": "qin2", "乐": "yue4", "员": "yun4",
    "黑": "he4", "那": "na1", "纪": "ji3", "薄": "bo2", "柏": "bai3", "种": "chong2", "繁": "po2", "秘": "bi4",
    "逄": "pang2", "折": "she2", "祭": "zhai4", "句": "gou1", "应": "ying1", "燕": "yan1", "召": "shao4",
    "洗": "xian3", "哈": "ha3", "宿": "su4", "尉": "wei4", "过": "guo1", "相": "xiang4", "盛": "sheng4",
    "尉迟": "yu4 chi2", "万俟": "mo4 qi2", "长孙": "zhang3 sun1", "令狐": "ling2 hu2", "澹台": "tan2 tai2",
    "单于": "chan2 yu2",
}  # fmt: skip
"""Surnames that are read otherwise than the same characters elsewhere."""


class NameOrder(Coded):
    """By what people are listed."""

    STROKES = "strokes", "姓氏笔画"
    PINYIN = "pinyin", "拼音"


def name_key(name: str, order: NameOrder = NameOrder.STROKES) -> tuple[tuple[Any, ...], str]:
    """What a name is compared by, character by character, and at last by itself: the same whatever the database."""
    if order is NameOrder.PINYIN:
        return tuple(_readings(name)), name
    places = _places()
    return tuple(places.get(letter, (len(places), ord(letter))) for letter in name), name


@cache
def _places() -> dict[str, tuple[int, int]]:
    """The number of strokes of each character, and its place among those that have as many."""
    lines = _STROKES.read_text(encoding="utf-8").splitlines()
    return {letter: (strokes, place) for strokes, line in enumerate(lines, 1) for place, letter in enumerate(line)}


def _readings(name: str) -> list[str]:
    # Its dictionaries take half a second to load, which a page in the usual order need not wait for.
    from pypinyin import Style, lazy_pinyin

    surname = next((name[:length] for length in (2, 1) if name[:length] in _SURNAMES), "")
    given = lazy_pinyin(name[len(surname) :], style=Style.TONE3, neutral_tone_with_five=True)
    return [*_SURNAMES.get(surname, "").split(), *given]
