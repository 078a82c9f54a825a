"""What is marked in a report, counted in one way wherever it is told."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.coded import Coded
from tasks.report.compiling.blocks import quoted
from tasks.report.compiling.compiled import CompiledReport

_BEGINNING = 30


class MarkKind(Coded):
    """Why a sentence is marked."""

    UNVERIFIED = "unverified", "待核"
    UNFOUNDED = "unfounded", "数字无据"


@dataclass(frozen=True)
class Mark:
    """One mark: in which part and block, and the sentence that bears it."""

    kind: MarkKind
    part: str
    block: str
    sentence: str

    @property
    def words(self) -> str:
        """Where it stands: the part and how the sentence begins."""
        sentence = self.sentence
        return f"“{self.part}”中{quoted(sentence if len(sentence) <= _BEGINNING else f'{sentence[:_BEGINNING]}…')}"


def marks_of(report: CompiledReport) -> list[Mark]:
    """The marks in their order; none once somebody signed the report as it stands."""
    if report.accepted:
        return []
    return [
        Mark(kind, section.heading, block.key, sentence)
        for section in report.sections
        for block in section.blocks
        for kind, sentences in (
            (MarkKind.UNVERIFIED, (block.text,) if block.unverified else ()),
            (MarkKind.UNFOUNDED, block.unfounded),
        )
        for sentence in sentences
    ]


def count_marks(marks: Sequence[Mark]) -> dict[str, int]:
    """How many there are of each kind, by its code."""
    return {kind.value: sum(mark.kind is kind for mark in marks) for kind in MarkKind}


def marks_sentence(counts: dict[str, int]) -> str:
    """待核 3 处、数字无据 1 处; nothing where there is none."""
    return "、".join(f"{kind.label} {counts[kind.value]} 处" for kind in MarkKind if counts[kind.value])
