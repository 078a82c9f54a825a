"""Whether evidence suffices: so many pieces, and one at least of each kind asked for."""

from typing import Any

import pytest

from models.items.evidence import Category
from models.items.sufficiency import EvidencePiece, shortfall

ONE, OTHER = list(Category)[:2]


@pytest.mark.parametrize(
    ("rule", "pieces", "missing"),
    [
        ({}, [], ""),
        ({"pieces": 1}, [ONE], ""),
        ({"pieces": 2}, [ONE], "应有 2 件，现有 1 件"),
        ({"categories": [ONE.value]}, [ONE, ONE], ""),
        ({"categories": [ONE.value, OTHER.value]}, [OTHER], f"缺少{ONE.label}类材料"),
        ({"categories": [ONE.value, OTHER.value]}, [], f"缺少{ONE.label}、{OTHER.label}类材料"),
        ({"pieces": 2, "categories": [OTHER.value]}, [ONE], f"应有 2 件，现有 1 件；缺少{OTHER.label}类材料"),
    ],
)
def test_what_is_missing_is_said(rule: dict[str, Any], pieces: list[Category], missing: str) -> None:
    assert shortfall(rule, [EvidencePiece(category) for category in pieces]) == missing
