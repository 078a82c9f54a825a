"""The empty sheet of a ledger that people fill in: headings with notes, drop-down lists, an example, a guide."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from models.ledgers.field import FieldType, LedgerField
from models.ledgers.kind import Kind
from tasks.files.workbook import BODY, EXAMPLE, HEADER, HEADER_ROW, TITLE, Column, Value, add_row, new_sheet, save
from tasks.ledgers.fields import fields_of
from tasks.ledgers.read_table import EXAMPLE_SHEET, GUIDE_SHEET

ROWS = 200
"""So many rows are ready to be filled in; further ones are brought in just as well."""

_WIDTHS = {
    FieldType.TEXT: 24, FieldType.LONG_TEXT: 40, FieldType.DAY: 13, FieldType.CHOICE: 16, FieldType.YES_NO: 10,
    FieldType.WHOLE: 11, FieldType.DECIMAL: 11, FieldType.MONEY: 14, FieldType.ITEM: 12, FieldType.PERSON: 12,
}  # fmt: skip
_CENTRED = {FieldType.DAY, FieldType.CHOICE, FieldType.YES_NO, FieldType.ITEM, FieldType.PERSON}
_CHOICES = "选项"
_LONGEST_FORMULA = 255
"""Characters that a list may have where it stands in the rule itself."""


def ledger_columns(kind: Kind) -> tuple[Column, ...]:
    """The columns of the ledger's sheets, as an import reads them."""
    return tuple(
        Column(
            field.label,
            max(_WIDTHS[field.takes], 2 * len(field.label) + 4),
            field.takes in _CENTRED,
            how_to_fill(field),
        )
        for field in fields_of(kind)
    )


def how_to_fill(field: LedgerField) -> str:
    """What may be written into the field, in a sentence or two."""
    match field.takes:
        case FieldType.DAY:
            how = "写年月日,如 2026-06-30。"
        case FieldType.WHOLE:
            how = f"整数,{field.least:f} 至 {field.most:f}。" if field.most < 10_000_000 else "整数。"
        case FieldType.DECIMAL:
            how = f"数字,最多 {field.places} 位小数。"
        case FieldType.MONEY:
            how = "以元计,如 3000 或 200.50;以万元计的写明,如 1.2万元。"
        case FieldType.CHOICE:
            how = f"可填:{'、'.join(member.label for member in field.choices or ())}。"
        case FieldType.YES_NO:
            how = "填是或否,不清楚的不填。"
        case FieldType.ITEM:
            how = "这一年计划中任务的编号。"
        case FieldType.PERSON:
            how = "已登记人员的姓名。"
        case _:
            how = f"最多 {field.longest} 字。"
    return ("必填。" if field.required else "") + how + (field.hint if field.hint not in how else "")


def write_ledger_template(path: Path, kind: Kind, *, people: Sequence[str] = ()) -> None:
    """An empty sheet of the ledger; people, where given, can be picked from a list.

    Raises BadInputError where the file cannot be written.
    """
    columns = ledger_columns(kind)
    workbook, sheet = new_sheet(f"{kind.title}台账", kind.title, columns)
    for place in range(HEADER_ROW + 1, HEADER_ROW + 1 + ROWS):
        add_row(sheet, place, [None] * len(columns), columns)
    fields = fields_of(kind)
    for at, field in enumerate(fields, 1):
        # As text, a spreadsheet program leaves numbers of cases as they are typed.
        form = {FieldType.DAY: "yyyy-mm-dd", FieldType.MONEY: "0.00"}.get(
            field.takes, "@" if field.takes in (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.ITEM) else "General"
        )
        for place in range(HEADER_ROW + 1, HEADER_ROW + 1 + ROWS):
            sheet.cell(place, at).number_format = form
    offer_choices(workbook, sheet, kind, people=people, last_row=HEADER_ROW + ROWS)
    _add_example(workbook, kind, columns)
    _add_guide(workbook, kind)
    save(workbook, path)


def offer_choices(workbook: Workbook, sheet: Worksheet, kind: Kind, *, people: Sequence[str], last_row: int) -> None:
    """Drop-down lists for what is chosen; a person may be typed as well."""
    for at, field in enumerate(fields_of(kind), 1):
        if field.takes is FieldType.PERSON and people:
            _offer(workbook, sheet, at, field, list(people), last_row, strict=False)
        elif field.takes is FieldType.YES_NO:
            _offer(workbook, sheet, at, field, ["是", "否"], last_row, strict=True)
        elif field.takes is FieldType.CHOICE and field.choices is not None:
            _offer(workbook, sheet, at, field, [member.label for member in field.choices], last_row, strict=True)


def _offer(
    workbook: Workbook, sheet: Worksheet, at: int, field: LedgerField, words: list[str], last_row: int, *, strict: bool
) -> None:
    formula = f'"{",".join(words)}"'
    if len(formula) > _LONGEST_FORMULA or any("," in word for word in words):
        if _CHOICES not in workbook.sheetnames:
            workbook.create_sheet(_CHOICES).sheet_state = "hidden"
        choices = workbook[_CHOICES]
        assert isinstance(choices, Worksheet)  # noqa: S101 - made just above; the stubs do not say so
        letter = get_column_letter(at)
        for place, word in enumerate(words, 1):
            choices.cell(place, at, word).data_type = "s"
        formula = f"{_CHOICES}!${letter}$1:${letter}${len(words)}"
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=strict)
    rule.errorTitle, rule.error = field.label[:32], f"请从列表中选择{field.label}。"
    letter = get_column_letter(at)
    rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{last_row}")
    sheet.add_data_validation(rule)


def _add_example(workbook: Workbook, kind: Kind, columns: Sequence[Column]) -> None:
    sheet = workbook.create_sheet(EXAMPLE_SHEET)
    _head(sheet, f"{kind.title}台账填写示例(本表不导入)", columns)
    add_row(sheet, HEADER_ROW + 1, [_example(field) for field in fields_of(kind)], columns, style=EXAMPLE)


def _example(field: LedgerField) -> Value:
    match field.takes:
        case FieldType.DAY:
            return "2026-03-05"
        case FieldType.WHOLE | FieldType.DECIMAL:
            return int(max(field.least, min(field.most, Decimal(20))))
        case FieldType.MONEY:
            return 3000
        case FieldType.CHOICE:
            return next(iter(field.choices or ())).label
        case FieldType.YES_NO:
            return "是"
        case FieldType.ITEM:
            return "3"
        case FieldType.PERSON:
            return "王科长"
    return f"(填写{field.label})" if field.required else ""


def _add_guide(workbook: Workbook, kind: Kind) -> None:
    columns = (Column("列", 20), Column("必填", 8, centred=True), Column("怎样填", 70), Column("也认得的列名", 40))
    sheet = workbook.create_sheet(GUIDE_SHEET)
    _head(sheet, f"{kind.title}台账填写说明(本表不导入)", columns)
    for place, field in enumerate(fields_of(kind), HEADER_ROW + 1):
        known = "、".join(field.headings)
        row = (field.label, "是" if field.required else "", how_to_fill(field).removeprefix("必填。"), known)
        add_row(sheet, place, row, columns, style=BODY)


def _head(sheet: Worksheet, title: str, columns: Sequence[Column]) -> None:
    sheet.cell(1, 1, title).style = TITLE
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(columns))
    sheet.row_dimensions[1].height = 36
    for at, column in enumerate(columns, 1):
        sheet.cell(HEADER_ROW, at, column.heading).style = HEADER
        sheet.column_dimensions[get_column_letter(at)].width = column.width
