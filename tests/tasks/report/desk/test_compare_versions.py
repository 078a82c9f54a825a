"""What differs between two versions, and between a version and its rows by now."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from models.database import unit_of_work
from models.errors import BadInputError
from models.ledgers.enforcement_case import EnforcementCase
from models.report.report import Report, SectionKind
from tasks.report.desk.compare_versions import Stretch, compare, figures_now, spans
from tasks.report.desk.edit_block import add_block, edit_block
from tasks.report.desk.mark_block import mark_internal, withdraw_block
from tests.desk import DeskYear, on_the_desk


@pytest.fixture
def desk(any_engine: Engine) -> Any:
    with unit_of_work(any_engine) as session:
        yield on_the_desk(session)


def versions(desk: DeskYear) -> list[Report]:
    return sorted(desk.session.exec(select(Report)), key=lambda report: report.version)


def test_a_version_does_not_differ_from_itself(desk: DeskYear) -> None:
    assert not compare(desk.session, desk.newest, desk.newest)
    assert figures_now(desk.session, desk.newest) == []


def test_text_and_figures_that_changed_are_told_word_by_word_and_row_by_row(desk: DeskYear) -> None:
    desk.year.study("10-10", "宪法")
    desk.year.compile("2026-01-15")
    older, newer = versions(desk)
    found = compare(desk.session, older, newer)
    [block] = found.blocks
    assert (block.key, block.what) == ("ledger:study", ("改文字",))
    assert [span for span in block.spans if span.what != "same"] == [
        Stretch("new", "“宪法”"), Stretch("gone", "2"), Stretch("new", "3"),
    ]  # fmt: skip
    [figure] = found.figures
    assert (figure.code, figure.before, figure.after) == ("study.studies", Decimal(2), Decimal(3))
    assert (figure.added, figure.removed, figure.changed) == (("study:3",), (), False)


def test_what_people_did_is_told_in_words(desk: DeskYear) -> None:
    desk.bind()
    report = desk.newest
    edit_block(desk.session, report, "overview", by=desk.by(), text="任务基本完成。", heading="总体情况")
    newest = desk.newest
    add_block(desk.session, newest, by=desk.by(), section=SectionKind.OTHER, text="另有一事。")
    withdraw_block(desk.session, newest, "deficiency:1", by=desk.by())
    mark_internal(desk.session, newest, "ledger:case", by=desk.by(), reason="内部")
    told = {block.key: block.what for block in compare(desk.session, report, newest).blocks}
    hand = next(key for key in told if key.startswith("hand:"))
    assert told == {
        "overview": ("改文字", "小标题“无”改为“总体情况”"), "deficiency:1": ("撤下",), "ledger:case": ("标为内部",),
        hand: ("新增",),
    }  # fmt: skip
    back = {block.key: block.what for block in compare(desk.session, newest, report).blocks}
    assert back[hand] == ("不再有",)


def test_a_row_that_changes_afterwards_shows_and_the_total_stays_as_it_was(desk: DeskYear) -> None:
    case = desk.session.exec(select(EnforcementCase)).first()
    assert case is not None
    case.fine += 10_000
    desk.session.flush()
    desk.year.case("11-11", case.procedure)
    changed = {figure.code: figure for figure in figures_now(desk.session, desk.newest)}
    assert (changed["case.cases"].before, changed["case.cases"].after) == (Decimal(13), Decimal(14))
    fines = changed["case.fines"]
    assert (fines.before, fines.after, fines.changed) == (Decimal(3), Decimal(4), True)
    assert figures_now(desk.session, desk.newest)[0].before == 13


def test_versions_of_different_reports_are_not_compared(desk: DeskYear) -> None:
    other = Report.model_validate(desk.newest.model_dump(exclude={"id"}) | {"year": 2024})
    with pytest.raises(BadInputError, match="同一单位同一年度"):
        compare(desk.session, desk.newest, other)


TEXTS = st.text(st.sampled_from("办理案件13起，。 ab"), max_size=30)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_difference(before: str, after: str) -> None:
    found = spans(before, after)

    assert "".join(span.text for span in found if span.what != "new") == before
    assert "".join(span.text for span in found if span.what != "gone") == after
    assert (not any(span.what != "same" for span in found)) == (before == after)
