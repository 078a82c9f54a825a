"""Part five, 其他需要报告的情况: only where there is something to report."""

from models.items.item import Importance
from models.report.figure import count
from tasks.report.compiling.blocks import Block, write_block
from tasks.report.compiling.material import YearMaterial

TEMPLATE = "other"


def other(material: YearMaterial) -> list[Block]:
    """Major items that run on into the next year with their deadline still ahead."""
    crossing = [
        item
        for item in material.items
        if item.importance is Importance.MAJOR and not material.is_finished(item) and material.goes_on(item)
    ]
    if not crossing:
        return []
    items = count("跨年度重大任务", "项", "item", (item.id for item in crossing))
    facts = {"items": items, "titles": [item.title for item in crossing]}
    return [write_block(TEMPLATE, "crossing", facts, sources=items.rows, key="crossing")]
