"""The brief, opened again: the counts, four lists, one page whatever there is to say."""

import datetime as dt
from dataclasses import replace

from docx.enum.table import WD_ROW_HEIGHT_RULE
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.papers import paper
from tasks.papers.brief import Brief, InstructionRow, NextRow, RedRow, WaitingRow, lay_out_brief, share_out
from tasks.papers.forms import Form, form_height
from tasks.papers.official_document import Heading, OfficialDocument, Table, render, title_lines
from tasks.papers.tables import row_height
from tests.tasks.papers.papers import BRIEF, HOSTILE, cells, opened, outline

DAY = dt.date(2025, 12, 31)


def full(count: int, text: str = "事项") -> Brief:
    return replace(
        BRIEF,
        organ=text,
        person=text,
        red_rows=(RedRow(*[text] * 4),) * count,
        waiting_rows=(WaitingRow(text, text, text, DAY),) * count,
        instruction_rows=(InstructionRow(DAY, text, text, DAY, text, text),) * count,
        next_rows=(NextRow(DAY, text, text, text),) * count,
    )


def height(document: OfficialDocument) -> int:
    """Of the whole document, in twips: every row of its tables has a fixed height."""
    total = (len(title_lines(document.title)) + 1) * paper.LINE_PITCH
    for block in document.body:
        if isinstance(block, Form):
            total += form_height(block)
        elif isinstance(block, Table):
            total += row_height(1) + len(block.rows) * row_height(block.lines) + paper.GAP
        else:
            assert isinstance(block, Heading)
            total += paper.LINE_PITCH
    return total


def test_a_brief_has_the_counts_and_four_lists() -> None:
    word = opened(lay_out_brief(BRIEF))
    head, red, waiting, instructions, following = map(cells, word.tables)

    assert word.paragraphs[0].text == "青禾县水务局督办工作简报"
    assert outline(word) == [
        "一、红灯事项（12项，另有10项未列）",
        "二、待您处理（1项）",
        "三、批示办理（2项）",
        "四、近期到期（1项）",
    ]
    assert head == [
        ["呈报", "王建国局长", "日期", "2026年7月9日"],
        ["红灯事项", "12项", "待您处理", "1项", "批示待复", "2项"],
    ]
    assert red == [
        ["编号", "事项", "牵头单位、领导", "时限情况"],
        ["2026-017", "二次供水改造", "供水科、李明", "逾期7个工作日"],
        ["2026-023", "综合规划评估", "规划科、赵敏", "逾期4个工作日"],
    ]
    assert waiting == [
        ["类别", "事项", "提请人", "提请日期"],
        ["延期审批", "小流域治理延至8月31日", "周强", "7月3日"],
    ]
    assert instructions == [
        ["日期", "批示内容", "事项", "时限", "状态", "办理结果"],
        ["6月20日", "一周内拿出招标方案。", "二次供水改造", "7月10日", "办理中", "方案已报"],
        ["2025.12.30", "请说明原因。", "综合规划", "", "待签收", ""],
    ]
    assert following == [
        ["时限", "编号", "事项", "牵头单位、领导"],
        ["7月10日", "2026-001", "半年报告", "财务科、赵敏"],
    ]


def test_a_brief_with_nothing_to_say_says_so() -> None:
    word = opened(lay_out_brief(Brief("青禾县水务局", "王建国", dt.date(2026, 7, 9), 0, 0, 0)))

    assert outline(word) == ["一、红灯事项：无。", "二、待您处理：无。", "三、批示办理：无。", "四、近期到期：无。"]
    assert len(word.tables) == 1


def test_a_count_without_rows_stands_alone() -> None:
    word = opened(lay_out_brief(replace(full(0), red=3, waiting=0)))

    assert outline(word)[:2] == ["一、红灯事项（3项）", "二、待您处理：无。"]


def test_what_finds_no_room_is_counted() -> None:
    word = opened(lay_out_brief(replace(full(30), red=40, waiting=30)))

    shown = [len(table.rows) - 1 for table in word.tables[1:]]
    assert shown == [4, 3, 3, 3]
    assert outline(word) == [
        "一、红灯事项（40项，另有36项未列）",
        "二、待您处理（30项，另有27项未列）",
        "三、批示办理（30项，另有27项未列）",
        "四、近期到期（30项，另有27项未列）",
    ]


def test_a_list_that_stands_nearly_alone_has_the_page() -> None:
    only = replace(full(0), red=0, waiting=0, red_rows=full(30).red_rows)

    assert len(opened(lay_out_brief(only)).tables[1].rows) - 1 == 20


@given(st.text(max_size=600) | st.just(HOSTILE), st.integers(0, 40), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_a_brief_is_one_page_whatever_it_says(text: str, rows: int, red: int) -> None:
    document = lay_out_brief(replace(full(rows, text), red=red))

    assert height(document) <= paper.TEXT_HEIGHT
    fixed = [row.height_rule for table in opened(document).tables[1:] for row in table.rows[1:]]
    assert set(fixed) <= {WD_ROW_HEIGHT_RULE.EXACTLY}


def test_long_titles_are_cut_off() -> None:
    [_, red, *_] = opened(lay_out_brief(full(1, HOSTILE))).tables

    assert cells(red)[1] == ["甲<w:…", "甲<w:p/>&\"'长标题WW长标题…", "甲<w:p/>&\"'长…", "甲<w:p/>&\"'…"]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 40)), min_size=1, max_size=6), st.integers(0, 500))
def test_rows_are_shared_out_in_turn_and_fit(lists: list[tuple[int, int]], room: int) -> None:
    wanted, heights = [want for want, _ in lists], [high for _, high in lists]
    shown = share_out(wanted, heights, room)

    left = room - sum(count * high for count, high in zip(shown, heights, strict=True))
    assert left >= 0
    assert all(count == want or high > left for count, want, high in zip(shown, wanted, heights, strict=True))


def test_the_same_brief_gives_the_same_file() -> None:
    assert render(lay_out_brief(BRIEF)) == render(lay_out_brief(replace(BRIEF)))
