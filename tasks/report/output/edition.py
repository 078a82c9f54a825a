"""The two editions of one version: the internal one, and the public one without what is internal.

Nothing that carries a secrecy marking leaves the house in either.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from models.errors import BadInputError
from models.report.figure import Figure
from models.report.report import Report
from models.secrecy import marking
from tasks.reading.figures import figures_in
from tasks.reading.folding import sentences
from tasks.report.compiling.blocks import Block
from tasks.report.compiling.check_numbers import same_number
from tasks.report.compiling.compiled import CompiledReport, CompiledSection
from tasks.report.compiling.keep_draft import read_draft
from tasks.report.compiling.marks import count_marks, marks_of, marks_sentence
from tasks.report.compiling.read_back import as_read
from tasks.report.desk.at_desk import beginning
from tasks.report.desk.set_report_template import newest_template
from tasks.wording.numerals import chinese_numeral

_TOLD = 3
"""How many marks a refusal names."""


@dataclass(frozen=True)
class LeftOut:
    """Something the public edition does not say: where it stood and how it began, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Edition:
    """A report to be laid out, and what it leaves out of the version."""

    compiled: CompiledReport
    left_out: list[LeftOut]


def edition_of(session: Session, report: Report, *, public: bool, proof: bool = False) -> Edition:
    """The internal edition (all but what was withdrawn), or the public one, which leaves out internal blocks, and the
    sentences that quote an internal figure.

    Raises BadInputError, naming part and words, where anything in it carries a secrecy marking, and in the public one
    where a word stands that the organ keeps to itself (`ReportTemplate.kept_words`, as they are today), or where
    anything in it is still marked. A `proof` only tells what would be left out: marks do not stop it.
    """
    draft = read_draft(session, report)
    whole = as_read(session, report, draft)
    left_out: list[LeftOut] = []
    if public:
        standing = [block for section in draft for block in section.blocks]
        internal = [figure for block in standing for figure in block.figures if figure.internal is not None]
        whole = _public(whole, internal, left_out)
    _refuse(whole, _kept_words(session, report) if public else ())
    if public and not proof:
        _refuse_marks(whole)
    return Edition(whole, left_out)


def _refuse_marks(report: CompiledReport) -> None:
    """Raises BadInputError that counts the marks and says where the first of them stand."""
    marks = marks_of(report)
    if marks:
        places = "；".join(f"{mark.kind.label}，{mark.words}" for mark in marks[:_TOLD])
        rest = f"；另有 {len(marks) - _TOLD} 处" if len(marks) > _TOLD else ""
        raise BadInputError(
            f"公开版中还有{marks_sentence(count_marks(marks))}，不能输出：{places}{rest}。"
            "请核实后写明依据、改写、撤下，或者标为内部；也可先输出内部版。"
        )


def _public(report: CompiledReport, internal: Sequence[Figure], left_out: list[LeftOut]) -> CompiledReport:
    sections: list[CompiledSection] = []
    for section in report.sections:
        blocks = []
        for block in section.blocks:
            if block.internal is not None:
                left_out.append(LeftOut(f"{section.heading}：{beginning(block.text)}", block.internal))
                continue
            kept = _without(block, internal, section.heading, left_out)
            if kept is not None:
                blocks.append(kept)
        if blocks:
            number = f"{chinese_numeral(len(sections) + 1)}、"
            sections.append(replace(section, number=number, blocks=tuple(blocks)))
    return replace(report, sections=tuple(sections), public=True)


def _without(block: Block, internal: Sequence[Figure], part: str, left_out: list[LeftOut]) -> Block | None:
    """The block without the sentences that quote an internal figure; None where nothing is left."""
    kept = block.text
    for sentence in sentences(block.text):
        quoted = _quoted(sentence, internal)
        if quoted is not None:
            why = f"数字“{quoted.name}”不公开：{quoted.internal}"
            left_out.append(LeftOut(f"{part}：{beginning(sentence)}", why))
            kept = kept.replace(sentence, "", 1)
    open_ones = tuple(figure for figure in block.figures if figure.internal is None)
    if not kept.strip():
        return None
    return replace(block, text=kept.strip(), figures=open_ones)


def _quoted(sentence: str, internal: Sequence[Figure]) -> Figure | None:
    """The internal figure that a sentence quotes: its number in any of its units, or as it is written."""
    numbers = figures_in(sentence)
    for figure in internal:
        if re.search(rf"(?<![\d.]){re.escape(figure.written)}", sentence) or any(
            same_number(figure, number) for number in numbers
        ):
            return figure
    return None


def _kept_words(session: Session, report: Report) -> tuple[str, ...]:
    kept = newest_template(session, report.organ_id)
    return tuple(kept.data.get("kept_words", ())) if kept else ()


def _refuse(report: CompiledReport, kept_words: Sequence[str]) -> None:
    """Raises BadInputError that names part and words."""
    pieces = [("标题", report.title), ("开头", report.opening.text)]
    for section in report.sections:
        pieces.append((section.heading, section.heading))
        for block in section.blocks:
            pieces += [(section.heading, text) for text in (block.heading or "", *sentences(block.text))]
    for part, text in pieces:
        level = marking(text)
        if level is not None:
            raise BadInputError(
                f"“{part}”中有密级标志“{level}”（“{beginning(text)}”）：涉密内容不得写入报告，请删去后再输出。"
            )
        word = next((word for word in kept_words if word in text), None)
        if word is not None:
            raise BadInputError(
                f"“{part}”中有本单位不公开的词“{word}”（“{beginning(text)}”）：请改写，或者把这一段标为内部后再输出公开版。"
            )
