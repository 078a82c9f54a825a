"""No heading of one sentence: a paragraph that says one thing goes together with its neighbour, under both headings."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, islice

from tasks.reading.folding import sentences
from tasks.report.compiling.blocks import Block

OTHER_WORK = "其他工作"
"""Where what fits no heading of the plan stands together."""
LONGEST_JOINED = 30
"""Characters of the headings of two projects put together; where they are more, the longer paragraph's stands."""


def join_paragraphs(paragraphs: Sequence[Sequence[Block]]) -> list[Block]:
    """The blocks in their order; a paragraph of a single sentence is under one heading with the next, else with the one
    before it. What is only offered counts as nothing, and one that asks for something stays alone.
    """
    joined = iter(_joined([paragraph for paragraph in paragraphs if _said(paragraph)]))
    return [
        block
        for paragraph in paragraphs
        for block in (islice(joined, len(paragraph)) if _said(paragraph) else paragraph)
    ]


def _joined(paragraphs: Sequence[Sequence[Block]]) -> list[Block]:
    joined: list[Sequence[Block]] = []
    single: Sequence[Block] = []
    for paragraph in [*paragraphs, []]:
        if single and paragraph and not _asks(paragraph):
            together = _under_one(single, paragraph)
        elif single and joined and not _asks(joined[-1]):
            joined[-1], together = _under_one(joined[-1], single), paragraph
        else:
            joined, together = joined + [single] * bool(single), paragraph
        single = together if _is_single(together) else []
        joined += [] if single else [together]
    return [block for paragraph in joined for block in paragraph]


def _said(paragraph: Sequence[Block]) -> list[Block]:
    return [block for block in paragraph if not block.offered]


def _is_single(paragraph: Sequence[Block]) -> bool:
    return not _asks(paragraph) and sum(len(sentences(block.text)) for block in _said(paragraph)) == 1


def _asks(paragraph: Sequence[Block]) -> bool:
    return any(block.unsupported for block in paragraph)


def _under_one(first: Sequence[Block], second: Sequence[Block]) -> Sequence[Block]:
    """Two paragraphs as one; each block under the heading it had until then. What belongs nowhere adds no heading."""
    own = [heading for heading, _ in groupby([*first, *second], key=lambda block: block.heading or "")]
    headings = [heading for heading in own if heading != OTHER_WORK] or own
    heading = "，".join(headings)
    if len(heading) > LONGEST_JOINED:
        heading = headings[-1] if _is_single(first) else headings[0]
    return [replace(block, heading=heading) for block in [*first, *second]]
