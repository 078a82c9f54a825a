"""Who wrote which sentence: told from what was done to a block, from the compiler's words to the present ones."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tasks.reading.folding import sentences


class TextChange(NamedTuple):
    """One change of a text; without an author the words are the compiler's."""

    author: str | None
    before: str | None
    after: str | None


def authorship(text: str, compiled: Iterable[str], steps: Sequence[TextChange]) -> list[tuple[str, str | None]]:
    """Each sentence of the text with who wrote it, None for the compiler.

    `compiled` is what the compiler wrote, then or now; `steps` are in the order in which they were taken. A sentence
    belongs to the last who put it in, and stays that person's however often it is moved, merged or split off.
    """
    known: dict[str, str | None] = {sentence: None for words in compiled for sentence in sentences(words)}
    for step in steps:
        before = sentences(step.before or "")
        for sentence in before:
            known.setdefault(sentence, None)
        for sentence in sentences(step.after or ""):
            if sentence not in before:
                known[sentence] = step.author
    return [(sentence, known.get(sentence)) for sentence in sentences(text)]
