"""Part one, 主要举措和成效: what was done, project by project, with the figures where they belong."""

import datetime as dt

from models.report import describe_row
from tasks.compiling.blocks import Block, write_block
from tasks.compiling.ledgers import LEDGERS
from tasks.compiling.material import ItemRow, ProjectRow, YearMaterial
from tasks.compiling.quoted import quoted_figures
from tasks.gather_figures import completion_figures

TEMPLATE = "achievements"


def achievements(material: YearMaterial) -> list[Block]:
    """The year in figures, then each project of the plan; a ledger that fits no project stands for itself.

    A project of which nothing can be told stays, marked: leaving it out is for a person to decide.
    """
    figures = completion_figures(material)
    blocks = [write_block(TEMPLATE, "overview", figures, sources=figures["items"].rows)] if material.items else []
    placed, extra = _placed_ledgers(material)
    for project in material.projects:
        told = _told(material, project) + placed.get(project.id, [])
        blocks += told or [write_block(TEMPLATE, "nothing_yet", {}, heading=project.name)]
    return blocks + extra


def _told(material: YearMaterial, project: ProjectRow) -> list[Block]:
    """Accepted achievements and finished items without one, by day."""
    told: list[tuple[dt.date, int, Block]] = []
    for item in material.items_by_project.get(project.id, []):
        entries = [entry for entry in material.progress_by_item.get(item.id, []) if entry.achievement]
        for entry in entries:
            row = describe_row("progress", entry.id)
            figures = quoted_figures(entry.achievement or "", row)
            facts = {"text": entry.achievement}
            block = write_block(TEMPLATE, "achievement", facts, heading=project.name, sources=[row], figures=figures)
            told.append((entry.on, item.id, block))
        finished_on = material.finished_on(item)
        if not entries and finished_on and material.is_finished(item):
            told.append((finished_on, item.id, _finished(item, project)))
    return [block for *_, block in sorted(told, key=lambda entry: entry[:2])]


def _finished(item: ItemRow, project: ProjectRow) -> Block:
    row = describe_row("item", item.id)
    return write_block(
        TEMPLATE,
        "finished",
        {"title": item.title, "deliverable": item.deliverable},
        heading=project.name,
        sources=[row],
        figures=quoted_figures(item.deliverable or "", row),
    )


def _placed_ledgers(material: YearMaterial) -> tuple[dict[int, list[Block]], list[Block]]:
    """The paragraphs of the ledgers: by the project whose name they fit, and those that fit none."""
    placed: dict[int, list[Block]] = {}
    extra: list[Block] = []
    for ledger in LEDGERS:
        facts = ledger.facts(material)
        if not facts:
            continue
        project = ledger.fitting(material.projects)
        sources = [row for figure in ledger.figures(facts) for row in figure.rows]
        block = write_block(
            TEMPLATE, ledger.part, facts, heading=project.name if project else ledger.heading, sources=sources
        )
        if project:
            placed.setdefault(project.id, []).append(block)
        else:
            extra.append(block)
    return placed, extra
