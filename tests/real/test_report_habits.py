"""The habits of real reports, and that what we never write is written in none of them."""

import re
from pathlib import Path

import pytest

from models.report.never_said import NEVER_SAID

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
