"""Full-width punctuation on every paper of the supervision, in whatever text of it a half-width mark was typed."""

import re
from typing import Any

import pytest

from tasks.papers.facts import Content, from_facts, lay_out, to_facts
from tasks.papers.official_document import render
from tests.tasks.papers.papers import BRIEF, CIRCULAR, SHEET, SLIP, opened

_CHINESE = re.compile("[一-鿿]")


def half(value: Any) -> Any:
    """The same facts with half-width marks typed into every text."""
    if isinstance(value, str):
        return f"{value},因(二)" if _CHINESE.search(value) else value
    if isinstance(value, dict):
        return {name: half(one) for name, one in value.items()}
    return [half(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("content", [SHEET, SLIP, CIRCULAR, BRIEF], ids=lambda one: type(one).__name__)
def test_no_half_width_mark_is_left_beside_chinese(content: Content) -> None:
    word = opened(lay_out(from_facts(type(content), half(to_facts(content)))))
    said = "".join(text for text in word.element.body.itertext())

    assert ("，因（二）" in said, re.findall(r".{3}[,(]因?二?.?", said)) == (True, [])


@pytest.mark.parametrize("content", [SHEET, SLIP, CIRCULAR, BRIEF], ids=lambda one: type(one).__name__)
def test_what_is_full_width_already_stays(content: Content) -> None:
    assert render(lay_out(content)) == render(lay_out(from_facts(type(content), to_facts(content))))
