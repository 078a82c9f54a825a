"""Laying out a compiled report on paper: its blocks as headings and paragraphs of an official document."""

import re
from itertools import groupby

from models.due_text import find_due
from models.report import SectionKind
from tasks.compile_report import CompiledReport, CompiledSection
from tasks.compiling.blocks import Block
from tasks.compiling.template import Numbering, chinese_numeral
from tasks.wording.official_document import Heading, OfficialDocument, Paragraph, Run

UNVERIFIED = "〔待核〕"
"""What a sentence without a source, or one a person has to confirm, is marked with, in front of its stop."""

LONGEST_RUN_IN = 25
"""Characters: a longer heading, or one that names a time, has a line of its own, else it reads as a task."""


def lay_out_report(report: CompiledReport) -> OfficialDocument:
    """The report as a document: neighbouring blocks under one heading become one paragraph behind it."""
    body: list[Heading | Paragraph] = [Paragraph(_runs(report.opening))]
    for section in report.sections:
        body.append(Heading(1, section.number, section.heading))
        body += _enumerated(section) if section.kind is SectionKind.DEFICIENCIES else _headed(section, report)
    return OfficialDocument(
        title=report.title,
        addressee=report.addressee,
        body=tuple(body),
        signature=report.signature,
        dated_on=report.dated_on,
    )


def _enumerated(section: CompiledSection) -> list[Heading | Paragraph]:
    """一是…二是…, a paragraph each; one alone needs no number."""
    if len(section.blocks) == 1:
        return [Paragraph(_runs(section.blocks[0]))]
    return [
        Paragraph(_runs(block, f"{chinese_numeral(place)}是")) for place, block in enumerate(section.blocks, start=1)
    ]


def _headed(section: CompiledSection, report: CompiledReport) -> list[Heading | Paragraph]:
    laid: list[Heading | Paragraph] = []
    place = 0
    for heading, blocks in groupby(section.blocks, key=lambda block: block.heading):
        runs = tuple(run for block in blocks for run in _runs(block))
        if heading is None:
            laid.append(Paragraph(runs))
            continue
        place += 1
        if report.template.numbering is Numbering.CHINESE:
            laid += [Heading(2, f"（{chinese_numeral(place)}）", heading), Paragraph(runs)]
        elif len(heading) > LONGEST_RUN_IN or find_due(heading, report.year + 1):
            laid += [Heading(3, f"{place}.", heading), Paragraph(runs)]
        else:
            laid.append(Heading(3, f"{place}.", heading, run_in=runs))
    return laid


def _runs(block: Block, number: str = "") -> tuple[Run, ...]:
    words = number + block.text
    if not block.unverified:
        return (Run(words),)
    return (Run(re.sub("(。?)$", rf"{UNVERIFIED}\1", words, count=1), mark=True),)
