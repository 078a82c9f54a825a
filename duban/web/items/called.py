"""A comment in pieces, those apart that name somebody."""

import re
from collections.abc import Iterator, Sequence


def called(text: str, names: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The pieces of the text, each with whether it is one of the names behind an @."""
    if not names:
        yield text, False
        return
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    for place, piece in enumerate(re.split(rf"([@＠](?:{known}))", text)):
        if piece:
            yield piece, place % 2 == 1
