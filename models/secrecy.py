"""The rule of the gate against state secrets (涉密不入): recognises a marking, never the mere word.

An ordinary list speaks of 保密审查, 商业秘密 or the inspection of 机密 files, and may. What may not come in
is what is itself marked: with a star, in brackets, after 密级, as a whole line, or in a column for it. Marks are
read as people write them: with any star or asterisk, with or without a term, in wide or spaced letters, with
characters between them that nobody sees, letter under letter. Every text is gone through a fixed number of times.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from models.errors import BadInputError

LETTER = "密"
"""Without it no text is marked."""
STUB = "涉密事项"
"""What an item is called of which nothing but its days may be kept."""
INTERNAL = "内部"
"""The value of the column 密级 by which an item, no secret, is named outside the office by number and day alone."""
ACCEPTED = f"涉密事项不得录入：可保留仅含时限的条目（任务内容只写“{STUB}”，不写密级）。"

_UNSEEN = (
    r"\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    r"\U000e0000-\U000e0fff"
)
"""Control, format and combining characters, fillers and selectors of variants: none of them is a sign of its own."""
_BLANKS = r"\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_LEFT_OUT = re.compile(f"[{_UNSEEN}{_BLANKS}]+")
_LINE_ENDS = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_KEPT = re.compile(f"[^{_UNSEEN}{_BLANKS}]")

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_OLD_FORMS = str.maketrans("絕機級祕", "绝机级秘")
_STARS = dict.fromkeys(map(ord, "☆✩✪✫✬✭✮✯✰⭐🌟⋆∗✱✲✳✴✶﹡٭"), "★")
_ALIKE = (
    _HALF_WIDTH | _OLD_FORMS | _STARS | {ord("○"): "〇", ord("∶"): ":", ord("︰"): ":", ord("〈"): "<", ord("〉"): ">"}
)

_LEVEL = r"(?:绝密|机密|(?<!国家)(?<!商业)(?<!工作)秘密)"
_STARRED = r"(?:绝密|机密|(?<!商业)(?<!工作)秘密)"
_THING = r"级?(?:件|文件|材料|事项)?"
_TERM = r"(?:[0-9〇零一二两三四五六七八九十百]{1,4}(?:年|个月|月|日|天)|长期|永久)"
_MARKED = re.compile(
    rf"{_STARRED}{_THING}[★*]{{1,9}}{_TERM}?"
    rf"|[(\[【〔{{「『<]{_LEVEL}{_THING}{_TERM}?[)\]】〕}}」』>]"
    # A list of the levels speaks of them: 密级:绝密、机密、秘密.
    rf"|(?:密级|秘密等级|保密等级|涉密等级)(?:为|是|[:=|])?[\"“(\[【]?{_LEVEL}(?![、/和或及以])"
    # A line that is nothing else; unless it is but the end of a word, broken where a line was full.
    rf"|^(?<!国家\n)(?<!商业\n)(?<!工作\n)[★*]{{0,9}}{_LEVEL}{_THING}{_TERM}?$",
    re.MULTILINE,
)
_LETTER_UNDER_LETTER = re.compile(r"^(.)\n+(?=.)", re.MULTILINE)
_OPEN_LEVELS = {"", "公开", INTERNAL, "非密", "非涉密", "不涉密", "无", "否", "一般", "-", "—", "/", "普通"}


class MarkedError(BadInputError):
    """内容带有密级标志，不得进入本系统。"""


def marking(text: str) -> str | None:
    """The secrecy marking that a text carries, as it is written there; None where it carries none."""
    if LETTER not in text:
        return None
    # One sign for one sign, so that what is found can be shown as it stands in the text.
    alike = _LINE_ENDS.sub("\n", text).translate(_ALIKE)
    close = _LEFT_OUT.sub("", alike)
    if found := _MARKED.search(close):
        return _as_written(text, alike, found)
    joined = _LETTER_UNDER_LETTER.sub(r"\1", close)
    found = _MARKED.search(joined) if joined != close else None
    return found[0] if found else None


def is_classified(level: str) -> bool:
    """Whether a value of the column 密级 (是否涉密) says that the item is a secret."""
    return level.strip() not in _OPEN_LEVELS


def refuse_marked(where: str, text: str) -> None:
    """Raises MarkedError where the text carries a marking; `where` says what it is, as in 文件名“方案.docx”."""
    if found := marking(text):
        raise MarkedError(f"{where}带有密级标志“{found}”。{ACCEPTED}")


def texts_in(value: Any) -> Iterator[str]:
    """Every text of what is sent or written, names of fields among them, however deep."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, (list, tuple, set, frozenset)):
            waiting += one
        elif hasattr(one, "obj"):
            # What a driver wraps a column of JSON in.
            waiting.append(one.obj)


def _as_written(text: str, alike: str, found: re.Match[str]) -> str:
    places = islice(_KEPT.finditer(alike), found.start(), found.end())
    kept = [place.start() for place in places]
    return text[kept[0] : kept[-1] + 1]
