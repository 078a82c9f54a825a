"""What the head of an office would strike in a report, each with the one step at the desk that does it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlmodel import Session

from models.coded import Coded
from models.people.organ import Organ
from models.report.never_said import NEVER_SAID
from models.report.report import Report, SectionKind
from tasks.reading.folding import fold, sentences
from tasks.report.compiling.blocks import Block, quoted
from tasks.report.compiling.compile_report import newest_report
from tasks.report.compiling.compiled import CompiledReport, CompiledSection
from tasks.report.compiling.read_back import read_back
from tasks.report.desk.at_desk import beginning

NORMS: Mapping[SectionKind, int] = {
    SectionKind.ACHIEVEMENTS: 899,
    SectionKind.DEFICIENCIES: 230,
    SectionKind.FIRST_RESPONSIBLE: 485,
    SectionKind.NEXT_YEAR: 469,
}
"""Characters of each part in the published report of a district office for 2024 (长宁区国防动员办公室), counted without
headings: what a part is held against where there is no report of last year."""

_SHARE = 2
"""A part that is this many times as long as it was, or as short, is worth a look."""
_GRAM, _ALIKE, _LEAST = 5, 0.6, 10
"""Two sentences of so many characters at least repeat each other where this share of their runs of five is the same."""
_SIGNS = re.compile(r"[^\w%]|_")
_NAMES = re.compile(r"《[^》]*》|“[^”]*”")
_HEADED = (SectionKind.ACHIEVEMENTS, SectionKind.NEXT_YEAR)


class RemarkKind(Coded):
    """Why somebody would strike it."""

    REPEAT = "repeat", "重复"
    WORD = "word", "不用的词"
    LONE = "lone", "一句一题"
    LENGTH = "length", "篇幅"


@dataclass(frozen=True)
class Remark:
    """One thing to strike. `verb` is the act at the desk that does it with what is `given`; a part that is too short
    has neither, for nobody writes it but a person.
    """

    kind: RemarkKind
    words: str
    part: str
    block: str | None = None
    verb: str | None = None
    step: str = ""
    """What the act does, in words."""
    given: Mapping[str, str] | None = None

    @property
    def code(self) -> str:
        """What names it in this version: repeat:ledger:case."""
        return f"{self.kind.value}:{self.block or self.part}"


def second_look(session: Session, report: Report, text: CompiledReport | None = None) -> list[Remark]:
    """The remarks on the version, of each kind one a block at most, in the order of the kinds; `text` is the version as
    it is read, where it was read before.
    """
    organ, text = session.get_one(Organ, report.organ_id), text or read_back(session, report)
    last = newest_report(session, organ, report.year - 1)
    before = _lengths(read_back(session, last)) if last else None
    found = [*_repeats(text), *_words(text), *_lone(text), *_length(text, before)]
    return list({remark.code: remark for remark in reversed(found)}.values())[::-1]


def _open(section: CompiledSection) -> list[Block]:
    """What of a part is not for the house alone: nobody strikes the office's own bookkeeping."""
    return [block for block in section.blocks if block.internal is None]


def _repeats(text: CompiledReport) -> Iterator[Remark]:
    """Sentences that say what an earlier one has said."""
    told: list[tuple[str, int]] = []
    where: dict[str, list[int]] = {}
    for section in text.sections:
        for block in _open(section):
            for sentence in sentences(block.text):
                bare = _SIGNS.sub("", fold(sentence))
                if len(bare) < _LEAST:
                    continue
                grams = {bare[at : at + _GRAM] for at in range(len(bare) - _GRAM + 1)}
                shared = Counter(one for gram in grams for one in where.get(gram, ()))
                first = next(
                    (one for one, many in shared.most_common(1) if _same(many, len(grams), told[one][1])), None
                )
                if first is not None:
                    words = f"{quoted(beginning(sentence))}与前文{quoted(beginning(told[first][0]))}重复"
                    yield _struck(RemarkKind.REPEAT, words, section, block, sentence)
                    continue
                for gram in grams:
                    where.setdefault(gram, []).append(len(told))
                told.append((sentence, len(grams)))


def _same(shared: int, one: int, other: int) -> bool:
    return shared >= _ALIKE * max(one, other)


def _words(text: CompiledReport) -> Iterator[Remark]:
    for section in text.sections:
        for block in _open(section):
            for sentence in sentences(block.text):
                said = _NAMES.sub("", sentence)
                word = next((word for word in NEVER_SAID if word in said), None)
                if word is not None:
                    words = f"{quoted(beginning(sentence))}中的“{word}”不是报告的用语"
                    yield _struck(RemarkKind.WORD, words, section, block, sentence)


def _lone(text: CompiledReport) -> Iterator[Remark]:
    """Headings with one sentence below them, which goes to the neighbouring heading."""
    for section in text.sections:
        if section.kind not in _HEADED:
            continue
        groups = [(heading, list(blocks)) for heading, blocks in groupby(_open(section), lambda block: block.heading)]
        for place, (heading, blocks) in enumerate(groups):
            if heading is None or len(blocks) > 1 or len(sentences(blocks[0].text)) > 1:
                continue
            neighbours = (groups[near][0] for near in (place - 1, place + 1) if 0 <= near < len(groups))
            to = next((name for name in neighbours if name), None)
            if to is not None:
                yield Remark(
                    RemarkKind.LONE, f"“{heading}”之下只有一句", section.heading, blocks[0].key, "edit",
                    f"并入“{to}”", {"key": blocks[0].key, "text": blocks[0].text, "heading": to},
                )  # fmt: skip


def _length(text: CompiledReport, before: Mapping[SectionKind, int] | None) -> Iterator[Remark]:
    """Parts that are far longer or shorter than last year's, or else than those of a published report."""
    usual, than = (before, "上年") if before is not None else (NORMS, "公开的同类报告")
    for section in text.sections:
        now, was = sum(len(block.text) for block in _open(section)), usual.get(section.kind, 0)
        if not was or was / _SHARE <= now <= was * _SHARE:
            continue
        words = f"“{section.heading}”{now}字，{than}{was}字"
        if now < was:
            yield Remark(RemarkKind.LENGTH, f"{words}，过短", section.heading)
            continue
        longest = max(_open(section), key=lambda block: (not block.figures, len(block.text)))
        yield Remark(
            RemarkKind.LENGTH, f"{words}，过长", section.heading, longest.key, "withdraw",
            f"撤下没有数字的最长一段{quoted(beginning(longest.text))}", {"key": longest.key, "reason": "篇幅过长"},
        )  # fmt: skip


def _lengths(text: CompiledReport) -> dict[SectionKind, int]:
    return {section.kind: sum(len(block.text) for block in _open(section)) for section in text.sections}


def _struck(kind: RemarkKind, words: str, section: CompiledSection, block: Block, sentence: str) -> Remark:
    """The sentence taken out, with its block where that says nothing else."""
    rest = _without(block.text, sentence)
    if not rest:
        given = {"key": block.key, "reason": kind.label}
        return Remark(kind, words, section.heading, block.key, "withdraw", "撤下这一段", given)
    given = {"key": block.key, "text": rest, "heading": block.heading or ""}
    return Remark(kind, words, section.heading, block.key, "edit", "删去这一句", given)


def _without(text: str, sentence: str) -> str:
    """The text without the last place where the sentence stands."""
    before, _, behind = text.rpartition(sentence)
    return f"{before}{behind}".strip()


def find_remark(remarks: Sequence[Remark], code: str) -> Remark | None:
    """The remark that is called so and can be done in one step."""
    return next((one for one in remarks if one.code == code and one.verb), None)
