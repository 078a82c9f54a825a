"""Part one, 主要举措和成效: what was done, project by project, with the figures where they belong."""

import datetime as dt

from models.report.report import describe_row
from tasks.report.compiling.below import below
from tasks.report.compiling.blocks import Block, write_block
from tasks.report.compiling.item_words import as_told
from tasks.report.compiling.ledgers import ledger_blocks
from tasks.report.compiling.material import ItemRow, ProjectRow, YearMaterial
from tasks.report.compiling.quoted import quoted_figures

TEMPLATE = "achievements"


def achievements(material: YearMaterial) -> list[Block]:
    """The year in figures, then each project of the plan; a ledger that fits no project stands for itself, and what
    the organs below reported comes last.

    A project of which nothing can be told stays, marked: leaving it out is for a person to decide.
    """
    counted = {code: material.figures[f"items.{code}"] for code in ("items", "finished", "in_time")}
    sources = counted["items"].rows
    blocks = [write_block(TEMPLATE, "overview", counted, sources=sources, key="overview")] if material.items else []
    placed, extra = ledger_blocks(material)
    for project in material.projects:
        told = _told(material, project) + placed.get(project.id, [])
        blocks += told or [
            write_block(TEMPLATE, "nothing_yet", {}, heading=project.name, key=f"nothing:project:{project.id}")
        ]
    return blocks + extra + below(material.below)


def _told(material: YearMaterial, project: ProjectRow) -> list[Block]:
    """Accepted achievements and finished items without one, by day."""
    told: list[tuple[dt.date, int, Block]] = []
    for item in material.items_by_project.get(project.id, []):
        entries = [entry for entry in material.progress_by_item.get(item.id, []) if entry.achievement]
        for entry in entries:
            row = describe_row("progress", entry.id)
            figures = quoted_figures(entry.achievement or "", row)
            facts = {"text": entry.achievement}
            block = write_block(
                TEMPLATE, "achievement", facts, heading=project.name, sources=[row], figures=figures, key=row
            )
            told.append((entry.on, item.id, block))
        finished_on = material.finished_on(item)
        if not entries and finished_on and material.is_finished(item):
            told.append((finished_on, item.id, _finished(material, item, project)))
    return [block for *_, block in sorted(told, key=lambda entry: entry[:2])]


def _finished(material: YearMaterial, item: ItemRow, project: ProjectRow) -> Block:
    """Where nobody said what was achieved, the title says what was done."""
    row, text = describe_row("item", item.id), as_told(item.title, material.year)
    figures = quoted_figures(text, row)
    return write_block(
        TEMPLATE, "achievement", {"text": text}, heading=project.name, sources=[row], figures=figures, key=row
    )
