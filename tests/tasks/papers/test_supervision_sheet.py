"""Supervision sheets and urging slips, opened again: every field in its cell, one page, the colour with its word."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from models.ladder.policy import Colour
from tasks.papers import paper
from tasks.papers.forms import Form, form_height
from tasks.papers.official_document import OfficialDocument, render, title_lines
from tasks.papers.supervision_sheet import SupervisionSheet, UrgedItem, lay_out_sheet, lay_out_urging
from tests.tasks.papers.papers import HOSTILE, SHEET, SLIP, cells, opened, shown, styled


def laid(**changed: Any) -> list[list[str]]:
    return cells(opened(lay_out_sheet(replace(SHEET, **changed))).tables[0])


def height(document: OfficialDocument) -> int:
    """Title, form and closing, in twips."""
    lines = len(title_lines(document.title)) + 1 + 3
    return lines * paper.LINE_PITCH + sum(form_height(block) for block in document.body if isinstance(block, Form))


def test_every_field_of_a_sheet_stands_beside_its_label() -> None:
    word = opened(lay_out_sheet(SHEET))

    assert [line.text for line in styled(word, "Title")] == ["青禾县水务局红色督办单"]
    assert cells(word.tables[0]) == [
        ["督办等级：红色　　逾期7个工作日"],
        ["文号", "青水督〔2026〕3号", "反馈周期", "每月25日前"],
        ["督办事项", "城区二次供水设施改造工程（任务2026-017）"],
        ["督办内容", SHEET.content],
        ["批示领导", "王建国（局长）", "牵头领导", "李明（副局长）"],
        ["牵头单位", "供水科", "配合领导", "赵敏（总工程师）"],
        ["配合单位", "规划计划科、财务科"],
        ["完成时限", "2026年6月30日\n（原定2026年5月31日）", "回复期限", "2026年7月16日"],
        ["办理要求", SHEET.requirement],
        ["联系人", "陈芳", "联系电话", "12345678"],
        ["承办单位反馈", "负责人签字：　　　　　　　　（盖章）　　　　年　　月　　日"],
        ["签收人", "", "签收时间", "　　年　　月　　日　　时"],
    ]
    assert [line.text for line in word.paragraphs][-2:] == ["青禾县水务局", "2026年7月9日"]


def test_what_came_back_stands_on_a_sheet_that_is_filed() -> None:
    rows = laid(reply="已完成招标。", signed_by="张伟", signed_on=dt.date(2026, 7, 10))

    assert rows[-2:] == [
        ["承办单位反馈", "已完成招标。\n负责人签字：　　　　　　　　（盖章）　　　　年　　月　　日"],
        ["签收人", "张伟", "签收时间", "2026年7月10日"],
    ]


@pytest.mark.parametrize(
    ("colour", "band", "fill"),
    [
        (Colour.BLUE, "督办等级：蓝色　　逾期7个工作日", "1565C0"),
        (Colour.YELLOW, "督办等级：黄色　　逾期7个工作日", "9A6700"),
        (Colour.ORANGE, "督办等级：橙色　　逾期7个工作日", "C75B12"),
        (Colour.RED, "督办等级：红色　　逾期7个工作日", "B3261E"),
    ],
)
def test_the_colour_of_a_sheet_comes_with_its_word(colour: Colour, band: str, fill: str) -> None:
    [table] = opened(lay_out_sheet(replace(SHEET, colour=colour))).tables

    assert cells(table)[0] == [band]
    assert [shade.get(qn("w:fill")) for shade in table._tbl.iter(qn("w:shd"))] == [fill]


def test_a_sheet_without_a_colour_says_in_its_cell_how_the_due_day_stands() -> None:
    rows = laid(colour=Colour.NONE, original_due_on=None)

    assert rows[0] == ["文号", "青水督〔2026〕3号", "反馈周期", "每月25日前"]
    assert rows[6] == ["完成时限", "2026年6月30日\n逾期7个工作日", "回复期限", "2026年7月16日"]


def test_a_sheet_that_is_not_overdue_bears_the_colour_alone() -> None:
    assert laid(overdue_words="")[0] == ["督办等级：红色"]


def test_what_is_not_known_leaves_its_cell_empty() -> None:
    rows = laid(
        instructing_leaders="", cooperating_leaders="", cooperating_units=(), reply_by=None, original_due_on=None
    )

    assert rows[4:8] == [
        ["批示领导", "", "牵头领导", "李明（副局长）"],
        ["牵头单位", "供水科", "配合领导", ""],
        ["配合单位", ""],
        ["完成时限", "2026年6月30日", "回复期限", ""],
    ]


def test_a_long_name_has_the_kind_of_paper_on_a_line_of_its_own() -> None:
    document = lay_out_sheet(replace(SHEET, organ="青禾县市场监督管理综合行政执法大队"))

    assert title_lines(document.title) == ("青禾县市场监督管理综合行政执法大队", "红色督办单")


@given(st.integers(0, 60), st.integers(0, 120), st.integers(0, 90), st.sampled_from(Colour))
@settings(max_examples=50, deadline=None)
def test_a_sheet_of_ordinary_length_stays_on_one_page(
    matter: int, content: int, requirement: int, colour: Colour
) -> None:
    sheet = replace(SHEET, matter="事" * matter, content="内" * content, requirement="求" * requirement, colour=colour)

    assert height(lay_out_sheet(sheet)) <= paper.TEXT_HEIGHT


def test_the_less_a_sheet_says_the_more_room_the_reply_has() -> None:
    def reply(sheet: SupervisionSheet) -> int:
        [form] = lay_out_sheet(sheet).body
        assert isinstance(form, Form)
        return form.rows[-2].lines

    short = replace(SHEET, content="短", requirement="", original_due_on=None, colour=Colour.NONE)
    assert (reply(replace(SHEET, content="长" * 500)), reply(SHEET), reply(short)) == (4, 5, 7)


def test_the_items_of_a_slip_stand_in_a_table_over_what_is_asked() -> None:
    word = opened(lay_out_urging(SLIP))
    items, form = word.tables

    assert cells(items) == [
        ["序号", "编号", "事项", "牵头单位", "承办人", "时限", "现状", "催办次数"],
        ["1", "2026-017", "二次供水改造", "供水科", "张伟", "6月30日", "逾期7个工作日", "2"],
        ["2", "2025-031", "供水成本监审", "供水科", "刘洋", "2025.12.31", "未填报6月进展", "1"],
    ]
    assert cells(form) == [
        ["催办要求", "请说明未办结原因、目前进展和预计完成时间。"],
        ["文号", "催办〔2026〕5号", "回复期限", "2026年7月12日"],
        ["联系人", "陈芳", "联系电话", "12345678"],
        ["承办单位回复", "负责人签字：　　　　　　　　（盖章）　　　　年　　月　　日"],
        ["签收人", "", "签收时间", "　　年　　月　　日　　时"],
    ]
    assert [line.text for line in word.paragraphs if line.text] == [
        "青禾县水务局催办单",
        "供水科：",
        "下列2项督办事项需抓紧办理，请于2026年7月12日前书面回复。",
        "青禾县水务局",
        "2026年7月9日",
    ]


def test_hostile_text_stays_text() -> None:
    texts = dict.fromkeys(
        ("kind", "number", "matter", "content", "lead_leader", "requirement", "contact", "reply"), HOSTILE
    )
    rows = laid(**texts, cooperating_units=(HOSTILE,))
    slip = replace(
        SLIP, items=(UrgedItem(HOSTILE, HOSTILE, HOSTILE, HOSTILE, dt.date(2026, 1, 1), HOSTILE, 1),), demand=HOSTILE
    )
    items, form = opened(lay_out_urging(slip)).tables

    held = shown(HOSTILE)
    assert [rows[place][1] for place in (1, 2, 3, 6, 8, 9)] == [held] * 6
    assert cells(items)[1] == ["1", held, held, held, held, "1月1日", held, "1"]
    assert cells(form)[0] == ["催办要求", held]


def test_the_same_sheet_gives_the_same_file() -> None:
    assert render(lay_out_sheet(SHEET)) == render(lay_out_sheet(replace(SHEET)))
    assert render(lay_out_urging(SLIP)) == render(lay_out_urging(replace(SLIP)))


def test_marks_typed_in_half_width_are_full_width_on_both_papers() -> None:
    sheet = replace(SHEET, content="逾期的,说明原因;初稿(2版)报送:供水科", requirement="请查明原因,采取措施")
    said = repr(cells(opened(lay_out_sheet(sheet)).tables[0]))
    assert "逾期的，说明原因；初稿（2版）报送：供水科" in said
    assert "请查明原因，采取措施" in said
    slip = replace(
        SLIP, demand="抓紧办理,书面回复", items=(replace(SLIP.items[0], title="整治(一期)"), *SLIP.items[1:])
    )
    told = repr([cells(table) for table in opened(lay_out_urging(slip)).tables])
    assert "抓紧办理，书面回复" in told
    assert "整治（一期）" in told
