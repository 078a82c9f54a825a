"""The ledgers' paragraphs in part one: what each declares it says, and the heading it belongs under."""

from collections.abc import Iterator, Sequence
from typing import Any

from models.ledgers.kind import Kind, Sentence
from models.ledgers.kinds import KINDS
from models.ledgers.theme import themes_of
from tasks.reading.folding import sentences
from tasks.report.compiling.blocks import Block, write_sentence
from tasks.report.compiling.join_paragraphs import OTHER_WORK
from tasks.report.compiling.material import YearMaterial
from tasks.report.compiling.template import ReportTemplate

LEDGER = "ledger:"
"""Before a ledger's code: the key of what it says."""
OPENING = 2
"""Characters by which two sentences are said to open alike."""


def ledger_blocks(material: YearMaterial, template: ReportTemplate) -> tuple[dict[int, list[Block]], list[Block]]:
    """The paragraphs of the ledgers: by the project they belong to, and those that belong to none.

    A ledger stands with the item its rows are linked to, else where the office's template has it, else under the
    project nearest to it by meaning. One without rows says nothing: that no case was entered does not show that there
    was none.
    """
    placed: dict[int, list[Block]] = {}
    extra: list[Block] = []
    for kind in KINDS.values():
        if kind.sentence is None or not any(material.figures[code].rows for code in _codes(kind, material)):
            continue
        project_id, heading = _place(kind, kind.sentence, material, template)
        block = _paragraph(kind, kind.sentence, heading, material, kind.sentence.openings[0])
        if not block.text:
            continue
        if project_id is None:
            extra.append(block)
        else:
            placed.setdefault(project_id, []).append(block)
    return placed, sorted(extra, key=lambda block: block.heading == OTHER_WORK)


def varied(blocks: Sequence[Block], material: YearMaterial) -> list[Block]:
    """The blocks in their order, each ledger's with the first of its openings that neither the sentence before it has
    nor the next one that people wrote; where all of them are taken, its usual one stays.
    """
    told: list[Block] = []
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        beside = {sentences(told[-1].text)[-1][:OPENING]} if told else set()
        if following is not None and _kind(following) is None:
            beside.add(following.text[:OPENING])
        told.append(next((one for one in each_opening(block, material) if one.text[:OPENING] not in beside), block))
    return told


def each_opening(block: Block, material: YearMaterial) -> Iterator[Block]:
    """The block with each of its openings, the usual one first."""
    yield block
    kind = _kind(block)
    if kind is not None and kind.sentence is not None:
        for opening in kind.sentence.openings[1:]:
            yield _paragraph(kind, kind.sentence, block.heading or "", material, opening)


def _kind(block: Block) -> Kind | None:
    """The ledger that the block tells; None for what people told."""
    return KINDS.get(block.key.removeprefix(LEDGER)) if block.key.startswith(LEDGER) else None


def declared() -> list[tuple[str, ...]]:
    """What the ledgers say as it is declared, for the snapshot: a changed wording is a changed report."""
    return [(kind.sentence.template, *kind.sentence.openings) for kind in KINDS.values() if kind.sentence]


def _place(kind: Kind, sentence: Sentence, material: YearMaterial, template: ReportTemplate) -> tuple[int | None, str]:
    """The project a ledger belongs to, none where it has a heading of its own."""
    names = {project.id: project.name for project in material.projects}
    linked = material.linked.get(kind.code)
    if linked in names:
        return linked, names[linked]
    if wanted := template.ledger_headings.get(kind.code):
        return next(((id_, name) for id_, name in names.items() if name == wanted), (None, wanted))
    about = {id_: themes_of(name) for id_, name in names.items()}
    fitting = ([(about[id_][theme], id_) for id_ in names if theme in about[id_]] for theme in sentence.themes)
    found = next((min(ids, key=lambda one: one[0])[1] for ids in fitting if ids), None)
    return (None, OTHER_WORK) if found is None else (found, names[found])


def _paragraph(kind: Kind, sentence: Sentence, heading: str, material: YearMaterial, opening: str) -> Block:
    facts: dict[str, Any] = {
        **{share.code: material.figures.get(f"{kind.code}.{share.code}") for share in kind.shares},
        **{measure.code: material.figures.get(f"{kind.code}.{measure.code}") for measure in kind.measures},
        **{listing.code: material.listings[f"{kind.code}.{listing.code}"] for listing in kind.listings},
        "year": material.year,
        "opening": opening,
    }
    rows = [row for code in _codes(kind, material) for row in material.figures[code].rows]
    return write_sentence(sentence.template, facts, key=f"{LEDGER}{kind.code}", heading=heading, sources=rows)


def _codes(kind: Kind, material: YearMaterial) -> list[str]:
    codes = [f"{kind.code}.{measure.code}" for measure in kind.measures]
    return [code for code in codes if code in material.figures]
