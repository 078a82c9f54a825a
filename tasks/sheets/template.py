"""A sheet of any kind to be filled in, empty or with what is known: headings with notes, drop-down lists, an example.

Whatever is written here comes in again as its kind is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from models.later import later
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.sheet_kind import SheetKind
from tasks.files.sheet_rows import Value
from tasks.files.workbook import EXAMPLE as LIKE_AN_EXAMPLE
from tasks.files.workbook import HEADER_ROW, Book, Column, Page
from tasks.reading.sheet_header import EXAMPLE, GUIDE

if TYPE_CHECKING:
    from openpyxl import Workbook, utils
    from openpyxl.worksheet import datavalidation
else:
    utils = later("openpyxl.utils")
    datavalidation = later("openpyxl.worksheet.datavalidation")

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
_AMOUNT = "#,##0.00"
"""Money that is read rather than typed."""
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
            _FORMS.get(field.takes, "General"),
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
    columns = sheet_columns(kind)
    inside: list[Sequence[Value]] = [row for row in kind.examples if str(row[0]).startswith(EXAMPLE)]
    beside: Sequence[Sequence[Value]] = (
        [[_example(field) for field in kind.to_fill_in]] if kind.guided else kind.examples[len(inside) :]
    )
    with Book() as book:
        page = book.page(title, kind.title, columns)
        for values in inside:
            page.add(values, style=LIKE_AN_EXAMPLE)
        for _ in range(ROWS - len(inside)):
            page.add([None] * len(columns))
        _offer_choices(book, page, kind, departments, people)
        if beside:
            shown = book.page(f"{title}填写示例（本表不导入）", EXAMPLE, columns)
            for values in beside:
                shown.add(values, style=LIKE_AN_EXAMPLE)
        if kind.guided:
            _add_guide(book, kind, title)
        book.save(path)


def write_rows(
    path: Path,
    kind: SheetKind,
    rows: Iterable[tuple[Sequence[Value], Collection[str]]],
    *,
    title: str,
    beside: Sequence[Column] = (),
    departments: Sequence[str] = (),
    people: Sequence[str] = (),
) -> int:
    """The rows as a sheet of the kind, to be read, filled in further and brought in again; answers how many.

    Each comes with the headings of its cells that want filling in, and may be made up as it is asked for: none is kept.
    `beside` are columns that are shown only. Raises BadInputError where the file cannot be written.
    """
    money = {field.label for field in kind.to_fill_in if field.takes is FieldType.MONEY}
    own = [replace(one, form=_AMOUNT) if one.heading in money else one for one in sheet_columns(kind)]
    columns = [*own, *beside]
    with Book() as book:
        page = book.page(title, kind.title, columns)
        for values, gaps in rows:
            page.add(values, to_fill=gaps)
        page.sheet.auto_filter.ref = f"A{HEADER_ROW}:{utils.get_column_letter(len(columns))}{page.last}"
        if page.last > HEADER_ROW:
            _offer_choices(book, page, kind, departments, people)
        book.save(path)
        return page.last - HEADER_ROW


def _offer_choices(book: Book, page: Page, kind: SheetKind, departments: Sequence[str], people: Sequence[str]) -> None:
    """Drop-down lists: what a choice is has to be picked; where a cell may name several, anything may be typed."""
    sheet = page.sheet
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
                lists[tuple(words)] = _list(book.frame, words, len(lists) + 1)
            formula = lists[tuple(words)]
        strict = field.takes in (FieldType.CHOICE, FieldType.YES_NO)
        rule = datavalidation.DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=strict)
        rule.errorTitle, rule.error = field.label[:32], f"请从列表中选择{field.label}。"
        letter = utils.get_column_letter(fields.index(field) + 1)
        rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{page.last}")
        sheet.add_data_validation(rule)


def _list(workbook: Workbook, words: Sequence[str], at: int) -> str:
    """The words in a column of a hidden sheet, as a rule names them."""
    if _CHOICES not in workbook.sheetnames:
        workbook.create_sheet(_CHOICES).sheet_state = "hidden"
    for place, word in enumerate(words, 1):
        workbook[_CHOICES].cell(place, at, word).data_type = "s"
    letter = utils.get_column_letter(at)
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


def _add_guide(book: Book, kind: SheetKind, title: str) -> None:
    columns = (Column("列", 20), Column("必填", 8, centred=True), Column("怎样填", 70), Column("也认得的列名", 40))
    page = book.page(f"{title}填写说明（本表不导入）", GUIDE, columns)
    for field in kind.to_fill_in:
        known = "、".join(field.headings)
        page.add((field.label, "是" if field.required else "", how_to_fill(field).removeprefix("必填。"), known))
