"""Whether evidence suffices: the rule of an item's class, decided purely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.items.evidence import Category


@dataclass(frozen=True)
class EvidencePiece:
    """A piece that counts: neither replaced nor rejected nor expired."""

    category: Category


def shortfall(rule: Mapping[str, Any], pieces: Sequence[EvidencePiece]) -> str:
    """What is missing, in words; empty where the rule is met.

    A rule asks for so many `pieces`, and for one at least of each of its `categories`.
    """
    wanted = int(rule.get("pieces", 0))
    missing = [f"应有 {wanted} 件，现有 {len(pieces)} 件"] if len(pieces) < wanted else []
    present = {piece.category for piece in pieces}
    absent = [category for code in rule.get("categories", []) if (category := Category(code)) not in present]
    if absent:
        missing.append(f"缺少{'、'.join(category.label for category in absent)}类材料")
    return "；".join(missing)
