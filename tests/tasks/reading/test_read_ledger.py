"""Reading ledgers as offices keep them: headings, merged cells, gaps, units, and what is refused where."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from models.items.item import Importance
from models.secrecy import marking
from tasks.reading.item_list import ItemList, ListRow
from tasks.reading.ledger import read_ledger
from tasks.reading.names import split_names
from tasks.reading.sheet import Cell, Sheet, open_workbook
from tasks.reading.units import Units, read_units
from tests.ledgers import HEADER, YEAR, write_xlsx


def read(*rows: tuple[Cell, ...]) -> ItemList:
    width = max(len(row) for row in rows)
    return read_ledger([Sheet("台账", [[*row] + [""] * (width - len(row)) for row in rows])], year=YEAR)


def only(found: ItemList) -> ListRow:
    assert found.errors == []
    (row,) = found.rows
    return row


TASK = "开展案卷评查"
JUNE = dt.date(YEAR, 6, 30)

COLUMN_SETS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "a list of key tasks of a provincial office",
        {
            "工作目标": TASK,
            "牵头处室": "法规处",
            "协办单位": "办公室",
            "计划进度": "x",
            "专班组成": "y",
            "完成时限": "6月底前",
            "分管领导": "陆明",
        },
        {"title": TASK, "lead": "法规处", "cooperating": ("办公室",), "leaders": "陆明"},
    ),
    (
        "a breakdown table of a county",
        {
            "序号": 80,
            "目标与任务": TASK,
            "分 管 县领导": "陆 明俞 悦",
            "牵头责任单位": "县教育局",
            "责任单位": "县各有关单位",
        },
        {"number": "80", "title": TASK, "leaders": "陆 明俞 悦", "lead": "县教育局", "cooperating": ("县各有关单位",)},
    ),
    (
        "category and leader",
        {"类别": "法治", "任务内容": TASK, "牵头领导": "陆明", "责任单位": "法规科、办公室"},
        {"project": "法治", "title": TASK, "leaders": "陆明", "lead": "法规科", "cooperating": ("办公室",)},
    ),
    (
        "leading and cooperating units",
        {"任务": TASK, "牵头单位": "法规科", "配合单位": "办公室、各有关部门", "完成时限": "6月底前"},
        {"title": TASK, "lead": "法规科", "cooperating": ("办公室", "各有关部门")},
    ),
    (
        "leader and person",
        {"任务": TASK, "责任领导": "俞悦", "责任人": "李四"},
        {"leaders": "俞悦", "handler": "李四"},
    ),
    (
        "city leader and quarters",
        {"工作任务": TASK, "牵头单位": "甲局", "责任单位": "乙局", "分管市领导": "陆明", "时间节点": "上半年"},
        {"lead": "甲局", "cooperating": ("乙局",), "leaders": "陆明"},
    ),
    (
        "a running ledger",
        {"工作目标及任务要求": TASK, "工作动态": "x", "资金使用情况": "y", "工作进度": "已完成", "责任人": "李四"},
        {"title": TASK, "handler": "李四", "percent": None},
    ),
    (
        "a running ledger that names nobody",
        {"工作目标及任务要求": TASK, "工作动态": "x", "资金使用情况": "y", "工作进度": "已完成"},
        {"title": TASK, "handler": None, "percent": None},
    ),
    (
        "a register of supervised matters",
        {
            "编号": "2026-Q3-007",
            "督查内容": TASK,
            "任务来源": "会议纪要",
            "收文时间": "x",
            "承办单位": "法规科",
            "办复要求": "6月30日前",
        },
        {"number": "2026-Q3-007", "title": TASK, "source": "会议纪要", "lead": "法规科"},
    ),
    (
        "a list of publicity duties",
        {"普法责任主体": "法规科", "普法内容": TASK, "完成时限": "6月底前"},
        {"title": TASK, "lead": "法规科"},
    ),
    (
        "a supervision sheet",
        {
            "督办事项": "评查",
            "督办内容": TASK,
            "牵头领导": "陆明",
            "配合领导": "俞悦",
            "牵头单位": "法规科",
            "交办时限": "6月底前",
            "督办联系人": "李四",
        },
        {"title": "评查", "deliverable": TASK, "leaders": "陆明、俞悦", "handler": "李四"},
    ),
    (
        "the columns users expect",
        {
            "序号": 1,
            "任务来源": "会议",
            "一级分类": "法治",
            "二级分类": "执法",
            "任务内容": TASK,
            "具体举措": "逐卷评查",
            "预期成果": "通报",
            "牵头领导": "陆明",
            "牵头单位": "法规科",
            "配合单位": "办公室",
            "联系人": "李四",
            "电话": "1",
            "开始时间": "3月",
            "完成时限": "6月底前",
            "佐证材料": "评查表",
            "备注": "注",
        },
        {
            "project": "法治 / 执法",
            "deliverable": "通报",
            "evidence_rule": "评查表",
            "note": "注",
            "handler": "李四",
            "start_on": dt.date(YEAR, 3, 1),
            "source": "会议",
        },
    ),
    (
        "English headings",
        {
            "No.": 1,
            "Project": "法治",
            "Title": TASK,
            "Lead": "法规科",
            "Leader": "陆明",
            "Handler": "李四",
            "Deadline": "6月底前",
        },
        {"number": "1", "project": "法治", "title": TASK, "lead": "法规科", "leaders": "陆明", "handler": "李四"},
    ),
]


@pytest.mark.parametrize(
    ("cells", "expected"), [case[1:] for case in COLUMN_SETS], ids=[case[0] for case in COLUMN_SETS]
)
def test_every_known_set_of_columns_is_read(cells: dict[str, Any], expected: dict[str, Any]) -> None:
    row = only(read(tuple(cells), tuple(cells.values())))

    timed = not {"6月底前", "6月30日前", "上半年"}.isdisjoint(cells.values())
    assert {name: getattr(row, name) for name in expected} == expected
    assert (row.due.due_on if row.due else None) == (JUNE if timed else None)


@pytest.mark.parametrize("heading", ["完成\n时限", " 完 成 时 限 ", "完成时限（必填）", "*完成时限", "完成时限："])
def test_a_heading_is_known_however_it_is_squeezed_into_its_column(heading: str) -> None:
    due = only(read(("任务内容", heading), (TASK, "6月底前"))).due

    assert due is not None
    assert due.due_on == JUNE


def test_columns_that_say_nothing_are_reported() -> None:
    assert read(("任务内容", "完成时限", "资金", "状态"), (TASK, "6月底前", 5, "拟办")).ignored_columns == ["资金"]


def test_a_title_and_a_unit_line_may_stand_above_the_header() -> None:
    row = only(
        read(
            ("2026年任务分解表",),
            ("单位：某局", "", "2026年1月"),
            (),
            ("序号", "任务内容", "牵头单位"),
            (3, TASK, "法规科"),
        )
    )

    assert (row.row, row.number, row.lead) == (5, "3", "法规科")


def test_a_header_of_two_rows_with_a_merged_group_is_read(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx",
        [
            ["序号", "任务内容", "责任分工", None, "完成时限"],
            [None, None, "牵头单位", "配合单位", None],
            [1, TASK, "法规科", "办公室", "6月底前"],
        ],
        merged=["A1:A2", "B1:B2", "C1:D1", "E1:E2"],
    )

    row = only(read_ledger(open_workbook(path), year=YEAR))

    assert (row.row, row.title, row.lead, row.cooperating) == (3, TASK, "法规科", ("办公室",))
    assert row.due is not None


def test_merged_projects_leaders_and_days_hold_for_all_their_rows(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx",
        [
            HEADER,
            [1, "法治学习", "甲", "陆明", "法规科", None, None, "6月底前"],
            [2, None, "乙"],
            [5, None, "丙"],
            [6, "普法", "丁"],
        ],
        merged=["B2:B4", "D2:D3", "H2:H4"],
    )

    rows = read_ledger(open_workbook(path), year=YEAR).rows

    assert [(row.number, row.project, row.leaders, row.due is not None) for row in rows] == [
        ("1", "法治学习", "陆明", True),
        ("2", "法治学习", "陆明", True),
        ("5", "法治学习", None, True),
        ("6", "普法", None, False),
    ]


def test_section_titles_name_the_project_and_footnotes_nothing() -> None:
    found = read(
        ("序号", "任务内容", "牵头单位"),
        ("一、法治学习", "", ""),
        (1, "甲", "法规科"),
        ("", "（二）执法", ""),
        (2, "乙", "法规科"),
        ("合计：2项", "", ""),
        ("注：按季度调度", "", ""),
    )

    assert [(row.number, row.project) for row in found.rows] == [("1", "法治学习"), ("2", "执法")]
    assert found.errors == []


def test_a_lone_task_without_number_is_still_a_task() -> None:
    row = only(read(("序号", "任务内容", "牵头单位"), ("", TASK, "")))

    assert (row.number, row.title, row.lead) == (None, TASK, None)


def test_examples_and_empty_prepared_rows_are_skipped() -> None:
    assert [
        row.number for row in read(("序号", "任务内容"), ("示例1", "x"), ("示例", "y"), (1, TASK), (2, ""), ()).rows
    ] == ["1"]


@pytest.mark.parametrize(
    ("cell", "number"), [(1.0, "1"), (12, "12"), ("3、", "3"), ("4.", "4"), (" 3-2 ", "3-2"), ("", None)]
)
def test_a_number_is_the_office_s_own_text(cell: Any, number: str | None) -> None:
    assert only(read(("序号", "任务内容"), (cell, TASK))).number == number


@pytest.mark.parametrize(
    ("text", "due_on", "recurrence", "unconfirmed"),
    [
        ("6月底前", JUNE, None, False),
        ("12月4日前", dt.date(YEAR, 12, 4), None, False),
        ("上半年", JUNE, None, False),
        ("全年", dt.date(YEAR, 12, 31), None, False),
        ("长期坚持", dt.date(YEAR, 12, 31), None, False),
        ("每季度", None, "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", False),
        ("每月25日前", None, "FREQ=MONTHLY;BYMONTHDAY=25", False),
        ("每季度（待确认）", None, "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", True),
        ("定期", None, None, True),
        (JUNE, JUNE, None, False),
    ],
)
def test_a_due_cell_is_definite_unless_it_only_says_from_time_to_time(
    text: Any, due_on: dt.date | None, recurrence: str | None, unconfirmed: bool
) -> None:
    due = only(read(("任务内容", "完成时限"), (TASK, text))).due

    assert due is not None
    assert (due.due_on, due.recurrence, due.unconfirmed) == (due_on, recurrence, unconfirmed)
    assert ("待确认" in due.note) == unconfirmed


@pytest.mark.parametrize(
    ("due", "cycle", "expected"),
    [
        ("", "每季度", None),
        ("6月底前", "一次性反馈", JUNE),
        ("6月底前", "", JUNE),
        ("12月底前", "每季度", dt.date(YEAR, 12, 31)),
        (f"{YEAR}-06-30", "每季度", JUNE),
        (JUNE, "每季度", JUNE),
    ],
)
def test_the_column_of_the_period_adds_to_the_due_day(due: str | dt.date, cycle: str, expected: dt.date | None) -> None:
    found = only(read(("任务内容", "交办时限", "反馈周期"), (TASK, due, cycle))).due

    assert found is not None
    assert found.due_on == expected
    assert (found.recurrence is not None) == (cycle == "每季度")


@pytest.mark.parametrize(
    ("cell", "value", "unit"),
    [
        ("≥4次", 4, "次"),
        ("2 次", 2, "次"),
        ("不少于20人", 20, "人"),
        (3.0, 3, None),
        ("60%", 60, "%"),
        ("5场以上", 5, "场"),
    ],
)
def test_a_target_is_a_number_with_its_unit(cell: Any, value: float, unit: str | None) -> None:
    target = only(read(("任务内容", "目标值"), (TASK, cell))).target

    assert target == (value, unit)


def test_the_unit_of_a_target_may_have_its_own_column() -> None:
    assert only(read(("任务内容", "数量", "单位"), (TASK, 4, "场"))).target == (4, "场")
    assert only(read(("任务内容", "单位"), (TASK, "法规科"))).lead == "法规科"


@pytest.mark.parametrize(("cell", "points"), [(0.6, 60), (60, 60), ("60%", 60), ("1%", 1), (0, 0), (100, 100)])
def test_progress_is_read_in_points(cell: Any, points: int) -> None:
    assert only(read(("任务内容", "完成进度（%）"), (TASK, cell))).percent == points


def test_importance_is_one_of_three_words() -> None:
    assert only(read(("任务内容", "重要程度"), (TASK, "重大"))).importance is Importance.MAJOR


def test_a_row_that_holds_only_spaces_is_no_item() -> None:
    found = read(("任务内容", "责任人", "备注"), (TASK, "李四", ""), (" ", "", "  "), ("", "", "\u3000"))

    assert only(found).title == TASK


def test_blanks_say_nothing_and_a_dash_clears() -> None:
    row = only(read(("任务内容", "完成时限", "备注"), (TASK, "无", "-")))

    assert (row.due, row.note, row.cleared) == (None, None, frozenset({"note"}))


REFUSALS = [
    ("完成时限", "2月30日", "不存在2月30日"),
    ("完成时限", "过几天", "可以写"),
    ("完成时限", "2027年3月底前", r"2027 年.*2026 年度"),
    ("完成时限", "6月1日至3月1日", "早于"),
    ("开始时间", "来年", "开始时间可以写"),
    ("开始时间", "2027年3月1日", "2027 年.*2026 年度"),
    ("目标值", "若干", "应为一个数字"),
    ("完成率", "差不多", "0 到 100"),
    ("完成率", "160%", "0 到 100"),
    ("完成率", 1, "1% 还是 100%"),
    ("重要程度", "较高", "一般、重要、重大"),
    ("预期成果", "字" * 1001, "最多 1000 字，此处有 1001 字"),
    ("牵头单位", "局" * 301, "最多 300 字"),
]


@pytest.mark.parametrize(("heading", "cell", "words"), REFUSALS)
def test_a_wrong_cell_is_named_by_row_and_heading(heading: str, cell: Any, words: str) -> None:
    (error,) = read(("某局台账",), ("任务内容", heading, "备注"), ("无误", "", "好"), (TASK, cell, "好")).errors

    assert (error.sheet, error.row, error.column, error.value) == ("台账", 4, heading, str(cell))
    assert re.search(words, error.accepted)


def test_a_wrong_cell_that_comes_again_is_named_every_time() -> None:
    assert [error.row for error in read(("任务内容", "完成时限"), ("甲", "某天"), ("乙", "某天")).errors] == [2, 3]


def test_a_number_that_comes_twice_names_both_rows() -> None:
    (error,) = read(("序号", "任务内容"), (1, "甲"), (2, "乙"), ("1", "丙")).errors

    assert (error.row, error.column, error.value) == (4, "序号", "1")
    assert "第 2 行" in error.accepted


def test_a_number_turned_into_a_day_is_refused() -> None:
    (error,) = read(("序号", "任务内容"), (dt.date(YEAR, 1, 2), "甲")).errors

    assert "文本" in error.accepted


def test_without_a_header_what_is_looked_for_is_said() -> None:
    (error,) = read(("甲", "乙"), ("丙", "丁")).errors

    assert (error.row, error.value) == (1, "甲")
    assert "没有找到表头" in error.accepted


def test_a_header_with_nothing_below_is_refused() -> None:
    (error,) = read(("序号", "任务内容"), ("示例1", "x")).errors

    assert "没有任何任务" in error.accepted


def test_sheets_without_a_header_are_left_aside(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["序号", "任务内容"], [1, TASK]], more={"填写说明": [["请先看说明"]]})

    found = read_ledger(open_workbook(path), year=YEAR)

    assert (len(found.rows), found.ignored_sheets, found.errors) == (1, ["填写说明"], [])


@pytest.mark.parametrize(
    "text",
    [
        "机密★",
        "绝密★30年",
        "（机密）专项任务",
        "【秘密】某事",
        "密级：机密",
        "机密",
        "秘密★1年",
        "(机密)专项任务",
        "密级：秘密",
    ],
)
def test_a_secrecy_marking_stops_the_row(text: str) -> None:
    (error,) = read(("任务内容", "备注"), ("甲", text), ("乙", "")).errors

    assert (error.row, error.column) == (2, "备注")
    assert "涉密事项不得录入" in error.accepted
    assert error.value in text


@pytest.mark.parametrize(
    ("level", "refused"), [("机密", True), ("涉密", True), ("内部", False), ("公开", False), ("", False)]
)
def test_the_column_of_secrecy_is_obeyed(level: str, refused: bool) -> None:
    assert bool(read(("任务内容", "密级"), ("甲", level)).errors) == refused


@pytest.mark.parametrize(
    ("heading", "said", "yearly"),
    [("每年", "是", True), ("是否每年开展", "√", True), ("常年工作", "否", False), ("每年", "", None)],
)
def test_the_column_of_standing_work_is_read(heading: str, said: str, yearly: bool | None) -> None:
    assert only(read(("任务内容", heading), (TASK, said))).yearly is yearly


def test_the_column_of_standing_work_takes_yes_or_no() -> None:
    (error,) = read(("任务内容", "每年"), ("甲", "大概"), ("乙", "")).errors

    assert (error.column, "写“是”" in error.accepted) == ("每年", True)


@pytest.mark.parametrize(("level", "internal"), [("内部", True), (" 内部 ", True), ("公开", False), ("", None)])
def test_the_column_of_secrecy_marks_what_is_internal(level: str, internal: bool | None) -> None:
    assert only(read(("任务内容", "密级"), (TASK, level))).internal_only is internal


@pytest.mark.parametrize(
    "text",
    [
        "开展公开前保密审查",
        "保护商业秘密和个人隐私",
        "防止泄露国家秘密",
        "开展机密级文件管理检查",
        "国家秘密（工作秘密）清理",
        "加强保密工作",
    ],
)
def test_the_mere_word_is_no_marking(text: str) -> None:
    assert marking(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("法规科、办公室", Units("法规科", ("办公室",))),
        ("县各有关单位", Units("县各有关单位", ())),
        ("乙局（牵头）、甲局", Units("乙局", ("甲局",))),
        ("牵头单位：甲局；配合单位：乙局、丙局", Units("甲局", ("乙局", "丙局"))),
        ("甲局牵头，乙局、丙局配合", Units("甲局", ("乙局", "丙局"))),
        ("县 教育局", Units("县教育局", ())),
        ("政策法规科 办公室综合组", Units("政策法规科", ("办公室综合组",))),
        ("市委（政法委、宣传部）、乙局", Units("市委（政法委、宣传部）", ("乙局",))),
        ("甲局、各有关部门按职责分工分别负责。", Units("甲局", ("各有关部门按职责分工分别负责",))),
        ("、", Units(None, ())),
    ],
)
def test_the_first_listed_unit_leads_unless_a_mark_says_otherwise(text: str, expected: Units) -> None:
    assert read_units(text) == expected


KNOWN = {name: name for name in ("陆明", "俞悦", "张三", "张三丰", "欧阳文")} | {
    "张三副局长": "张三",
    "副局长张三": "张三",
}


@pytest.mark.parametrize(
    ("text", "known", "unknown"),
    [
        ("陆 明俞 悦", ["陆明", "俞悦"], []),
        ("陆明俞悦", ["陆明", "俞悦"], []),
        ("俞 悦", ["俞悦"], []),
        ("陆\n明\n俞悦", ["陆明", "俞悦"], []),
        ("陆明、俞悦；欧阳文", ["陆明", "俞悦", "欧阳文"], []),
        ("张三丰陆明", ["张三丰", "陆明"], []),
        ("张三副局长 陆明", ["张三", "陆明"], []),
        ("副局长张三", ["张三"], []),
        ("张三（法规科）", ["张三"], []),
        ("陆明、李 四", ["陆明"], ["李四"]),
        ("陆明 王小二", ["陆明"], ["王小二"]),
        ("王五赵六", [], ["王五赵六"]),
        ("陆明、陆明", ["陆明"], []),
    ],
)
def test_people_are_told_apart_with_and_without_separators(text: str, known: list[str], unknown: list[str]) -> None:
    assert split_names(text, KNOWN) == (known, unknown)
