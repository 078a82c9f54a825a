"""The empty staff list that an office fills in: headings with notes, two examples, drop-down lists."""

from collections.abc import Sequence
from pathlib import Path

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from models.person import Role
from tasks.files.workbook import EXAMPLE, HEADER_ROW, Column, add_row, new_sheet, save

_ROLES = "、".join(role.label for role in Role)
PEOPLE_COLUMNS = (
    Column("单位", 20, note="单位全称。只有一个单位时可以留空。"),
    Column("部门", 18, note="科室名称。局领导写其分管的科室,多个用顿号隔开。"),
    Column("姓名", 12, centred=True, note="必填。一人任几个岗位的,每个岗位一行。"),
    Column("职务", 14, centred=True, note="如 科长、副局长。留空时与角色相同。"),
    Column("角色", 14, centred=True, note=f"{_ROLES}之一;多个用顿号隔开,留空为承办人。"),
    Column("邮箱", 28, note="通知送到这里。没有可以留空。"),
    Column("手机", 16, centred=True, note="有同名人员时必填,用来区分。"),
    Column("代理人", 12, centred=True, note="请假时代为办理的人,本单位人员的姓名。"),
)
"""The columns of a staff list, as the import reads them."""

_EXAMPLES = (
    ("", "法规科", "张三", "科长", "科室负责人", "zhangsan@example.gov.cn", "13800000000", "李四"),
    ("", "法规科、办公室", "王五", "副局长", "分管领导", "wangwu@example.gov.cn", "", ""),
)
_ROWS = 200


def write_people_template(path: Path, *, departments: Sequence[str] = ()) -> None:
    """An empty staff list; roles, and departments where given, can be picked. The examples stand on a second sheet.

    Raises BadInputError where the file cannot be written.
    """
    workbook, sheet = new_sheet("人员名册", "人员名册", PEOPLE_COLUMNS)
    for place in range(HEADER_ROW + 1, HEADER_ROW + 1 + _ROWS):
        add_row(sheet, place, [None] * len(PEOPLE_COLUMNS), PEOPLE_COLUMNS)
        sheet[f"{_letter('手机')}{place}"].number_format = "@"
    roles = DataValidation(type="list", formula1=f'"{",".join(role.label for role in Role)}"', showErrorMessage=False)
    roles.add(_cells("角色"))
    sheet.add_data_validation(roles)
    shown = workbook.create_sheet("填写示例")
    add_row(shown, 1, [column.heading for column in PEOPLE_COLUMNS], PEOPLE_COLUMNS, style=EXAMPLE)
    for place, values in enumerate(_EXAMPLES, 2):
        add_row(shown, place, values, PEOPLE_COLUMNS, style=EXAMPLE)
    for at, column in enumerate(PEOPLE_COLUMNS, 1):
        shown.column_dimensions[get_column_letter(at)].width = column.width
    if departments:
        choices = workbook.create_sheet("选项")
        choices.sheet_state = "hidden"
        for place, name in enumerate(departments, 1):
            choices.cell(place, 1, name).data_type = "s"
        offered = DataValidation(type="list", formula1=f"选项!$A$1:$A${len(departments)}", showErrorMessage=False)
        offered.add(_cells("部门"))
        sheet.add_data_validation(offered)
    save(workbook, path)


def _cells(heading: str) -> str:
    return f"{_letter(heading)}{HEADER_ROW + 1}:{_letter(heading)}{HEADER_ROW + _ROWS}"


def _letter(heading: str) -> str:
    return get_column_letter([column.heading for column in PEOPLE_COLUMNS].index(heading) + 1)
