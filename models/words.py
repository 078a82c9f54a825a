"""Words (字词) as the search knows them: any text in pairs of neighbouring characters, a query as a row of such pairs.

Chinese is written without spaces, and what people look for is as short as two characters: a pair finds it, where an
index of threes would not, and needs no dictionary that lags behind the names of an office. What is Latin or a number
stays whole and is found by its beginning. Both databases cut alike: SQLite by calling `cut`, PostgreSQL by
`CUT_IN_POSTGRESQL`, which says the same in its own language.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import add

from models.errors import BadInputError

LONGEST, MOST = 100, 8
"""Characters of a query, and words in it."""

SQLITE_FUNCTION = "search_words"
"""What `cut` is called in SQL; every connection of ours to SQLite knows it."""

_LOWER = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}
_BETWEEN = r"\u0001-\u007f\u0080-\u00bf\u2000-\u206f\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030-\u303f"
"""Blanks and punctuation, ASCII whole; 々, 〇 and whatever else names and numbers are written with is none of it."""
_RUNS = rf"[a-z0-9]+|[^{_BETWEEN}]+"
_RUN = re.compile(_RUNS)


def folded(text: str) -> str:
    """The text without what nobody means when looking for it: full width, capitals (NFKC, then ASCII in small)."""
    return unicodedata.normalize("NFKC", text).translate(_LOWER)


def cut(organ_id: int | None, text: str) -> str:
    """The text as the index holds it: its tokens in their order, each behind the organ whose text it is.

    督办单 of organ 7 is `7o督办 7o办单 7o单`: the last character stands alone, so that any one can be looked for.
    """
    tokens: list[str] = []
    for run in _RUN.findall(folded(text)):
        tokens += _tokens(run)
    return f"{organ_id}o" + f" {organ_id}o".join(tokens) if tokens else ""


def _tokens(run: str) -> list[str]:
    # Run for every text that is written: the index costs a large import about as much as everything else.
    return [run] if run[0].isascii() else [*map(add, run, run[1:]), run[-1]]


CUT_IN_POSTGRESQL = rf"""
CREATE FUNCTION {SQLITE_FUNCTION}(organ integer, said text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(organ || 'o' || token || ':' || least(place, 16383), ' '), '')::tsvector
    FROM (
        SELECT token, row_number() OVER (ORDER BY turn, start) AS place
        FROM regexp_matches(lower(normalize(said, NFKC) COLLATE "C"), '{_RUNS}', 'g') WITH ORDINALITY AS r (run, turn)
        CROSS JOIN LATERAL (
            SELECT 1 AS start, run[1] AS token WHERE run[1] ~ '^[a-z0-9]'
            UNION ALL
            SELECT s, substr(run[1], s, 2) FROM generate_series(1, length(run[1])) AS s WHERE run[1] !~ '^[a-z0-9]'
        ) AS tokens
    ) AS placed
$$"""


@dataclass(frozen=True)
class Word:
    """One word of a query: what was typed, in runs, whose tokens have to stand in a row. The last is a beginning,
    unless something else was typed behind it: `1.` is no `10`."""

    typed: str
    runs: tuple[str, ...]
    ended: bool

    @property
    def tokens(self) -> list[str]:
        """What is a beginning ends with a pair, for the text may go on; a character alone is the beginning of one."""
        *before, last = self.runs
        ahead = [token for run in before for token in _tokens(run)]
        ending = _tokens(last)
        return ahead + (ending if self.ended or len(ending) == 1 else ending[:-1])

    def in_sqlite(self, organ_id: int) -> str:
        """The word as FTS5 is asked for it."""
        said = " ".join(f"{organ_id}o{token}" for token in self.tokens)
        return f'"{said}"' if self.ended else f'"{said}" *'

    def in_postgresql(self, organ_id: int) -> str:
        """The word as a `tsquery`."""
        said = " <-> ".join(f"'{organ_id}o{token}'" for token in self.tokens)
        return said if self.ended else f"{said}:*"


def words_of(text: str) -> list[Word]:
    """The words of a query, each once; none where nothing in it can be looked for.

    Raises BadInputError where there is too much of it.
    """
    if len(text) > LONGEST or "\0" in text:
        raise BadInputError(f"查找的文字过长：最多 {LONGEST} 字。")
    words = []
    for typed in dict.fromkeys(text.split()):
        small = folded(typed)
        if runs := tuple(_RUN.findall(small)):
            words.append(Word(typed, runs, ended=not small.endswith(runs[-1])))
    if len(words) > MOST:
        raise BadInputError(f"查找的词过多：最多 {MOST} 个，以空格分开。")
    return words


Pieces = Sequence[tuple[str, bool]]
"""A text in pieces, each with whether it is one of the words looked for."""

_AROUND = 36
"""Characters of an excerpt on either side of the first word."""


def excerpt(texts: Iterable[str | None], words: Sequence[Word], *, needed: bool = True) -> Pieces:
    """Of the texts the one with the most words, cut to what stands around the first; without any, the beginning of the
    first text where something is `needed`, else nothing."""
    told = [pieces for text in texts if text and (pieces := marked(text, words))]
    best = max(told, key=lambda pieces: len({piece for piece, is_word in pieces if is_word}), default=[])
    if not any(is_word for _, is_word in best):
        return _shortened(best, 0) if needed else ()
    return _shortened(best, next(place for place, (_, is_word) in enumerate(best) if is_word))


def _shortened(pieces: Pieces, first: int) -> Pieces:
    ahead = "".join(piece for piece, _ in pieces[:first])
    start = [("…" + ahead[-_AROUND:] if len(ahead) > _AROUND else ahead, False)]
    rest, left = [], 2 * _AROUND
    for piece, is_word in pieces[first:]:
        if left <= 0 or (len(piece) > left and not is_word):
            rest.append((piece[: max(left, 0)] + "…", False))
            break
        rest.append((piece, is_word))
        left -= len(piece)
    return [piece for piece in start + rest if piece[0]]


def marked(text: str, words: Sequence[Word]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is one of the words as the index finds them."""
    plain, places = [], []
    for place, letter in enumerate(text):
        small = folded(letter)
        plain.append(small)
        places += [place] * len(small)
    sought = "|".join(_pattern(word) for word in sorted(words, key=lambda word: -len(word.typed)))
    pieces: list[tuple[str, bool]] = []
    done = 0
    for found in re.finditer(sought, "".join(plain)) if sought else ():
        start, end = places[found.start()], places[found.end() - 1] + 1
        if start >= done:
            pieces += [(text[done:start], False), (text[start:end], True)]
            done = end
    return [piece for piece in [*pieces, (text[done:], False)] if piece[0]]


def _pattern(word: Word) -> str:
    begins = r"(?<![a-z0-9])" if word.runs[0][0].isascii() else ""
    ends = r"(?![a-z0-9])" if word.ended and word.runs[-1][0].isascii() else ""
    return begins + f"[{_BETWEEN}]*".join(map(re.escape, word.runs)) + ends
