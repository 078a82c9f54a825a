"""The empty list that an office fills in: headings with notes, two examples, drop-down lists."""

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from models.due_text import ACCEPTED
from models.item import Importance
from tasks.files.workbook import EXAMPLE, HEADER_ROW, Column, add_row, new_sheet, save

_IMPORTANCE = "、".join(member.label for member in Importance)

LIST_COLUMNS = (
    Column(
        "序号",
        9,
        centred=True,
        note="本单位自己的编号,一个计划内不重复。再次导入时按序号对应。以“示例”开头的行不导入。",
    ),
    Column("项目", 18, note="任务所属的项目或类别。相同的可以合并单元格,也可以只在第一行填写。"),
    Column("任务内容", 40, note="必填。一行一项任务。"),
    Column("预期成果", 24, note="完成后能看到什么:文件、活动、数据。"),
    Column("牵头领导", 12, centred=True, note="已登记人员的姓名。多位用顿号隔开,第一位为主。"),
    Column("牵头单位", 14, centred=True, note="本单位的科室名称。不是本单位科室的,按原文保留。"),
    Column("配合单位", 18, note="多个用顿号隔开。“各有关单位”等按原文保留。"),
    Column("承办人", 11, centred=True, note="已登记人员的姓名,通知首先送此人。"),
    Column("开始时间", 13, centred=True, note="如 3月1日、3月、第二季度。可以留空。"),
    Column("完成时限", 16, centred=True, note=f"可以写:{ACCEPTED}。\n写明的那一天当天完成不算逾期。"),
    Column("重要程度", 10, centred=True, note=f"{_IMPORTANCE}之一,留空为{Importance.NORMAL.label}。"),
    Column("目标数量", 10, centred=True, note="有数量要求的填数字,如 4。"),
    Column("计量单位", 10, centred=True, note="目标数量的单位,如 场、件、人次。"),
    Column("佐证要求", 22, note="销号时要交的材料。"),
    Column("备注", 18),
)
"""The columns of a list, as the import reads them."""

_EXAMPLES: tuple[tuple[str | int, ...], ...] = (
    (
        "示例1", "法治宣传教育", "举办领导干部法治专题讲座", "讲座通知、签到表、总结各一份", "王局长", "法规科",
        "办公室、人事科", "李科长", "3月1日", "6月底前", "重要", 2, "场", "通知、签到表、现场照片",
        "本行为示例,导入时跳过",
    ),
    (
        "示例2", "行政执法监督", "开展行政执法案卷评查", "评查通报", "王局长", "执法监督科", "各执法单位", "张科员",
        "",        "每季度", "一般", 4, "次", "评查表、通报", "本行为示例,导入时跳过",
    ),
)  # fmt: skip

_ROWS = 200
"""So many rows are ready to be filled in; further ones are imported just as well."""

_CHOICES = "选项"


def write_template(path: Path, *, year: int, departments: Sequence[str] = (), people: Sequence[str] = ()) -> None:
    """An empty list for `year`; departments and people, where given, can be picked from lists.

    Raises BadInputError where the file cannot be written.
    """
    workbook, sheet = new_sheet(f"{year}年度工作任务清单", "任务清单", LIST_COLUMNS)
    first = HEADER_ROW + 1
    for place, values in enumerate(_EXAMPLES, first):
        add_row(sheet, place, values, LIST_COLUMNS, style=EXAMPLE)
    for place in range(first + len(_EXAMPLES), first + _ROWS):
        add_row(sheet, place, [None] * len(LIST_COLUMNS), LIST_COLUMNS)
        for heading in ("序号", "开始时间", "完成时限"):
            # Otherwise the spreadsheet program turns 1-2 into a day and 6月30日 into one of the present year.
            sheet[f"{_letter(heading)}{place}"].number_format = "@"
    offer_choices(workbook, sheet, departments=departments, people=people, last_row=HEADER_ROW + _ROWS)
    save(workbook, path)


def offer_choices(
    workbook: Workbook, sheet: Worksheet, *, departments: Sequence[str], people: Sequence[str], last_row: int
) -> None:
    """Drop-down lists; only the importance has to be picked, since a cell may name several people or units."""
    chosen = [member.label for member in Importance]
    _offer(sheet, "重要程度", f'"{",".join(chosen)}"', last_row, strict=True)
    if not departments and not people:
        return
    choices = workbook.create_sheet(_CHOICES)
    choices.sheet_state = "hidden"
    for at, (names, headings) in enumerate(
        ((departments, ("牵头单位", "配合单位")), (people, ("牵头领导", "承办人"))), start=1
    ):
        for place, name in enumerate(names, start=1):
            choices.cell(place, at, name).data_type = "s"
        for heading in headings if names else ():
            letter = get_column_letter(at)
            _offer(sheet, heading, f"{_CHOICES}!${letter}$1:${letter}${len(names)}", last_row, strict=False)


def _offer(sheet: Worksheet, heading: str, formula: str, last_row: int, *, strict: bool) -> None:
    validation = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=strict)
    validation.errorTitle, validation.error = heading, f"请填写{_IMPORTANCE}之一。"
    validation.add(f"{_letter(heading)}{HEADER_ROW + 1}:{_letter(heading)}{last_row}")
    sheet.add_data_validation(validation)


def _letter(heading: str) -> str:
    return get_column_letter([column.heading for column in LIST_COLUMNS].index(heading) + 1)
