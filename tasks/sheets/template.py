"""A sheet of any kind to be filled in, empty or with what is known: headings with notes, drop-down lists, an example.

Whatever is written here comes in again as its kind is read.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from models.ledgers.field import FieldType, LedgerField
from models.ledgers.sheet_kind import SheetKind
from tasks.files.workbook import BODY, HEADER_ROW, TO_FILL, Column, Value, add_row, further_sheet, new_sheet, save
from tasks.files.workbook import EXAMPLE as LIKE_AN_EXAMPLE
from tasks.reading.sheet_header import EXAMPLE, GUIDE

ROWS = 200
"""So many rows are ready to be filled in; further ones are brought in just as well."""

_WIDTHS = {
    FieldType.TEXT: 24, FieldType.LONG_TEXT: 40, FieldType.DAY: 13, FieldType.CHOICE: 16, FieldType.YES_NO: 10,
    FieldType.WHOLE: 11, FieldType.DECIMAL: 11, FieldType.MONEY: 14, FieldType.ITEM: 12, FieldType.PERSON: 12,
}  # fmt: skip
_CENTRED = {FieldType.DAY, FieldType.CHOICE, FieldType.YES_NO, FieldType.ITEM, FieldType.PERSON}
# As text, a spreadsheet program leaves numbers of cases as they are typed, and 1-2 is no day.
_FORMS = {FieldType.DAY: "yyyy-mm-dd", FieldType.MONEY: "0.00"} | dict.fromkeys(
    (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.ITEM, FieldType.PERSON), "@"
)
_CHOICES = "选项"
_LONGEST_FORMULA = 255
"""Characters that a list may have where it stands in the rule itself."""


def sheet_columns(kind: SheetKind) -> list[Column]:
    """The columns of the kind's sheets, as an import reads them."""
    return [
        Column(
            field.label,
            field.width or max(_WIDTHS[field.takes], 2 * len(field.label) + 4),
            field.centred or field.takes in _CENTRED,
            how_to_fill(field) if kind.guided else field.hint,
        )
        for field in kind.to_fill_in
    ]


def how_to_fill(field: LedgerField) -> str:
    """What may be written into the field, in a sentence or two."""
    match field.takes:
        case FieldType.DAY:
            how = "写年月日，如 2026-06-30。"
        case FieldType.WHOLE:
            how = f"整数，{field.least:f} 至 {field.most:f}。" if field.most < 10_000_000 else "整数。"
        case FieldType.DECIMAL:
            how = f"数字，最多 {field.places} 位小数。"
        case FieldType.MONEY:
            how = "以元计，如 3000 或 200.50；以万元计的写明，如 1.2万元。"
        case FieldType.CHOICE:
            how = f"可填：{'、'.join(member.label for member in field.choices or ())}。"
        case FieldType.YES_NO:
            how = "填是或否，不清楚的不填。"
        case FieldType.ITEM:
            how = "这一年计划中任务的编号。"
        case FieldType.PERSON:
            how = "已登记人员的姓名。"
        case _:
            how = f"最多 {field.longest} 字。"
    return ("必填。" if field.required else "") + how + (field.hint if field.hint not in how else "")


def write_template(
    path: Path, kind: SheetKind, *, title: str, departments: Sequence[str] = (), people: Sequence[str] = ()
) -> None:
    """An empty sheet of the kind; departments and people, where given, can be picked from lists.

    Raises BadInputError where the file cannot be written.
    """
    columns, fields = sheet_columns(kind), kind.to_fill_in
    workbook, sheet = new_sheet(title, kind.title, columns)
    inside: Sequence[Sequence[Value]] = [row for row in kind.examples if str(row[0]).startswith(EXAMPLE)]
    last = HEADER_ROW + ROWS
    for place, values in enumerate(inside, HEADER_ROW + 1):
        add_row(sheet, place, values, columns, style=LIKE_AN_EXAMPLE)
    for place in range(HEADER_ROW + 1 + len(inside), last + 1):
        add_row(sheet, place, [None] * len(columns), columns)
        for at, field in enumerate(fields, 1):
            sheet.cell(place, at).number_format = _FORMS.get(field.takes, "General")
    _offer_choices(workbook, sheet, kind, departments, people, last)
    beside: Sequence[Sequence[Value]] = (
        [[_example(field) for field in fields]] if kind.guided else kind.examples[len(inside) :]
    )
    if beside:
        shown = further_sheet(workbook, f"{title}填写示例（本表不导入）", EXAMPLE, columns)
        for place, values in enumerate(beside, HEADER_ROW + 1):
            add_row(shown, place, values, columns, style=LIKE_AN_EXAMPLE)
    if kind.guided:
        _add_guide(workbook, kind, title)
    save(workbook, path)


def write_rows(
    path: Path,
    kind: SheetKind,
    rows: Iterable[Sequence[Value]],
    *,
    title: str,
    beside: Sequence[Column] = (),
    departments: Sequence[str] = (),
    people: Sequence[str] = (),
    gaps: Sequence[tuple[int, str]] = (),
) -> int:
    """The rows as a sheet of the kind, to be read, filled in further and brought in again; answers how many.

    `beside` are columns that are shown only. `gaps` are the cells that want filling in, by row (from 0) and heading.
    Raises BadInputError where the file cannot be written.
    """
    columns = [*sheet_columns(kind), *beside]
    workbook, sheet = new_sheet(title, kind.title, columns)
    place = HEADER_ROW
    for place, values in enumerate(rows, HEADER_ROW + 1):
        add_row(sheet, place, values, columns)
    for at, field in enumerate(kind.to_fill_in, 1):
        if field.takes is FieldType.MONEY:
            for line in range(HEADER_ROW + 1, place + 1):
                sheet.cell(line, at).number_format = "#,##0.00"
    headings = [column.heading for column in columns]
    for row, heading in gaps:
        sheet.cell(HEADER_ROW + 1 + row, headings.index(heading) + 1).style = TO_FILL
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(columns))}{place}"
    if place > HEADER_ROW:
        _offer_choices(workbook, sheet, kind, departments, people, place)
    save(workbook, path)
    return place - HEADER_ROW


def _offer_choices(
    workbook: Workbook,
    sheet: Worksheet,
    kind: SheetKind,
    departments: Sequence[str],
    people: Sequence[str],
    last_row: int,
) -> None:
    """Drop-down lists: what a choice is has to be picked; where a cell may name several, anything may be typed."""
    lists: dict[tuple[str, ...], str] = {}
    fields = kind.to_fill_in
    wanted = [(field, departments) for field in fields if field.name in kind.departments]
    wanted += [(field, people) for field in fields if field.takes is FieldType.PERSON]
    wanted += [(field, [member.label for member in field.choices]) for field in fields if field.choices]
    wanted += [(field, ["是", "否"]) for field in fields if field.takes is FieldType.YES_NO]
    for field, words in wanted:
        if not words:
            continue
        formula = f'"{",".join(words)}"'
        declared = field.choices is not None or field.takes is FieldType.YES_NO
        if not declared or len(formula) > _LONGEST_FORMULA or any("," in word for word in words):
            if tuple(words) not in lists:
                lists[tuple(words)] = _list(workbook, words, len(lists) + 1)
            formula = lists[tuple(words)]
        strict = field.takes in (FieldType.CHOICE, FieldType.YES_NO)
        rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=strict)
        rule.errorTitle, rule.error = field.label[:32], f"请从列表中选择{field.label}。"
        letter = get_column_letter(fields.index(field) + 1)
        rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{last_row}")
        sheet.add_data_validation(rule)


def _list(workbook: Workbook, words: Sequence[str], at: int) -> str:
    """The words in a column of a hidden sheet, as a rule names them."""
    if _CHOICES not in workbook.sheetnames:
        workbook.create_sheet(_CHOICES).sheet_state = "hidden"
    for place, word in enumerate(words, 1):
        workbook[_CHOICES].cell(place, at, word).data_type = "s"
    letter = get_column_letter(at)
    return f"{_CHOICES}!${letter}$1:${letter}${len(words)}"


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
    return f"（填写{field.label}）" if field.required else ""


def _add_guide(workbook: Workbook, kind: SheetKind, title: str) -> None:
    columns = (Column("列", 20), Column("必填", 8, centred=True), Column("怎样填", 70), Column("也认得的列名", 40))
    sheet = further_sheet(workbook, f"{title}填写说明（本表不导入）", GUIDE, columns)
    for place, field in enumerate(kind.to_fill_in, HEADER_ROW + 1):
        known = "、".join(field.headings)
        row = (field.label, "是" if field.required else "", how_to_fill(field).removeprefix("必填。"), known)
        add_row(sheet, place, row, columns, style=BODY)
