"""A sheet is read as it is shown: errors are no values, numbers and months as they stand there, groups are projects."""

import datetime as dt
import io
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from models.ledgers.kinds import kind_named
from tasks.containers.office_helper import find_helper
from tasks.ledgers.read_table import read_table
from tasks.reading.item_list import ItemList
from tasks.reading.ledger import read_ledger
from tasks.reading.sheet import Sheet, open_workbook
from tasks.reading.staff_list import read_staff
from tests.documents import added

YEAR = 2026
HEADER = ("序号", "任务内容", "责任单位", "完成时限")
Shape = Callable[[Worksheet], None]


def saved(folder: Path, *rows: Sequence[Any], shape: Shape = lambda _: None, book: Workbook | None = None) -> Path:
    book = book or openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "任务"
    for row in rows:
        sheet.append(list(row))
    shape(sheet)
    book.save(folder / "清单.xlsx")
    return folder / "清单.xlsx"


def read(path: Path, *, visible_only: bool = False) -> ItemList:
    return read_ledger(open_workbook(path), year=YEAR, visible_only=visible_only)


def plan(*rows: Sequence[Any]) -> ItemList:
    return read_ledger([Sheet("任务", [[*row, *[""] * (4 - len(row))] for row in (HEADER, *rows)])], year=YEAR)


def told(found: ItemList) -> list[tuple[str | None, ...]]:
    assert [(error.row, error.accepted) for error in found.errors] == []
    return [(row.project, row.number, row.title) for row in found.rows]


@pytest.mark.parametrize(
    ("cell", "says"),
    [("#N/A", "错误值"), ("#DIV/0!", "错误值"), ("#REF!", "错误值"), ("#VALUE!", "错误值"), ("=A2&B2", "公式")],
)
@pytest.mark.parametrize("column", [0, 2, 3])
def test_an_error_or_a_formula_without_a_value_is_an_error_at_its_cell(
    tmp_path: Path, cell: str, says: str, column: int
) -> None:
    row: list[Any] = ["7", "评查案卷", "法规科", "6月底前"]
    row[column] = cell
    (error,) = read(saved(tmp_path, HEADER, row)).errors

    assert (error.sheet, error.row, error.column, error.value) == ("任务", 2, HEADER[column], cell)
    assert says in error.accepted


def test_a_ledger_and_a_staff_list_take_no_error_for_nothing_or_nought(tmp_path: Path) -> None:
    case = saved(tmp_path, ("决定日期", "程序", "案号", "罚款"), ("2026-04-01", "简易", "〔2026〕1号", "#REF!"))
    (fault,) = read_table(open_workbook(case), kind_named("case")).errors
    people = saved(tmp_path, ("姓名", "部门", "手机"), ("张三", "法规科", "=VLOOKUP(A2,B:C,2)"))
    (wrong,) = read_staff(open_workbook(people), "名册.xlsx")[1]

    assert (fault.row, fault.column, fault.value) == (2, "罚款", "#REF!")
    assert (wrong.row, wrong.column) == (2, "手机")


def test_a_formula_whose_value_is_an_empty_text_is_an_empty_cell(tmp_path: Path) -> None:
    path = saved(tmp_path, HEADER, ("1", "评查案卷", "法规科", "=TEXT(1)"))
    rewritten(path, '<c r="D2"><f>TEXT(1)</f><v></v></c>', '<c r="D2" t="str"><f>TEXT(1)</f><v></v></c>')

    assert [row.due for row in read(path).rows] == [None]
    assert read(path).errors == []


@pytest.mark.parametrize(
    ("value", "shown", "number"),
    [(1.1, "0.00", "1.10"), (1.1, "General", "1.1"), (7, "000", "007"), (7, "0", "7"), (2.5, "0.00_ ", "2.50")],
)
def test_a_number_is_read_as_it_is_shown(tmp_path: Path, value: float, shown: str, number: str) -> None:
    def form(sheet: Worksheet) -> None:
        sheet["A2"].number_format = shown

    found = read(saved(tmp_path, HEADER, (value, "评查案卷", "法规科", "6月底前"), shape=form))

    assert [row.number for row in found.rows] == [number]


@pytest.mark.parametrize("shown", ['yyyy"年"m"月"', 'yyyy"年"m"月";@', '[$-804]yyyy"年"m"月"', "yyyy-mm", "mmm-yy"])
def test_a_day_of_which_the_month_is_shown_is_the_month(tmp_path: Path, shown: str) -> None:
    def form(sheet: Worksheet) -> None:
        sheet["D2"].number_format = shown

    path = saved(tmp_path, HEADER, ("1", "评查案卷", "法规科", dt.date(YEAR, 6, 1)), shape=form)

    assert open_workbook(path)[0].rows[1][3] == "2026年6月"
    assert [row.due.due_on for row in read(path).rows if row.due] == [dt.date(YEAR, 6, 30)]


def struck_and_months(sheet: Worksheet) -> None:
    sheet["D2"].number_format, sheet["D3"].number_format = 'yyyy"年"m"月"', 'yyyy"年"m"月"d"日"'
    for cell in sheet[4]:
        cell.font = Font(strike=True)
    sheet["D4"].number_format = "yyyy-mm"


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_old_and_open_sheets_show_months_and_what_is_struck_out_as_well(tmp_path: Path, kind: str) -> None:
    if (program := find_helper()) is None:
        pytest.skip("LibreOffice is not installed: no such file can be written")
    days = (dt.date(YEAR, 6, 1), dt.date(YEAR, 6, 5), dt.date(YEAR, 9, 1))
    rows = [(str(number), f"任务{number}", "法规科", day) for number, day in enumerate(days, start=1)]
    path = saved(tmp_path, HEADER, *rows, shape=struck_and_months)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", kind, "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    found = read(path.with_suffix(f".{kind}"))

    assert [row.due.due_on for row in found.rows if row.due] == [
        dt.date(YEAR, 6, 30), dt.date(YEAR, 6, 5), dt.date(YEAR, 9, 30),
    ]  # fmt: skip
    assert found.notes == ["工作表“任务”第 4 行是划去的，共 1 行，也按任务读取。"]


@pytest.mark.parametrize("shared", [False, True])
def test_words_struck_out_within_a_cell_are_left_out_and_said(tmp_path: Path, shared: bool) -> None:
    runs = CellRichText("开展", TextBlock(InlineFont(strike=True), "2次"), "3次培训")
    path = saved(tmp_path, HEADER, ("1", runs, "法规科", "6月底前"), ("2", "评查案卷", "法规科", "6月底前"))
    if shared:
        # As Excel writes it.
        text = "<r><t>开展</t></r><r><rPr><strike/></rPr><t>2次</t></r><r><t>3次培训</t></r>"
        sheet_part = "xl/worksheets/sheet1.xml"
        with zipfile.ZipFile(path) as archive:
            sheet = archive.read(sheet_part).decode()
        cell = sheet[sheet.index('<c r="B2"') : sheet.index('<c r="C2"')]
        name = "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'"
        changed: dict[str, bytes | str] = {
            sheet_part: sheet.replace(cell, '<c r="B2" t="s"><v>0</v></c>'),
            "xl/sharedStrings.xml": f"<sst {name}><si>{text}</si></sst>",
        }
        path.write_bytes(added(path.read_bytes(), changed))
    found = read(path)

    assert [row.title for row in found.rows] == ["开展3次培训", "评查案卷"]
    assert found.notes == ["工作表“任务”第 2 行有划去的文字，共 1 行，划去的没有读取。"]


def test_hidden_and_struck_rows_of_a_staff_list_are_said(tmp_path: Path) -> None:
    def mark(sheet: Worksheet) -> None:
        sheet.row_dimensions[2].hidden = True
        sheet["A3"].font = Font(strike=True)

    path = saved(tmp_path, ("姓名", "部门"), ("赵一", "办公室"), ("钱二", "办公室"), ("孙三", "办公室"), shape=mark)

    assert read_staff(open_workbook(path), "名册.xlsx").notes == [
        "工作表“任务”第 2 行是隐藏或筛掉的，共 1 行，也按人员读取。",
        "工作表“任务”第 3 行是划去的，共 1 行，也按人员读取。",
    ]


def test_a_number_without_a_date_format_is_a_day_of_its_own_calendar(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    path = saved(tmp_path, HEADER, ("1", "评查案卷", "法规科", 44624), book=book)

    assert [row.due.due_on for row in read(path).rows if row.due] == [dt.date(2026, 3, 5)]


def test_rows_that_are_hidden_filtered_or_struck_out_are_said_and_can_be_left_out(tmp_path: Path) -> None:
    def mark(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        for cell in sheet[4]:
            cell.font = Font(strike=True)

    rows = [(number, f"任务{number}", "法规科", "6月底前") for number in "1234"]
    path = saved(tmp_path, HEADER, *rows, shape=mark)

    assert [row.number for row in read(path).rows] == ["1", "2", "3", "4"]
    assert read(path).notes == [
        "工作表“任务”第 3 行是隐藏或筛掉的，共 1 行，也按任务读取。",
        "工作表“任务”第 4 行是划去的，共 1 行，也按任务读取。",
    ]
    assert [row.number for row in read(path, visible_only=True).rows] == ["1", "4"]


def test_hidden_and_struck_rows_of_a_ledger_are_said(tmp_path: Path) -> None:
    def mark(sheet: Worksheet) -> None:
        sheet.row_dimensions[2].hidden = True
        for cell in sheet[3]:
            cell.font = Font(strike=True)

    rows = [("2026-04-01", "简易", f"〔2026〕{number}号") for number in (1, 2)]
    path = saved(tmp_path, ("决定日期", "程序", "案号"), *rows, shape=mark)

    assert read_table(open_workbook(path), kind_named("case")).notes == [
        "工作表“任务”第 2 行是隐藏或筛掉的，共 1 行，也按记录读取。",
        "工作表“任务”第 3 行是划去的，共 1 行，也按记录读取。",
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("（一）人防工程建设",), ("（二）普法宣传",)),
        (("一、人防工程建设（共2项）",), ("二、普法宣传（1项）",)),
        (("1 人防工程建设",), ("2 普法宣传",)),
        (("人防工程建设",), ("普法宣传",)),
        (("一", "人防工程建设"), ("二", "普法宣传")),
        (("（一）", "人防工程建设"), ("（二）", "普法宣传")),
        (("1", "人防工程建设"), ("2", "普法宣传")),
        (("一", "人防工程建设", "工程科"), ("二", "普法宣传", "法规科")),
    ],
)
def test_a_row_that_names_a_group_is_the_project_of_the_rows_below_it(
    first: Sequence[str], second: Sequence[str]
) -> None:
    found = plan(
        first, ("1", "审查图纸", "工程科", "6月底前"), ("2", "检查工地", "工程科", "9月底前"),
        second, ("1", "编印手册", "法规科", "6月底前"),
    )  # fmt: skip

    assert told(found) == [
        ("人防工程建设", "1-1", "审查图纸"),
        ("人防工程建设", "1-2", "检查工地"),
        ("普法宣传", "2-1", "编印手册"),
    ]


def test_numbers_that_run_on_or_name_their_group_stay_as_they_are() -> None:
    found = plan(
        ("1", "人防工程建设"), ("1.1", "审查图纸", "工程科"), ("1.2", "检查工地", "工程科"),
        ("2", "普法宣传"), ("2.1", "编印手册", "法规科"),
    )  # fmt: skip

    assert told(found) == [
        ("人防工程建设", "1.1", "审查图纸"),
        ("人防工程建设", "1.2", "检查工地"),
        ("普法宣传", "2.1", "编印手册"),
    ]


def test_the_last_item_before_a_group_is_no_group() -> None:
    found = plan(("（一）学法",), ("1", "集体学法"), ("（二）执法",), ("1", "评查案卷", "法规科"))

    assert told(found) == [("学法", "1-1", "集体学法"), ("执法", "2-1", "评查案卷")]


def test_a_group_within_a_group_is_the_project() -> None:
    found = plan(
        ("一", "法治建设"), ("（一）", "学法"), ("1", "集体学法", "办公室"),
        ("（二）", "执法"), ("2", "评查案卷", "法规科"),
    )  # fmt: skip

    assert told(found) == [("学法", "1", "集体学法"), ("执法", "2", "评查案卷")]


def test_an_item_that_says_no_more_than_its_number_and_title_is_no_group() -> None:
    found = plan(("1", "审查图纸"), ("2", "检查工地", "工程科"), ("3", "编印手册"))

    assert told(found) == [(None, "1", "审查图纸"), (None, "2", "检查工地"), (None, "3", "编印手册")]


def test_each_sheet_is_a_project_where_there_are_several(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    second = book.create_sheet("普法宣传")
    for row in (HEADER, ("1", "编印手册", "法规科", "6月底前")):
        second.append(row)
    path = saved(tmp_path, HEADER, ("1", "审查图纸", "工程科", "6月底前"), book=book)

    assert told(read(path)) == [("任务", "1-1", "审查图纸"), ("普法宣传", "2-1", "编印手册")]


def test_the_headings_of_a_list_of_things_to_do_are_understood() -> None:
    header = ("事项提出领导", "待办事项", "形成时间", "责任部门", "部门责任人", "配合部门", "计划完成时间", "主管人员")
    row = ("周局长", "整理文件", "2026-05-01", "办公室，法规科", "方科员", "人事科，财务科", "6月15日", "周局长")
    (found,) = read_ledger([Sheet("待办", [[*header], [*row]])], year=YEAR).rows

    assert (found.title, found.lead, found.handler, found.leaders) == ("整理文件", "办公室", "方科员", "周局长")
    assert found.cooperating == ("法规科", "人事科", "财务科")
    assert found.due is not None
    assert found.due.due_on == dt.date(YEAR, 6, 15)


def test_several_measures_beside_one_task_are_its_items(tmp_path: Path) -> None:
    path = saved(
        tmp_path, ("序号", "工作任务", "工作措施", "责任单位"), ("1", "规范执法", "评查案卷", "法规科"),
        (None, None, "更新证件", "人事科"), ("2", "加强普法", "编印手册", "办公室"),
        shape=lambda sheet: (sheet.merge_cells("A2:A3"), sheet.merge_cells("B2:B3"))[0],
    )  # fmt: skip

    assert [(row.project, row.title) for row in read(path).rows] == [
        ("规范执法", "评查案卷"),
        ("规范执法", "更新证件"),
        ("加强普法", "编印手册"),
    ]


def rewritten(path: Path, was: str, now: str) -> None:
    """Changes the first sheet of a workbook byte by byte."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert was.encode() in content
                content = content.replace(was.encode(), now.encode())
            target.writestr(name, content)
