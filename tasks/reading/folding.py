"""One form for comparison: full-width and half-width writings of a text fold to the same characters.

Folding keeps every position, so what is found in the folded text is cut out of the text as written.
"""

import re
from collections.abc import Sequence

_SPACES = "\u00a0\u2002\u2003\u2009\u3000\t"
_FOLDED = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(map(ord, _SPACES), " ")
    | {ord("｡"): "。", ord("､"): "、", ord("﹒"): ".", ord("○"): "〇", ord("Ｏ"): "O", ord("—"): "-", ord("–"): "-"}
    | {ord("〈"): "<", ord("〉"): ">", ord("∶"): ":", ord("﹪"): "%", ord("﹐"): ",", ord("－"): "-", ord("～"): "~"}
)
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

_RUN = re.compile(rf"([ {_SPACES}]{{8}})[ {_SPACES}]+")

_CLOSING = "”’\"'）)》>〉」』】"
_PAIRS = (("“", "”"), ("《", "》"), ("(", ")"), ("【", "】"), ("〔", "〕"))
_END = re.compile(
    rf"[。!?][{_CLOSING}]*"
    # A text typed with half-width full stops: one between Chinese characters ends a sentence.
    r"|(?<=[\u4e00-\u9fff”》)%])\.(?=\s*(?:[\u4e00-\u9fff“《(]|$))"
)


def fold(text: str) -> str:
    """The text in half-width form, character for character."""
    return text.translate(_FOLDED)


def visible(text: str) -> str:
    """The text without the zero-width and control characters, fixed blanks and long runs of blanks of copied pages."""
    return narrow(_INVISIBLE.sub("", text).replace("\u00a0", " "))


def narrow(text: str) -> str:
    """The text with its runs of blanks narrowed to a few, so that what looks for one behind a blank looks at few."""
    return _RUN.sub(r"\1", text)


def sentences(text: str) -> list[str]:
    """The sentences as written, each with its closing punctuation, without surrounding blanks."""
    folded = fold(text)
    ends = [match.end() for match in _END.finditer(folded)]
    parts = [text[start:end].strip() for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
    return [part for part in parts if part]


def ends_sentence(text: str) -> bool:
    """Whether the text ends where a sentence, a clause of a list or an introduction ends."""
    return re.search(rf"[。!?;:…][{_CLOSING}]*$|\.$", fold(text).rstrip()) is not None


def opens_more_than_closes(text: str) -> bool:
    """Whether a quotation, a book title or a bracket is still open at the end."""
    return opens_more_at(text, [len(text)])[0]


def opens_more_at(text: str, places: Sequence[int]) -> list[bool]:
    """The same at each of the places, which rise; the text is gone through once, however many they are."""
    folded, last = fold(text), 0
    balance = dict.fromkeys(_PAIRS, 0)
    answers = []
    for place in places:
        for left, right in balance:
            balance[left, right] += folded.count(left, last, place) - folded.count(right, last, place)
        answers.append(any(open_ > 0 for open_ in balance.values()))
        last = place
    return answers
