"""Figures that stand in sentences people wrote: quoted with their sentence, never counted with."""

import re

from models.report.figure import Figure
from tasks.reading.figures import figures_in

_CLAUSE = re.compile(r"[，。；：、！？;!?（）\n]+|[,:](?!\d)")
_ABOUT = re.compile(r"(?:了|约|近|超过?|逾|共|计|达到?|至少|不少于|突破|接近)+$")
_NUMBER = re.compile(r"\d")


def quoted_figures(text: str, row: str) -> list[Figure]:
    """The figures of `text`, each named by the words before it, with the row that holds the sentence.

    An approximate one (10余次, 近百人) stays approximate.
    """
    whole = figures_in(text)
    by_clause = [(figure, clause) for clause in _CLAUSE.split(text) for figure in figures_in(clause)]
    if [(figure.value, figure.unit) for figure, _ in by_clause] == [(figure.value, figure.unit) for figure in whole]:
        named = [(figure, _name(clause)) for figure, (_, clause) in zip(whole, by_clause, strict=True)]
    else:
        named = [(figure, figure.sentence) for figure in whole]
    return [Figure(name[:100], figure.value, figure.unit, (row,), figure.approximate) for figure, name in named]


def _name(clause: str) -> str:
    """The words of a clause before its number, or all of them where it begins with one."""
    number = _NUMBER.search(clause)
    before = _ABOUT.sub("", clause[: number.start()].strip()) if number else ""
    return before or clause.strip()
