"""Chinese numerals (二十三, 一百零五, 两) as numbers."""

import re

DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
UNITS = {"十": 10, "百": 100, "千": 1000}
_WELL_FORMED = re.compile(
    r"(?:[一二两三四五六七八九]千零?)?(?:[一二两三四五六七八九]百零?)?(?:[一二三四五六七八九]?十)?[一二两三四五六七八九]?"
)


def chinese_number(text: str) -> int | None:
    """The number that `text` writes, None where it writes none (千万, 三四)."""
    if not text:
        return None
    if len(text) == 1 and text in UNITS:
        return UNITS[text]
    if "万" in text:
        high, _, low = text.partition("万")
        thousands = chinese_number(high)
        rest = chinese_number(low.lstrip("零")) if low else 0
        return None if thousands is None or rest is None else thousands * 10_000 + rest
    if len(text) == 4 and all(character in DIGITS for character in text):
        return int("".join(str(DIGITS[character]) for character in text))
    if not _WELL_FORMED.fullmatch(text):
        return None
    total = current = 0
    for character in text:
        if character in UNITS:
            total += (current or 1) * UNITS[character]
            current = 0
        else:
            current = DIGITS[character]
    return total + current
