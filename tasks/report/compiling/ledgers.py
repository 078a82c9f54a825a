"""The ledgers' paragraphs in part one: what each declares it says, and the project it belongs to."""

from collections.abc import Iterable
from typing import Any

from models.ledgers.kind import Kind, Sentence
from models.ledgers.kinds import KINDS
from tasks.report.compiling.blocks import Block, write_sentence
from tasks.report.compiling.material import ProjectRow, YearMaterial

_NO_LEDGER = "谁执法谁普法"
"""A slogan about publicity that names enforcement."""


def ledger_blocks(material: YearMaterial) -> tuple[dict[int, list[Block]], list[Block]]:
    """The paragraphs of the ledgers: by the project whose name they fit, and those that fit none.

    A ledger without rows says nothing: that no case was entered does not show that there was none.
    """
    placed: dict[int, list[Block]] = {}
    extra: list[Block] = []
    for kind in KINDS.values():
        if kind.sentence is None or not any(material.figures[code].rows for code in _codes(kind, material)):
            continue
        project = _fitting(kind.sentence, material.projects)
        block = _paragraph(kind, kind.sentence, project.name if project else kind.sentence.heading, material)
        if project:
            placed.setdefault(project.id, []).append(block)
        else:
            extra.append(block)
    return placed, extra


def sentences() -> list[str]:
    """What the ledgers say as it is declared, for the snapshot: a changed wording is a changed report."""
    return [kind.sentence.template for kind in KINDS.values() if kind.sentence]


def _paragraph(kind: Kind, sentence: Sentence, heading: str, material: YearMaterial) -> Block:
    facts: dict[str, Any] = {
        **{share.code: material.figures.get(f"{kind.code}.{share.code}") for share in kind.shares},
        **{measure.code: material.figures.get(f"{kind.code}.{measure.code}") for measure in kind.measures},
        **{listing.code: material.listings[f"{kind.code}.{listing.code}"] for listing in kind.listings},
        "year": material.year,
    }
    rows = [row for code in _codes(kind, material) for row in material.figures[code].rows]
    return write_sentence(sentence.template, facts, key=f"ledger:{kind.code}", heading=heading, sources=rows)


def _codes(kind: Kind, material: YearMaterial) -> list[str]:
    codes = [f"{kind.code}.{measure.code}" for measure in kind.measures]
    return [code for code in codes if code in material.figures]


def _fitting(sentence: Sentence, projects: Iterable[ProjectRow]) -> ProjectRow | None:
    """The first project that the most telling word names."""
    named = [(project, project.name.replace(_NO_LEDGER, "")) for project in projects]
    return next((project for word in sentence.words for project, name in named if word in name), None)
