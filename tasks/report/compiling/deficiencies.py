"""Part two, 存在的不足和原因: what people recorded, then what the year's deadlines suggest."""

import datetime as dt
import re
from dataclasses import dataclass, replace

from models.report.figure import count
from models.report.report import describe_row
from tasks.report.compiling.blocks import Block, write_block
from tasks.report.compiling.material import ItemRow, ProjectRow, YearMaterial
from tasks.report.compiling.quoted import quoted_figures

TEMPLATE = "deficiencies"
_ORDINAL = re.compile(r"^[一二三四五六七八九十]{1,3}是[：:，,]?")


@dataclass(frozen=True)
class _Shortfall:
    """An item that was not done when it was to be: its first missed day, how many days it missed in all."""

    id: int
    title: str
    due_on: dt.date | None
    due_text: str | None
    done_on: dt.date | None
    turns: int


def deficiencies(material: YearMaterial) -> list[Block]:
    """Recorded deficiencies with their causes; besides, offered to whoever wants to say so, what each project did not
    finish in time."""
    blocks = []
    for recorded in material.deficiencies:
        row = describe_row("deficiency", recorded.id)
        text, cause = _ORDINAL.sub("", recorded.text.strip()), recorded.cause
        figures = quoted_figures(f"{text}。{cause or ''}", row)
        facts = {"text": text, "cause": cause}
        blocks.append(write_block(TEMPLATE, "recorded", facts, sources=[row], figures=figures, key=row))
    blocks = blocks or [write_block(TEMPLATE, "nothing_yet", {}, key="nothing:deficiencies")]
    for project in material.projects:
        items = material.items_by_project.get(project.id, [])
        shortfalls = [block for item in items if (block := _shortfall(material, item))]
        if shortfalls:
            blocks.append(_proposal(material, project, shortfalls))
    return blocks


def _proposal(material: YearMaterial, project: ProjectRow, shortfalls: list[_Shortfall]) -> Block:
    """The missed items of a project, with the last word that was recorded on each open one."""
    missed = count(f"{project.name}未按时完成任务"[:100], "项", "item", (item.id for item in shortfalls))
    open_ones = [item.id for item in shortfalls if item.done_on is None]
    last_words = [
        material.progress_by_item[item_id][-1] for item_id in open_ones if item_id in material.progress_by_item
    ]
    facts = {
        "year": material.year,
        "project": project.name,
        "missed": missed,
        "items": shortfalls,
        "causes": [entry.text for entry in last_words],
    }
    sources = [*missed.rows, *(describe_row("progress", entry.id) for entry in last_words)]
    block = write_block(TEMPLATE, "missed", facts, sources=sources, key=f"missed:project:{project.id}")
    return replace(block, offered=True)


def _shortfall(material: YearMaterial, item: ItemRow) -> _Shortfall | None:
    """What an item missed: a deadline, or, without any deadline, the whole year."""
    missed = material.missed(item)
    if missed:
        first = missed[0]
        return _Shortfall(item.id, item.title, first.due_on, item.due_text, first.done_on, len(missed))
    year_is_over = material.on > material.until
    if year_is_over and not material.is_finished(item) and not material.goes_on(item):
        return _Shortfall(item.id, item.title, None, item.due_text, material.finished_on(item), 1)
    return None
