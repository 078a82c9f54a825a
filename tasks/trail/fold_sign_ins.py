"""Sign-ins among the lines of the trail, folded: what comes many times a day, and is rarely what is looked for."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from tasks.trail.show_audit import TrailEntry

FOLDED = frozenset({"sign_in", "sign_out"})


def fold_sign_ins(rows: Sequence[TrailEntry]) -> list[list[TrailEntry]]:
    """The lines in their order, each with the entries it stands for: all but sign-ins and sign-outs alone.

    Of those that follow each other with nothing else between them, each person's are one line, at the place of the
    first of them.
    """
    lines: list[list[TrailEntry]] = []
    for is_folded, run in groupby(rows, key=lambda row: row.action in FOLDED):
        if not is_folded:
            lines += [[row] for row in run]
            continue
        of: dict[str, list[TrailEntry]] = {}
        for row in run:
            of.setdefault(row.actor, []).append(row)
        lines += of.values()
    return lines


def what_of(line: Sequence[TrailEntry]) -> str:
    """What was done, with how often where the line stands for several."""
    if len(line) == 1:
        return line[0].action_label
    return "、".join(f"{label} {times} 次" for label, times in Counter(row.action_label for row in line).items())
