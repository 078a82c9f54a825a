"""Who wrote which sentence."""

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from models.report.report import SectionKind
from tasks.report.compiling.authorship import TextChange, authorship
from tasks.report.desk.arrange_blocks import merge_blocks, split_block
from tasks.report.desk.edit_block import add_block, edit_block
from tasks.report.desk.mark_block import adopt_compiled
from tasks.report.desk.show_edits import edits_of_year, history_of
from tests.desk import CHEN, LIU, DeskYear, on_the_desk


@pytest.mark.parametrize(
    ("text", "steps", "found"),
    [
        ("甲。乙。", [], [("甲。", None), ("乙。", None)]),
        ("甲。丙。", [TextChange("陈", "甲。乙。", "甲。丙。")], [("甲。", None), ("丙。", "陈")]),
        (
            "丙。丁。",
            [TextChange("陈", "甲。乙。", "丙。乙。"), TextChange("刘", "丙。乙。", "丙。丁。")],
            [("丙。", "陈"), ("丁。", "刘")],
        ),
        (
            "丙。",
            [TextChange("陈", "甲。", "丙。"), TextChange("刘", "丙。", "丁。"), TextChange("刘", "丁。", "丙。")],
            [("丙。", "刘")],
        ),
        ("新文。", [TextChange("陈", "甲。", "丙。"), TextChange(None, "丙。", "新文。")], [("新文。", None)]),
    ],
)
def test_a_sentence_belongs_to_the_last_who_put_it_in(
    text: str, steps: list[TextChange], found: list[tuple[str, str | None]]
) -> None:
    assert authorship(text, ["甲。乙。"], steps) == found


def written(desk: DeskYear, key: str) -> list[tuple[str, str | None]]:
    return list(history_of(desk.block(key), edits_of_year(desk.session, desk.newest)).sentences)


def test_a_sentence_stays_its_authors_through_merging_splitting_and_recompiling(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        desk = on_the_desk(session)
        own = desk.block("ledger:study").text
        study = desk.newest
        edit_block(session, study, "ledger:study", by=desk.by(CHEN), text=f"{own}成效较好。")
        added = add_block(
            session, study, by=desk.by(LIU), section=SectionKind.ACHIEVEMENTS, text="另办讲座。", after="ledger:study"
        )
        merge_blocks(session, study, "ledger:study", by=desk.by(CHEN), with_=added.key)
        expected = [(own, None), ("成效较好。", CHEN), ("另办讲座。", LIU)]
        assert written(desk, "ledger:study") == expected
        _, other = split_block(session, study, "ledger:study", by=desk.by(CHEN), at=len(own))
        assert written(desk, other.key) == expected[1:]
        desk.year.study("10-10", "宪法")
        desk.year.compile("2026-01-16")
        assert written(desk, other.key) == expected[1:]
        adopt_compiled(session, desk.newest, "ledger:study", by=desk.by(LIU))
        assert [author for _, author in written(desk, "ledger:study")] == [None]
