"""The habits of the eleven real reports there are, and that ours has them; what we never write is written in none.

Eleven are few, and of ten of them only the beginning is there: what is asked here holds for all of them, and is no
count of how often offices write something.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from models.ledgers.kinds import KINDS
from models.report.never_said import NEVER_SAID
from tasks.reading.folding import sentences
from tasks.report.compiling.ledgers import OPENING
from tests.real.seed_year import ON, seed, template, the_year

REAL = Path(__file__).resolve().parents[2] / "../shared/real"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="真实文书不在本机 (the folder of real documents is absent)")


@pytest.fixture(scope="module")
def reports() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(REAL.glob("reports/*.txt"))]


def test_words_that_are_never_written_stand_in_no_real_report(reports: list[str]) -> None:
    assert [word for word in NEVER_SAID for text in reports if word in text] == []


def test_real_reports_begin_no_chain_of_sentences_with_within_the_year(reports: list[str]) -> None:
    begun = [len(re.findall("(?:^|[。；\n])年内", text)) for text in reports]

    assert max(begun) <= 1


def test_sums_of_money_have_two_places_at_most(reports: list[str]) -> None:
    assert [found for text in reports for found in re.findall(r"\d+\.\d{3,}万元", text)] == []


def test_a_part_of_a_whole_is_told_with_the_words_we_use(reports: list[str]) -> None:
    assert any("其中" in text for text in reports)
    assert any(re.search(r"\d+余(?:次|人次|件|条|场次)", text) for text in reports)


NUMBERED = re.compile(r"^[（(]?[\d一二三四五六七八九十]{1,3}[）)、.是]+")
ALIKE = 0.05
"""The share of neighbouring sentences that may open alike: in the real ones it is 2 of some 130."""


def openings(text: str) -> list[str]:
    return [NUMBERED.sub("", sentence)[:OPENING] for sentence in sentences(text)]


def alike(paragraphs: Sequence[str]) -> tuple[int, int]:
    """How many neighbouring sentences open alike, and how many neighbours there are."""
    beside = [pair for paragraph in paragraphs for pair in pairwise(openings(paragraph))]
    return sum(one == other for one, other in beside), len(beside)


def test_neighbouring_sentences_seldom_open_alike(reports: list[str]) -> None:
    # The pages of the whole one are broken into lines; the others have a paragraph a line.
    paragraphs = [line for text in reports for line in _unbroken(text).split("\n")]

    found, of = alike(paragraphs)

    assert of >= 100
    assert found / of <= ALIKE


def test_no_sentence_of_a_ledger_opens_as_its_neighbour_does(engine: Engine) -> None:
    with Session(engine) as session:
        ours = the_year(session, seed()[1]).compile(ON, template(seed()[1]))
    first, *_ = ours.sections

    beside = [
        (one.text, other.text)
        for one, other in pairwise(block for block in first.blocks if not block.internal)
        if "ledger:" in one.key + other.key and openings(one.text)[-1] == openings(other.text)[0]
    ]

    assert beside == []


def _unbroken(text: str) -> str:
    return "".join(text.split()) if "\n\n一、" in text else text


def test_what_a_ledger_counts_is_counted_as_real_reports_count(reports: list[str]) -> None:
    written = "".join("".join(text.split()) for text in reports)
    units = {kind.unit for kind in KINDS.values() if kind.sentence is not None}

    assert {unit for unit in units if re.search(rf"\d+余?{unit}", written) is None} <= UNSEEN


UNSEEN = {"户次", "本", "条"}
"""Counters that none of the eleven happens to use of what our ledgers count."""


def test_half_of_our_openings_begin_a_clause_of_a_real_report(reports: list[str]) -> None:
    written = "".join("".join(text.split()) for text in reports)
    verbs = {
        opening[:OPENING] for kind in KINDS.values() if kind.sentence for opening in kind.sentence.openings if opening
    }

    begun = {verb for verb in verbs if re.search(rf"(?:^|[，,。；、：:]|[年月]){verb}", written)}

    assert len(begun) >= len(verbs) / 2
