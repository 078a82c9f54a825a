"""The days on which the law is made known every year (普法节点), as items of the new plan."""

from collections.abc import Iterator, Set

from models.dates.publicity_nodes import NODES, PublicityNode
from models.dates.workdays import WorkCalendar
from tasks.plan.opening.draft import Draft, Origin

PROJECT = "普法节点"
LEDGER = "publicity"
"""The ledger whose yearly terms are the same nodes."""


def from_nodes(year: int, calendar: WorkCalendar, decided: Set[str]) -> Iterator[Draft]:
    """An item for each node whose rule rests on a text, due on its last day; a day of rest is said so.

    Those whose code the office `decided` on are owed by its ledger, or not at all.
    """
    for node in NODES:
        if node.remembered or node.code in decided:
            continue
        last = node.due_on(year)
        note = None if calendar.is_working(last) else f"{last} 不是工作日（{calendar.why(last)}），请提前安排。"
        yield Draft(
            key=f"node:{node.code}",
            origin=Origin.NODE,
            title=f"开展{node.title}普法宣传",
            project=PROJECT,
            source=f"普法节点 {_span(node, year)}：{node.source}",
            note=note,
            due_on=last,
            due_text=f"{last.month}月{last.day}日前",
        )


def nodes_to_choose(year: int, decided: Set[str]) -> list[str]:
    """The nodes whose rule has to be checked first: which of them it follows is the office's choice."""
    return [f"{node.title}（{_span(node, year)}）" for node in NODES if node.remembered and node.code not in decided]


def _span(node: PublicityNode, year: int) -> str:
    first, last = node.first(year), node.due_on(year)
    until = "" if first == last else f"至{last.day}日"
    return f"{first.month}月{first.day}日{until}"
