"""The metadata block that a saved web page may carry above its text: 标题, 机关, 年度, 来源, then a blank line."""

import re
from dataclasses import dataclass

from tasks.reading.folding import fold
from tasks.reading.lines import Line

_FIELDS = {"标题": "title", "机关": "organ", "年度": "year", "来源": "source"}
_ENTRY = re.compile(r"\s*(标题|机关|年度|来源)\s*:(.*)$")
# A note in brackets says something about the file: (区级部门), (页面无独立标题). (试行) belongs to the title.
_NOTE = re.compile(r"\((?![^()]*(?:试行|草案|暂行|修订|征求意见|\d{4}))[^()]*\)\s*$")


@dataclass(frozen=True)
class FileHeader:
    """What the block states; null where it does not."""

    title: str | None = None
    organ: str | None = None
    year: int | None = None


def split_header(lines: list[Line]) -> tuple[FileHeader, list[Line]]:
    """The block at the head of the lines and the lines below it; two fields at least make a block."""
    values: dict[str, str] = {}
    position = 0
    for position, line in enumerate(lines):  # noqa: B007 - the position is needed where the loop ends
        match = _ENTRY.match(fold(line.text))
        if not match or line.blank_before or _FIELDS[match[1]] in values:
            break
        values[_FIELDS[match[1]]] = line.text[match.start(2) :].strip()
    else:
        position = len(lines)
    if len(values) < 2 or "title" not in values:
        return FileHeader(), lines
    year = re.search(r"\d{4}", fold(values.get("year", "")))
    return (
        FileHeader(
            title=_without_note(values["title"]) or None,
            organ=_without_note(values.get("organ", "")) or None,
            year=int(year[0]) if year else None,
        ),
        lines[position:],
    )


def _without_note(text: str) -> str:
    match = _NOTE.search(fold(text))
    return (text[: match.start()] if match else text).strip()
