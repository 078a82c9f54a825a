"""Twice the text costs at most thrice the work, however nasty the text: the reader, the due grammar, the gate.

Processor time, never the clock on the wall, the least of several runs and of texts long enough to be measured: a text
whose cost grows with its square shows fourfold.
"""

import time
from collections.abc import Callable
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from models.dates.due_text import DueTextError, understand
from models.errors import UnreadableFileError
from models.secrecy import marking
from tasks.reading.read_report import read_report_text

PIECES = (
    " ", "\u3000", "\t", "\n", "(", ")", "[", "《", "》", "“", "、", ",", "。", ".", ":", ";", "-", "*", "|", "★", "密",
    "机", "机密", "机 ", "一、",
    "（一）", "1.", "1.1", "12月", "2026年", "第", "每", "月底前", "至", "两次", "3场", "百", "a",
    "责任单位：", "完成", "一是", "附件",
)  # fmt: skip
MOST = 3.0
LEAST_SECONDS = 0.02
"""Below this what the machine does besides is more than what is measured."""

nasty = st.tuples(
    st.sampled_from(("", "开展工作", "(", "一、")),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join),
    st.sampled_from(("", "完成。", "x")),
)


def reads(text: str) -> None:
    with suppress(UnreadableFileError):
        read_report_text(text)


def understands(text: str) -> None:
    with suppress(DueTextError):
        understand(text, 2026)


def cost(work: Callable[[str], object], text: str) -> float:
    """The least processor time of a few runs, in seconds."""
    spans = []
    for _ in range(3):
        begun = time.process_time()
        work(text)
        spans.append(time.process_time() - begun)
    return min(spans)


def growth(work: Callable[[str], object], parts: tuple[str, str, str], characters: int) -> float:
    """How many times the work twice the text is; a text too easy to be measured is doubled until it can be."""
    head, piece, tail = parts
    times = characters // len(piece)
    while times * len(piece) < 64 * characters:
        once = cost(work, head + piece * times + tail)
        if once >= LEAST_SECONDS:
            break
        times *= 2
    else:
        return 1.0
    twice = cost(work, head + piece * (2 * times) + tail)
    # A crowded machine may disturb three runs in a row; what is truly square stays so.
    return min(twice / once, cost(work, head + piece * (2 * times) + tail) / cost(work, head + piece * times + tail))


@settings(max_examples=12)
@given(nasty)
def test_the_reader_does_at_most_thrice_the_work_for_twice_the_text(parts: tuple[str, str, str]) -> None:
    assert growth(reads, parts, 1000) <= MOST


@settings(max_examples=12)
@given(nasty)
def test_the_due_grammar_does_at_most_thrice_the_work_for_twice_the_text(parts: tuple[str, str, str]) -> None:
    assert growth(understands, parts, 1000) <= MOST


@settings(max_examples=12)
@given(nasty)
def test_the_gate_does_at_most_thrice_the_work_for_twice_the_text(parts: tuple[str, str, str]) -> None:
    assert growth(marking, parts, 20_000) <= MOST
