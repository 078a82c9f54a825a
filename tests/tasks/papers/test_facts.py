"""Papers as facts: kept as JSON, and the same paper again from it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.ladder.policy import Colour
from tasks.papers.brief import Brief
from tasks.papers.circular import Circular, DepartmentRow, Totals
from tasks.papers.facts import KINDS, Content, from_facts, lay_out, to_facts
from tasks.papers.official_document import render
from tasks.papers.supervision_sheet import SupervisionSheet, UrgingSlip
from tests.tasks.papers.papers import BRIEF, CIRCULAR, SHEET, SLIP

PAPERS = {"sheet": SHEET, "urging": SLIP, "circular": CIRCULAR, "brief": BRIEF}


def kept(content: Content) -> Any:
    """The facts as a database gives them back."""
    return json.loads(json.dumps(to_facts(content), allow_nan=False))


def test_each_kind_of_paper_has_its_code() -> None:
    assert {code: type(content) for code, content in PAPERS.items()} == KINDS


@pytest.mark.parametrize("content", PAPERS.values(), ids=PAPERS)
def test_facts_give_the_same_paper_to_the_byte(content: Content) -> None:
    again = from_facts(type(content), kept(content))

    assert again == content
    assert render(lay_out(again)) == render(lay_out(content))


def test_facts_are_plain() -> None:
    facts = to_facts(SHEET)

    assert (facts["due_on"], facts["signed_on"], facts["colour"], facts["cooperating_units"]) == (
        "2026-06-30",
        None,
        "red",
        ["规划计划科", "财务科"],
    )
    assert to_facts(BRIEF)["red_rows"][1] == {
        "number": "2026-023",
        "title": "综合规划评估",
        "answerable": "规划科、赵敏",
        "due_words": "逾期4个工作日",
    }


NUMBERS = st.decimals(0, 1000, places=10)
ANY_CIRCULAR = st.builds(
    Circular,
    totals=st.builds(Totals, on_time_share=st.none() | NUMBERS),
    departments=st.lists(st.builds(DepartmentRow, score=st.none() | NUMBERS), max_size=2).map(tuple),
)
ANY_PAPER: st.SearchStrategy[Content] = st.one_of(
    st.builds(SupervisionSheet), st.builds(UrgingSlip), ANY_CIRCULAR, st.builds(Brief)
)


@given(ANY_PAPER)
@settings(max_examples=60, deadline=None)
def test_any_content_comes_back_from_its_facts(content: Content) -> None:
    assert from_facts(type(content), kept(content)) == content


def test_facts_older_than_a_field_take_its_default() -> None:
    facts = kept(SHEET)
    for name in ("reply", "signed_by", "signed_on"):
        del facts[name]

    assert from_facts(SupervisionSheet, facts) == SHEET


@pytest.mark.parametrize(
    "damage",
    [
        lambda facts: facts.pop("matter"),
        lambda facts: facts.update(due_on="2026-02-30"),
        lambda facts: facts.update(colour="green"),
        lambda facts: facts.update(cooperating_units=[None]),
    ],
    ids=["missing", "no such day", "no such colour", "no text"],
)
def test_facts_of_another_kind_are_refused(damage: Callable[[dict[str, Any]], None]) -> None:
    facts = kept(SHEET)
    damage(facts)

    with pytest.raises(ValueError, match="1 validation error for SupervisionSheet"):
        from_facts(SupervisionSheet, facts)


def test_a_colour_comes_back_as_the_colour_it_was() -> None:
    assert from_facts(SupervisionSheet, kept(SHEET)).colour is Colour.RED
