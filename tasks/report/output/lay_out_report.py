"""Laying out a compiled report on paper: its blocks as headings and paragraphs of an official document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count, groupby
from typing import Any

from models.dates.due_text import find_due
from models.report.report import SectionKind
from tasks.papers.official_document import Heading, OfficialDocument, Paragraph, TextRun
from tasks.report.compiling.blocks import Block, close_sentence
from tasks.report.compiling.check_numbers import UNFOUNDED
from tasks.report.compiling.compiled import CompiledReport
from tasks.report.compiling.template import Numbering, ReportTemplate, marker
from tasks.wording.full_width import full_width

UNVERIFIED = "〔待核〕"
"""What a sentence without a source, or one a person has to confirm, is marked with, in front of its stop."""

LONGEST_RUN_IN = 25
"""Characters: a longer heading, or one that names a time, has a line of its own, else it reads as a task."""


@dataclass(frozen=True)
class Passage:
    """Neighbouring blocks that make one paragraph, with what numbers it and the heading it stands under."""

    marker: str
    heading: str | None
    blocks: tuple[Block, ...]


def passages(kind: SectionKind, blocks: Sequence[Block], template: ReportTemplate) -> list[Passage]:
    """The paragraphs of a part: blocks under one heading together, and numbered as the template has it.

    In a part without any heading that is numbered 一是 each block is a paragraph; one alone needs no number.
    """
    numbering = template.numbered(kind)
    groups = [(heading, tuple(together)) for heading, together in groupby(blocks, key=lambda block: block.heading)]
    if numbering is Numbering.PLAIN:
        return [Passage("", None, together) for _, together in groups]
    if all(heading is None for heading, _ in groups) and (
        numbering is Numbering.ORDINAL or kind in template.numberings
    ):
        groups = [(None, (block,)) for block in blocks]
        if len(groups) == 1:
            return [Passage("", None, tuple(blocks))]
        return [Passage(marker(numbering, place), *group) for place, group in enumerate(groups, start=1)]
    places = count(1)
    several = sum(heading is not None for heading, _ in groups) > 1 or numbering is not Numbering.ORDINAL
    return [
        Passage(marker(numbering, next(places)) if heading is not None and several else "", heading, together)
        for heading, together in groups
    ]


def lay_out_report(report: CompiledReport) -> OfficialDocument:
    """The report as a document: neighbouring blocks under one heading become one paragraph behind it.

    With a 机关代字 the internal edition is paper that goes upward: number (with room for it until it is given) and
    签发人 at its head, 版记 at its foot.
    """
    body: list[Heading | Paragraph] = [Paragraph(_runs(report.opening, marks=False))]
    for section in report.sections:
        body.append(Heading(1, section.number, section.heading))
        numbering = report.template.numbered(section.kind)
        for passage in passages(section.kind, section.blocks, report.template):
            body += _laid(passage, numbering, report)
    return OfficialDocument(
        title=report.title,
        addressee=report.addressee,
        body=tuple(body),
        signature=report.signature,
        dated_on=report.dated_on,
        **_upward(report),
    )


def _upward(report: CompiledReport) -> dict[str, Any]:
    template = report.template
    if report.public or not template.organ_code:
        return {}
    return {
        "document_number": report.number or f"{template.organ_code}〔{report.dated_on.year}〕　号",
        "signer": report.signer,
        "copies": report.copies,
        "issued_by": template.short_name or report.organ,
    }


def _laid(passage: Passage, numbering: Numbering, report: CompiledReport) -> list[Heading | Paragraph]:
    runs = [run for block in passage.blocks for run in _runs(block, marks=not report.accepted)]
    heading, number = passage.heading, passage.marker
    if heading is None:
        first = runs.pop(0)
        return [Paragraph((TextRun(number + first.text, mark=first.mark), *runs))]
    if numbering is Numbering.CHINESE:
        return [Heading(2, number, heading), Paragraph(tuple(runs))]
    if numbering is Numbering.ORDINAL:
        return [Paragraph((TextRun(number + close_sentence(heading)), *runs))]
    if len(heading) > LONGEST_RUN_IN or find_due(heading, report.year + 1):
        return [Heading(3, number, heading), Paragraph(tuple(runs))]
    return [Heading(3, number, heading, run_in=tuple(runs))]


def _runs(block: Block, *, marks: bool) -> tuple[TextRun, ...]:
    """The block's words; with `marks`, what a person has to look at is set off and says why in front of its stop."""
    runs = _marked_runs(block) if marks else (TextRun(block.text),)
    return tuple(replace(run, text=full_width(run.text)) for run in runs)


def _marked_runs(block: Block) -> tuple[TextRun, ...]:
    if block.unverified:
        whole = block.text
        for sentence in block.unfounded:
            whole = whole.replace(sentence, _marked(sentence, UNFOUNDED))
        return (TextRun(_marked(whole, UNVERIFIED), mark=True),)
    runs: list[TextRun] = []
    rest = block.text
    for sentence in block.unfounded:
        before, _, rest = rest.partition(sentence)
        runs += [TextRun(before)] * bool(before)
        runs.append(TextRun(_marked(sentence, UNFOUNDED), mark=True))
    return (*runs, TextRun(rest)) if rest or not runs else tuple(runs)


def _marked(text: str, mark: str) -> str:
    return re.sub("(。?)$", rf"{mark}\1", text, count=1)
