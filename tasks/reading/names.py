"""The people of a cell, with or without separators, blanks inside names, and titles."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

_APART = re.compile(r"[、,，;；/|]+(?![^(（]*[)）])")
_REMARK = re.compile(r"[(（][^)）]*[)）]")


def split_names(text: str, spellings: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The known people named in a cell, in order, and the words that name nobody known.

    `spellings` leads from every way to write somebody (张三, 张三副局长) to the name. Blanks inside a name do
    not matter, and two known names may stand together without a separator: `陆 明俞 悦`.
    """
    known: list[str] = []
    unknown: list[str] = []
    for piece in _APART.split(text):
        units = _known(piece, spellings)
        if units is None:
            for word in _words(piece):
                names = _known(word, spellings)
                known += names or []
                unknown += [] if names is not None else [word]
        else:
            known += units
    return list(dict.fromkeys(known)), list(dict.fromkeys(unknown))


def close_to(name: str, names: Collection[str]) -> list[str]:
    """Known names that somebody may have meant, at most three."""
    return get_close_matches(name, names, n=3, cutoff=0.5)


def _known(text: str, spellings: Mapping[str, str]) -> list[str] | None:
    """The names that make up the whole text; None when it is not made of known names only."""
    compact = re.sub(r"\s", "", text)
    if compact in spellings:
        return [spellings[compact]]
    compact = _REMARK.sub("", compact)
    reached: dict[int, list[str]] = {0: []}
    for end in range(1, len(compact) + 1):
        for start in reversed([place for place in reached if place < end]):
            name = spellings.get(compact[start:end])
            if name is not None:
                reached[end] = [*reached[start], name]
    return reached.get(len(compact))


def _words(piece: str) -> list[str]:
    """The words of a piece between blanks; single characters belong together (李 四)."""
    words: list[str] = []
    for word in _REMARK.sub("", piece).split():
        if words and len(word) == 1 and len(words[-1]) == 1:
            words[-1] += word
        else:
            words.append(word)
    return words
