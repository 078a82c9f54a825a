"""The gate against state secrets (涉密不入): recognises a marking, never the mere word.

An ordinary list speaks of 保密审查, 商业秘密 or the inspection of 机密 files, and may. What may not come in
is a row that is itself marked: with a star, in brackets, after 密级, as a whole cell, or in a column for it.
"""

import re

from tasks.reading.folding import fold

ACCEPTED = "涉密事项不得录入:可保留仅含时限的条目(任务内容只写“涉密事项”,不写密级)。"

_LEVEL = "(?:绝密|机密|(?<!国家)(?<!商业)(?<!工作)秘密)"
_MARKED = re.compile(
    rf"{_LEVEL}级?[★☆✩][^,,。;;\s]{{0,6}}"
    rf"|[(\[【〔(]{_LEVEL}级?(?:件|文件|事项)?[)\]】〕)]"
    rf"|密级(?:为|是|[::])\s*{_LEVEL}"
    rf"|^{_LEVEL}级?(?:件|文件)?$"
)
_OPEN_LEVELS = {"", "公开", "内部", "非密", "非涉密", "不涉密", "无", "否", "一般", "-", "—", "/", "普通"}


def marking(text: str) -> str | None:
    """The secrecy marking that a cell carries, as it is written there; None where it carries none."""
    written = text.strip()
    found = _MARKED.search(fold(written))
    return written[found.start() : found.end()] if found else None


def is_classified(level: str) -> bool:
    """Whether a value of the column 密级 (是否涉密) says that the item is a secret."""
    return level.strip() not in _OPEN_LEVELS
