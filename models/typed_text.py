"""Texts that people type: blanks around them do not count, none is longer than its column, and a day is a day."""

import datetime as dt
import re

from models.errors import BadInputError

FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2200, 12, 31)
"""What a typed day may be: outside, sums of days and years leave what a date can be."""
_QUOTED = 40
"""Characters of what was typed that an error repeats."""


_UNWRITABLE = re.compile("[^\t\n\r -\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    """The text without what no office file can hold: control characters but tabs and line ends, halves of characters,
    U+FFFE and U+FFFF. Nobody sees them, and copies from other programs carry them along."""
    return text if text.isprintable() else _UNWRITABLE.sub("", text)


def words(text: str | None, name: str, *, longest: int) -> str:
    """The text without blanks around it. Raises BadInputError where nothing is left, or too much."""
    found = words_or_none(text, name, longest=longest)
    if found is None:
        raise BadInputError(f"{name}不能为空。")
    return found


def words_or_none(text: str | None, name: str, *, longest: int) -> str | None:
    """The same for a text that may be left out: None where nothing is left."""
    found = writable(text or "").strip()
    if len(found) > longest:
        raise BadInputError(f"{name}有 {len(found)} 个字，超过 {longest} 字，请精简。")
    return found or None


def day(text: str, name: str) -> dt.date:
    """The day written 2026-06-30. Raises BadInputError."""
    try:
        found = dt.date.fromisoformat(text)
    except ValueError as error:
        wrong = f"{name}“{text[:_QUOTED]}”无法识别"
        raise BadInputError(f"{wrong}：请写成 2026-06-30 的形式，且须是存在的一天。") from error
    if not FIRST_DAY <= found <= LAST_DAY:
        raise BadInputError(f"{name}“{found}”超出范围：应在 {FIRST_DAY.year} 年至 {LAST_DAY.year} 年之间。")
    return found


def day_or_none(text: str | None, name: str) -> dt.date | None:
    """The same for a day that may be left out."""
    return day(text, name) if text else None


def hour_or_none(text: str | None, name: str) -> dt.time | None:
    """The time of day written 08:30, to the minute; None where it is left out. Raises BadInputError."""
    if not text:
        return None
    try:
        return dt.datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError as error:
        raise BadInputError(f"{name}“{text[:_QUOTED]}”无法识别：请写成 08:30 的形式。") from error
