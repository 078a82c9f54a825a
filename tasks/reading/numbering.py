"""The numbers that stand before headings and points: 第一部分, 一、, (一), 1., (1), ①, 一是.

Styles stand in the order of GB/T 9704-2012 (一、→(一)→ 1. →(1)); what lies above and below in a document
follows from its own nesting, because real documents leave levels out.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import numeric

from tasks.reading.folding import fold
from tasks.reading.numerals import chinese_number

CN = "[一二三四五六七八九十]{1,3}"


class Style(StrEnum):
    """How a number is written; highest first."""

    PART = "第一部分"
    CHINESE = "一、"
    CHINESE_BRACKETED = "（一）"
    ARABIC = "1."
    DOTTED = "1.1"
    ARABIC_BRACKETED = "(1)"
    CIRCLED = "①"
    ENUMERATED = "一是"


@dataclass(frozen=True)
class Marker:
    """A number at the beginning of a text: `number` in its plain half-width form, `end` where the words begin."""

    style: Style
    number: str
    value: int
    end: int


_FULL_STOP = r"\s*[、.,:]"
_PATTERNS: tuple[tuple[Style, re.Pattern[str]], ...] = (
    (Style.PART, re.compile(rf"(?P<number>第\s*(?P<value>{CN}|\d{{1,2}})\s*(?:部分|章|篇|编))[\s:、.,]*")),
    (Style.CHINESE, re.compile(rf"(?P<number>(?P<value>{CN})、{CN}){_FULL_STOP}(?!\d*[季级线类])\s*")),
    (
        Style.CHINESE,
        re.compile(rf"(?P<number>(?P<value>{CN})){_FULL_STOP}(?!\s*{CN}(?:季|级|线|类|期|、|[两三四五六]?层))\s*"),
    ),
    # 一 主要举措: a blank instead of a sign, on a line of its own.
    (Style.CHINESE, re.compile(rf"(?P<number>(?P<value>{CN}))\s+(?=[^\s。,;]{{4,40}}$)")),
    (Style.CHINESE_BRACKETED, re.compile(rf"(?P<number>[(\[【〔]\s*(?P<value>{CN})\s*[)\]】〕])[、.,:]?\s*")),
    (Style.CHINESE_BRACKETED, re.compile(rf"(?P<number>(?P<value>{CN})\s*\))[、.,:]?\s*")),
    (Style.CHINESE_BRACKETED, re.compile(r"(?P<number>(?P<value>[㈠-㈩]))[、.,]?\s*")),
    (
        Style.DOTTED,
        re.compile(
            r"(?P<number>\d{1,2}\.(?P<value>\d{1,2})(?:\.\d{1,2})?)"
            r"(?:\.?\s+|[.、]?(?=[\u4e00-\u9fff“《]))(?![万亿元倍年月日件人次个项家米公平吨亩%])"
        ),
    ),
    (Style.ARABIC, re.compile(r"(?P<number>(?P<value>\d{1,2}))\s*[.、]\s*(?!\d)(?=\S)")),
    # 1.2024年…, 1.6月底前…: a year or month follows the number without a blank.
    (Style.ARABIC, re.compile(r"(?P<number>(?P<value>\d{1,2}))\s*[.、]\s*(?=\d{4}\s*年|\d{1,2}\s*月)")),
    (Style.ARABIC, re.compile(r"(?P<number>(?P<value>\d{1,2}))\s*,\s*(?=[\u4e00-\u9fff“《])")),
    (Style.ARABIC, re.compile(r"(?P<number>(?P<value>[⒈-⒛]))\s*")),
    (Style.ARABIC_BRACKETED, re.compile(r"(?P<number>\(\s*(?P<value>\d{1,2})\s*\))[、.,:]?\s*")),
    (Style.ARABIC_BRACKETED, re.compile(r"(?P<number>(?P<value>\d{1,2})\s*\))[、.,:]?\s*")),
    (Style.ARABIC_BRACKETED, re.compile(r"(?P<number>(?P<value>[⑴-⒇]))\s*")),
    (Style.CIRCLED, re.compile(r"(?P<number>(?P<value>[①-⑳❶-❿]))[、.]?\s*")),
    (Style.ENUMERATED, re.compile(rf"(?P<number>(?P<value>{CN})[是要])[:,]?\s*(?!否)")),
    (Style.ENUMERATED, re.compile(rf"(?P<number>第\s*(?P<value>{CN}))\s*[,:、]\s*")),
    (Style.ENUMERATED, re.compile(rf"(?P<number>其(?P<value>{CN}))\s*[是,:、]\s*")),
    (Style.ENUMERATED, re.compile(r"(?P<number>(?P<value>首先|其次|再次|再者|最后))\s*,\s*")),
)
_WORDS = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "最后": 4}
_INLINE = re.compile(
    rf"(?:(?<=[。;:,!?])|(?<=[。;:,!?]\s)|(?<=[。;!?][”)》])|(?<=[\u4e00-\u9fff”》)%]\.)|(?<=[\u4e00-\u9fff”》)%]\.\s))(?={CN}[是要]|第{CN}[,、:]|其{CN}[是,]|(?:首先|其次|再次|最后),)"
)
_DECORATION = re.compile(r"^[\s*#◆●■▲★◎○·▪►]+")


def strip_decoration(text: str) -> str:
    """The text without blanks, bullets and markdown signs at its beginning."""
    return _DECORATION.sub("", text).strip()


def find_marker(text: str) -> Marker | None:
    """The number at the very beginning of `text`, if there is one with words behind it."""
    folded = fold(text)
    for style, pattern in _PATTERNS:
        match = pattern.match(folded)
        if match and match.end() < len(folded.rstrip()):
            number = re.sub(r"\s", "", match["number"])
            return Marker(style, number, _value(match["value"]), match.end())
    return None


def _value(written: str) -> int:
    if written in _WORDS:
        return _WORDS[written]
    if written.isdecimal():
        return int(written)
    if len(written) == 1 and not chinese_number(written):
        return int(numeric(written))
    return chinese_number(written) or 0


def split_enumerated(text: str) -> list[str]:
    """The text cut before each 一是, 二是 … standing inside it; what comes before the first is the first part."""
    cuts = [match.start() for match in _INLINE.finditer(fold(text))]
    parts = [text[start:end].strip() for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return [part for part in parts if part]
