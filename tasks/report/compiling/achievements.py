"""Part one, 主要举措和成效: what was done, project by project, with the figures where they belong."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from models.ledgers.measure import OWN_BOOKS
from models.report.report import describe_row
from tasks.reading.figures import figures_in
from tasks.report.compiling.below import below
from tasks.report.compiling.blocks import Block, write_block
from tasks.report.compiling.check_numbers import same_number
from tasks.report.compiling.item_words import as_told
from tasks.report.compiling.join_paragraphs import join_paragraphs
from tasks.report.compiling.ledgers import ledger_blocks, varied
from tasks.report.compiling.material import ItemRow, ProjectRow, YearMaterial
from tasks.report.compiling.quoted import quoted_figures
from tasks.report.compiling.template import ReportTemplate

TEMPLATE = "achievements"

NEAR = 1 / 3
"""Of a ledger's pairs of neighbouring characters: how many what is told has to share for the ledger to stand behind."""


def achievements(material: YearMaterial, template: ReportTemplate) -> list[Block]:
    """The year in figures for the office itself, then each project of the plan; a ledger that fits no project stands
    behind them, and what the organs below reported comes last.

    A project of which nothing can be told stays, marked: leaving it out is for a person to decide.
    """
    counted = {code: material.figures[f"items.{code}"] for code in ("items", "finished", "in_time")}
    overview = write_block(TEMPLATE, "overview", counted, sources=counted["items"].rows, key="overview")
    blocks = [replace(overview, internal=OWN_BOOKS)] if material.items else []
    placed, extra = ledger_blocks(material, template)
    told = [_once(_told(material, project), placed.get(project.id, [])) for project in material.projects]
    paragraphs = [
        paragraph or [_asked_for(project)] for project, paragraph in zip(material.projects, told, strict=True)
    ]
    paragraphs += [list(together) for _, together in groupby(extra, key=lambda block: block.heading)]
    return blocks + varied(join_paragraphs(paragraphs), material) + below(material.below)


def _asked_for(project: ProjectRow) -> Block:
    return write_block(TEMPLATE, "nothing_yet", {}, heading=project.name, key=f"nothing:project:{project.id}")


def _told(material: YearMaterial, project: ProjectRow) -> list[Block]:
    """Accepted achievements and finished items without one, in the order of the plan."""
    told: list[Block] = []
    for item in material.items_by_project.get(project.id, []):
        entries = [entry for entry in material.progress_by_item.get(item.id, []) if entry.achievement]
        told += [_said(entry.achievement or "", describe_row("progress", entry.id), project) for entry in entries]
        if not entries and material.is_finished(item):
            told.append(_finished(material, item, project))
    return told


def _finished(material: YearMaterial, item: ItemRow, project: ProjectRow) -> Block:
    """Where nobody said what was achieved, the title says what was done."""
    return _said(as_told(item.title, material.year), describe_row("item", item.id), project)


def _said(text: str, row: str, project: ProjectRow) -> Block:
    figures = quoted_figures(text, row)
    return write_block(
        TEMPLATE, "achievement", {"text": text}, heading=project.name, sources=[row], figures=figures, key=row
    )


def _once(told: Sequence[Block], ledgers: Sequence[Block]) -> list[Block]:
    """What people told, each ledger behind what tells of the same matter, else at the end.

    One whose number somebody told already is taken in there, with its rows.
    """
    told = list(told)
    behind: dict[int, list[Block]] = {}
    for ledger in ledgers:
        place = next((place for place, block in enumerate(told) if _tells(block, ledger)), None)
        if place is None:
            behind.setdefault(_nearest(told, ledger), []).append(ledger)
        else:
            told[place] = _with_rows(told[place], ledger)
    return [one for place, block in enumerate(told) for one in (block, *behind.get(place, ()))] + behind.get(-1, [])


def _nearest(told: Sequence[Block], ledger: Block) -> int:
    """The place of what is told of the same matter, by its words; -1 where nothing is near enough."""
    words = _pairs(ledger.text)
    near = [len(words & _pairs(block.text)) / len(words) for block in told]
    best = max(near, default=0.0)
    return near.index(best) if best >= NEAR else -1


def _pairs(text: str) -> set[str]:
    words = re.sub(r"[\W\d]", "", text)
    return {words[at : at + 2] for at in range(len(words) - 1)}


def _tells(block: Block, ledger: Block) -> bool:
    """Whether the words name what the ledger counts first; a single one of something proves nothing."""
    main = ledger.figures[0]
    return main.value > 1 and any(same_number(main, number) for number in figures_in(block.text))


def _with_rows(block: Block, ledger: Block) -> Block:
    """The words with the counted figures in place of the quoted ones."""
    numbers = figures_in(block.text)
    counted = [figure for figure in ledger.figures if any(same_number(figure, number) for number in numbers)]
    quoted = [figure for figure in block.figures if all(figure.written != one.written for one in counted)]
    return replace(block, figures=(*counted, *quoted), sources=tuple(dict.fromkeys([*block.sources, *ledger.sources])))
