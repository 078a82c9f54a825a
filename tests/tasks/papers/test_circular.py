"""The circular, opened again: parts in their order, tables with their rows, charts with their numbers."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from tasks.papers.circular import (
    ChangedRow,
    DepartmentRow,
    NextDeadlineRow,
    OverdueRow,
    TrendPoint,
    UnreportedRow,
    lay_out_circular,
)
from tasks.papers.official_document import render
from tests.tasks.papers.papers import (
    CIRCULAR,
    HOSTILE,
    cells,
    charts,
    names,
    numbers,
    opened,
    outline,
    said,
    shown,
    styled,
)

BARE = replace(
    CIRCULAR,
    issue="",
    number="",
    addressee="",
    departments=(),
    overdue=(),
    unfiled=(),
    changed=(),
    next_deadlines=(),
    praise=(),
    criticism=(),
    demands=(),
    trend=(),
)


def test_the_parts_follow_each_other() -> None:
    word = opened(lay_out_circular(CIRCULAR))

    assert outline(word) == [
        "一、总体情况",
        "二、各单位办理情况",
        "三、逾期事项",
        "四、未按期填报情况",
        "五、延期与中止事项",
        "六、下期到期事项",
        "七、表扬与批评",
        "（一）表扬",
        "（二）批评",
        "八、工作要求",
    ]
    assert [line.text for line in styled(word, "发文字号")] == ["第6期　督通〔2026〕6号"]
    assert [line.text for line in styled(word, "主送机关")] == ["局属各单位："]
    assert [line.text for line in word.paragraphs][-2:] == ["青禾县水务局", "2026年7月3日"]


def test_the_text_says_the_figures_in_plain_words() -> None:
    assert [line.text for line in styled(opened(lay_out_circular(CIRCULAR)), "Body Text")] == [
        "现将2026年6月（2026年6月1日至6月30日）督办事项办理情况通报如下。",
        "截至2026年6月30日，共有督办事项30项，其中已办结11项（本期办结4项），正常推进8项，临期5项，逾期3项，"
        "未开始2项，中止1项。未办结事项中有2项已申请办结、正在审核。按期办结率87.5%。",
        "逾期事项共1项。",
        "未按期填报进展共3项次，涉及2个单位。",
        "下期到期事项共1项。",
        "财务科提前完成规范性文件清理。",
        "供水科2项事项未按期填报。",
        "各单位要对照时限倒排工期。",
    ]


def test_the_tables_have_the_rows() -> None:
    departments, overdue, unfiled, changed, following = map(cells, opened(lay_out_circular(CIRCULAR)).tables)

    assert departments == [
        ["单位", "事项", "已办结", "逾期", "临期", "滞后", "未填报", "未签收", "得分", "排名"],
        ["供水科", "18", "6", "3", "3", "2", "1", "0", "88.5", "2"],
        ["财务科", "12", "5", "0", "2", "0", "0", "1", "100", "1"],
    ]
    assert overdue == [
        ["编号", "事项", "牵头单位", "承办人", "时限", "逾期情况", "已督办至"],
        ["2026-017", "二次供水改造", "供水科", "张伟", "6月19日", "逾期7个工作日", "第一责任人"],
    ]
    assert unfiled == [
        ["单位", "编号", "事项", "填报人", "应报期次", "应报日期"],
        ["供水科", "2026-018", "农村饮水", "刘洋", "6月", "6月25日"],
        ["供水科", "2026-019", "成本监审", "刘洋", "6月", "6月25日"],
        ["财务科", "2026-022", "资金支付", "周强", "6月", "6月25日"],
    ]
    assert changed == [
        ["类别", "编号", "事项", "牵头单位", "原时限", "现时限", "原因"],
        ["延期", "2026-011", "小流域治理", "供水科", "6月20日", "8月31日", "汛期停工"],
        ["中止", "2026-040", "移民后扶", "财务科", "7月31日", "", "计划未下达"],
    ]
    assert following == [
        ["编号", "事项", "牵头单位", "承办人", "时限"],
        ["2026-001", "半年报告", "财务科", "周强", "7月10日"],
    ]


def test_the_charts_have_the_numbers() -> None:
    word = opened(lay_out_circular(CIRCULAR))

    assert [(names(chart), numbers(chart)) for chart in charts(word)] == [
        (["5月", "6月"], {"当期办结": [3, 4], "期末逾期": [1, 3]}),
        (
            ["供水科", "财务科"],
            {"已办结": [6, 5], "正常": [4, 4], "临期": [3, 2], "逾期": [3, 0], "未开始": [1, 1], "中止": [1, 0]},
        ),
    ]
    assert said(word)[1] == (
        "各单位督办事项办理情况（项）。供水科：已办结6，正常4，临期3，逾期3，未开始1，中止1。"
        "财务科：已办结5，正常4，临期2，逾期0，未开始1，中止0。"
    )


def test_a_part_without_rows_says_so_or_is_left_out_and_no_number_is_missing() -> None:
    word = opened(lay_out_circular(BARE))

    assert outline(word) == ["一、总体情况", "二、逾期事项", "三、未按期填报情况", "四、下期到期事项"]
    assert [line.text for line in styled(word, "Body Text")][2:] == [
        "截至2026年6月30日，没有逾期事项。",
        "2026年6月各单位均按期填报进展。",
        "下期没有到期事项。",
    ]
    assert (word.tables, charts(word), styled(word, "发文字号"), styled(word, "主送机关")) == ([], [], [], [])


def test_what_is_nought_or_unknown_is_not_spoken_of() -> None:
    totals = replace(CIRCULAR.totals, not_started=0, suspended=0, in_review=0, on_time_share=None)

    assert [line.text for line in styled(opened(lay_out_circular(replace(BARE, totals=totals))), "Body Text")][1] == (
        "截至2026年6月30日，共有督办事项30项，其中已办结11项（本期办结4项），正常推进8项，临期5项，逾期3项。"
    )


def test_scores_and_ranks_have_columns_only_where_they_are_given() -> None:
    rows = (DepartmentRow("供水科", 3, 1, 1, 1, 0, 0, 0), DepartmentRow("财务科", 0, 0, 0, 0, 0, 0, 0))
    word = opened(lay_out_circular(replace(BARE, departments=rows)))

    assert cells(word.tables[0])[0] == ["单位", "事项", "已办结", "逾期", "临期", "滞后", "未填报", "未签收"]
    assert numbers(charts(word)[0]) == {"已办结": [1, 0], "临期": [1, 0], "逾期": [1, 0]}


@pytest.mark.parametrize(
    ("score", "written"), [(None, ""), ("100.00", "100"), ("88.50", "88.5"), ("66.666", "66.67"), ("0", "0")]
)
def test_a_score_has_two_decimals_at_most(score: str | None, written: str) -> None:
    points = None if score is None else Decimal(score)
    rows = (DepartmentRow("甲", 1, 1, 0, 0, 0, 0, 0, points), DepartmentRow("乙", 1, 1, 0, 0, 0, 0, 0, Decimal(1)))

    assert cells(opened(lay_out_circular(replace(BARE, departments=rows))).tables[0])[1][-1] == written


def test_units_without_items_draw_no_chart() -> None:
    word = opened(lay_out_circular(replace(BARE, departments=(DepartmentRow("甲", 0, 0, 0, 0, 0, 0, 0),))))

    assert (len(word.tables), charts(word)) == (1, [])


def test_many_units_are_drawn_in_several_charts() -> None:
    rows = tuple(DepartmentRow(f"科{place}", 1, 1, 0, 0, 0, 0, 0) for place in range(45))
    word = opened(lay_out_circular(replace(BARE, departments=rows)))

    assert [len(names(chart)) for chart in charts(word)] == [20, 20, 5]
    assert [name for chart in charts(word) for name in names(chart)] == [row.name for row in rows]
    assert [words.split("。")[0][-5:] for words in said(word)] == ["（1/3）", "（2/3）", "（3/3）"]


def test_hostile_text_stays_text() -> None:
    day = dt.date(2026, 1, 1)
    hostile = replace(
        CIRCULAR,
        organ=HOSTILE,
        issue=HOSTILE,
        number=HOSTILE,
        period_words=HOSTILE,
        addressee=HOSTILE,
        title=HOSTILE,
        departments=(DepartmentRow(HOSTILE, 1, 1, 0, 0, 0, 0, 0),),
        overdue=(OverdueRow(HOSTILE, HOSTILE, HOSTILE, HOSTILE, day, HOSTILE, HOSTILE),),
        unfiled=(UnreportedRow(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, day),),
        changed=(ChangedRow(HOSTILE, HOSTILE, HOSTILE, HOSTILE, None, None, HOSTILE),),
        next_deadlines=(NextDeadlineRow(HOSTILE, HOSTILE, HOSTILE, HOSTILE, day),),
        praise=(HOSTILE,),
        trend=(TrendPoint(HOSTILE, 1, 1),),
    )
    word = opened(lay_out_circular(hostile))

    held = shown(HOSTILE)
    assert [cells(table)[1] for table in word.tables[1:]] == [
        [held, held, held, held, "1月1日", held, held],
        [held, held, held, held, held, "1月1日"],
        [held, held, held, held, "", "", held],
        [held, held, held, held, "1月1日"],
    ]
    assert len(charts(word)) == 2


def test_the_same_circular_gives_the_same_file() -> None:
    assert render(lay_out_circular(CIRCULAR)) == render(lay_out_circular(replace(CIRCULAR)))
