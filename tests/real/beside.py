"""A compiled report put beside the real one as a head of office would: what stays, what is changed, missing, struck.

`python -m tests.real.beside` writes docs/report-beside-a-real-one.md: our own sentences with where they come from,
the real ones by part and place alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlmodel import Session

from models.database import open_engine, unit_of_work
from models.report.never_said import NEVER_SAID
from tasks.reading.figures import figures_in
from tasks.reading.folding import sentences
from tasks.reading.read_report import ReportReading
from tasks.report.compiling.blocks import Block
from tasks.report.compiling.compile_report import newest_report
from tasks.report.compiling.compiled import CompiledReport
from tasks.report.desk.second_look import Remark, RemarkKind, second_look
from tests.databases import lay_sqlite
from tests.real.seed_year import ON, seed, template, the_year

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/report-beside-a-real-one.md"
TOLD, NAMED = 0.3, 0.8
"""How much of a clause, and of a name in it, one sentence of ours has to have; a pair of neighbouring characters weighs
the less the more real sentences have it."""
MOST = 10
"""Sentences that a colleague may have to touch."""
RECORDS, WORDS, CHANGED, MISSING = "仅据记录", "用了人写的话", "要改", "没有"
OPENING, SAME = "开头", "（与原句相近，不抄录）"

_WRITTEN = re.compile(r"progress:|deficiency:|act:\d")
"""Keys of blocks that repeat what a person wrote down; the rest is told from rows."""
_LINK = re.compile(r"^(?:同时|此外|并|同步|进一步|不断|积极|认真|切实|全面|持续|严格|努力|有力|一定程度上)+")
_AIM = re.compile(r"^(?:提升|提高|增强|推动.*(?:入脑入心|走深走实)|扩大|深化|确保|营造|做到依法|力争|让|易于)")
"""Clauses that say what a thing is for. Reports differ in them from year to year: none has to be told."""
_NAME = re.compile(r"《([^》]+)》|“([^”]+)”")


@dataclass(frozen=True)
class Beside:
    """One sentence of the real report by its place, ours that tell of it, and what would have to be done."""

    part: str
    place: int
    ours: tuple[str, ...]
    verdict: str
    why: str = ""


@dataclass(frozen=True)
class Comparison:
    """Every real sentence with its verdict, the sentences of ours that tell of none: they would be struck; and what the
    second look at the report finds besides.
    """

    beside: tuple[Beside, ...]
    struck: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    def count(self, *verdicts: str) -> int:
        return sum(one.verdict in verdicts for one in self.beside)

    @property
    def touched(self) -> int:
        """How many sentences a colleague changes, adds or strikes."""
        return self.count(CHANGED, MISSING) + len(self.struck) + len(self.remarks)


class _Ours(NamedTuple):
    part: str
    text: str
    block: Block


def compare(report: CompiledReport, real: str, reading: ReportReading, remarks: Iterable[Remark] = ()) -> Comparison:
    """The whole of both, each sentence once; what is for the office itself is not filed and not looked at.

    A clause is looked for in its own part first; where another part of ours tells it, that stands as well.
    """
    theirs = list(_sentences(real, reading))
    weights = _weights(sentence for _, _, sentence in theirs)
    parts = [(OPENING, (report.opening,)), *((one.number.rstrip("、"), one.blocks) for one in report.sections)]
    ours = [
        _Ours(part, text, block)
        for part, blocks in parts for block in blocks if not block.internal for text in sentences(block.text)
    ]  # fmt: skip
    flat, used, found = _bare(real), set(), []
    for part, place, sentence in theirs:
        told = {clause: _teller(clause, part, ours, weights) for clause in _clauses(sentence)}
        tellers = [one for one in ours if one in told.values()]
        used |= {one.text for one in tellers}
        texts = [one.text for one in tellers]
        faults = list(_faults(sentence, told, texts, weights))
        written = any(_WRITTEN.match(one.block.key) for one in tellers)
        verdict = MISSING if not tellers else CHANGED if faults else WORDS if written else RECORDS
        shown = dict.fromkeys(SAME if _bare(text) in flat else text for text in texts)
        found.append(Beside(part, place, tuple(shown), verdict, "；".join(faults if tellers else ())))
    struck = (
        one.text
        for one in ours
        if one.text not in used and all(_share(one.text, sentence, weights) < TOLD for _, _, sentence in theirs)
    )
    looked = (one.words for one in remarks if one.kind is not RemarkKind.LENGTH)
    return Comparison(tuple(found), tuple(struck), tuple(looked))


def _faults(
    sentence: str, told: Mapping[str, _Ours | None], tellers: Sequence[str], weights: Mapping[str, float]
) -> Iterator[str]:
    """What somebody would have to put right in ours: a clause, a figure or a name not told, words never said."""
    untold = sum(teller is None for teller in told.values())
    if untold:
        yield f"少{untold}个分句"
    said = {(figure.value, figure.unit) for text in tellers for figure in figures_in(text)}
    yield from (f"少数字{one.value}{one.unit}" for one in figures_in(sentence) if (one.value, one.unit) not in said)
    names = [re.sub(r"（[^）]*）", "", left or right) for left, right in _NAME.findall(sentence)]
    lost = sum(all(_share(name, text, weights) < NAMED for text in tellers) for name in names)
    if lost:
        yield f"少{lost}个名称"
    yield from (f"不该有“{word}”" for word in NEVER_SAID for text in tellers if word in text)


def _teller(clause: str, part: str, ours: Sequence[_Ours], weights: Mapping[str, float]) -> _Ours | None:
    """The sentence of ours that tells most of the clause, if it tells enough."""
    elsewhere = [one for one in ours if OPENING not in (part, one.part)]
    for near in ([one for one in ours if one.part == part], elsewhere):
        best = max(near, key=lambda one: _share(clause, one.text, weights), default=None)
        if best is not None and _share(clause, best.text, weights) >= TOLD:
            return best
    return None


def _clauses(sentence: str) -> list[str]:
    """What the sentence says, clause by clause, without how they are linked and what they are for."""
    parts = (_LINK.sub("", part) for part in re.split(r"[，；：。]", sentence))
    kept = [part for part in parts if len(_bare(part)) >= 4 and not _AIM.match(part)]
    return kept or [sentence]


def _sentences(real: str, reading: ReportReading) -> Iterator[tuple[str, int, str]]:
    """The sentences of the opening and of every part with their places in it; headings left out.

    What stands before the reasons of a deficiency (一是…) is a sentence of its own.
    """
    flat = "".join(real.partition("\n\n")[2].split())
    flat = flat[flat.index("报告") + 2 :]
    heads = [f"{one.number}、{''.join((one.heading or '').split())}" for one in reading.sections]
    starts = [flat.index(head) for head in heads]
    parts: list[tuple[str, str, list[str]]] = [(OPENING, flat[: starts[0]], [])] + [
        ((one.number or ""), flat[start + len(head) : end], [] if "一是" in numbers else titles)
        for one, head, start, end in zip(reading.sections, heads, starts, [*starts[1:], len(flat)], strict=True)
        for titles in [["".join(each.text.split()).rstrip("。") for each in one.subheadings]]
        for numbers in [[each.number for each in one.subheadings]]
    ]
    for part, body, headings in parts:
        told = (re.sub(r"^(?:\d\.|[一二三]是)", "", sentence) for sentence in sentences(body))
        kept = [sentence for sentence in told if sentence.rstrip("。") not in headings]
        yield from ((part, place, sentence) for place, sentence in enumerate(kept, start=1))


def _weights(texts: Iterator[str]) -> Mapping[str, float]:
    """One divided by how many of the sentences have the pair: 执法 tells little, 橱窗 much."""
    counted = Counter(pair for text in texts for pair in _pairs(text))
    return {pair: 1 / count for pair, count in counted.items()}


def _share(whole: str, text: str, weights: Mapping[str, float]) -> float:
    """How much of `whole` stands in `text` as well."""
    pairs = _pairs(whole)
    total = sum(weights.get(pair, 1) for pair in pairs)
    return sum(weights.get(pair, 1) for pair in pairs & _pairs(text)) / total if total else 0


@cache
def _pairs(text: str) -> frozenset[str]:
    bare = _bare(text)
    return frozenset(bare[at : at + 2] for at in range(len(bare) - 1))


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text)


def page(found: Comparison) -> str:
    """The table with its numbers."""
    lines = [
        "# 与一份真实报告逐句对照",
        "",
        "由 `python -m tests.real.beside` 写出：真实报告不在本库中，只以部分和句次指称；",
        "它的一年按记录重新登记（`tests/real/seed_year.py`，用自己的话，逐条短记）、编制，逐句对照。",
        "",
        f"原句按分句比：一个分句的相邻字对（越多句都有的字对越轻）有 {TOLD:.0%} 以上在编出的同一句中，算写到了；",
        "说明目的的分句（提升……、营造……）不要求写到。分句、数字、书名号和引号中的名称都写到，",
        "又没有不该有的话，这一句不用改；写到一部分的要改；编出而与任何原句无关的要删。",
        "这个门槛偏低，数字随它变：2026年12月2日同一份报告按 35% 是 11 句，按 40% 是 18 句。",
        "",
        f"真实报告 {len(found.beside)} 句：{found.count(RECORDS)} 句仅据记录编出、不用改，",
        f"{found.count(WORDS)} 句用了人写的成效、不足、履职，不用改；{found.count(CHANGED)} 句要改，"
        f"{found.count(MISSING)} 句没有编出；",
        f"多编、要删的 {len(found.struck)} 句，`duban report review` 另提 {len(found.remarks)} 处。"
        f"合计要动 {found.touched} 句。",
        "",
        "| 部分 | 句 | 编出的句子 | 来自 | 改什么 |",
        "|---|---|---|---|---|",
        *(
            f"| {one.part} | {one.place} | {''.join(one.ours) or '—'} | {one.verdict} | {one.why} |"
            for one in found.beside
        ),
        *(["", "要删的：", ""] if found.struck else []),
        *(f"- {text}" for text in (*found.struck, *found.remarks)),
    ]
    return "\n".join(lines) + "\n"


def compare_seed(session: Session) -> Comparison:
    """The seed's year compiled, beside the seed."""
    text, reading = seed()
    year = the_year(session, reading)
    report = year.compile(ON, template(reading))
    kept = newest_report(session, year.organ, year.plan.year)
    return compare(report, text, reading, second_look(session, kept) if kept else ())


def main() -> None:
    """Write the page."""
    with TemporaryDirectory() as folder:
        engine = open_engine(lay_sqlite(Path(folder) / "year.db"))
        with unit_of_work(engine) as session:
            found = compare_seed(session)
        engine.dispose()
    PAGE.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
