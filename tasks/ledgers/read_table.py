"""A sheet as rows of a ledger: where its header stands, which column is which field, which rows are none."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.errors import CellError
from models.ledgers.field import FieldType
from models.ledgers.kind import Kind
from models.secrecy import ACCEPTED as NO_SECRETS
from models.secrecy import marking
from tasks.reading.cells import broken, plain
from tasks.reading.sheet import Cell, Sheet
from tasks.reading.sheet_header import EXAMPLE, Header, columns_below, find_header, spans_columns, tell_unseen

_TOTAL = re.compile(r"(?:本页|本月|累计|总|合|小|共)?(?:合计|小计|总计|共计|累计|计)[:：]?.{0,12}")
_NOTE = re.compile(
    r"(?:注|备注|说明|填表说明|填表人|填报人|填报单位|填报日期|制表|制表人|审核人?|联系人|联系电话|单位负责人)\s*[:：].*",
    re.S,
)


@dataclass(frozen=True)
class TableRow:
    """One row to bring in: its sheet, its place as a person counts, its cells by column of the ledger."""

    sheet: str | None
    row: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Skipped:
    """A row that is none, and why."""

    sheet: str | None
    row: int
    text: str
    why: str


@dataclass
class LedgerTable:
    """What a file holds for one ledger; `headings` are those of the file by column of the ledger."""

    rows: list[TableRow] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    wan: set[str] = field(default_factory=set)
    """The columns whose heading says that amounts are in 10,000 yuan."""
    ignored_columns: list[str] = field(default_factory=list)
    ignored_sheets: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What stands hidden or struck out in the file and was read, in words."""


def read_table(sheets: Sequence[Sheet], kind: Kind, always: Mapping[str, Cell] | None = None) -> LedgerTable:
    """The rows of every sheet that has a header. Everything wrong is collected, nothing is raised.

    `always` is, by column of the ledger, what holds of every row that does not say it itself.
    """
    found = LedgerTable()
    read = 0
    for sheet in sheets:
        header = find_header(sheet, kind)
        if header is None:
            found.ignored_sheets.append(sheet.name or "")
            continue
        read += 1
        _read_sheet(found, sheet, header, kind, always or {})
    if not read:
        found.errors.append(_no_header(sheets[0], kind))
    elif not found.rows and not found.errors:
        found.errors.append(CellError(None, None, None, "", "表头下没有任何记录：请至少填写一行。"))
    return found


def _read_sheet(found: LedgerTable, sheet: Sheet, header: Header, kind: Kind, always: Mapping[str, Cell]) -> None:
    for name, heading in header.headings.items():
        found.headings.setdefault(name, heading)
        if kind.field(name).takes is FieldType.MONEY and "万元" in heading:
            found.wan.add(name)
    found.ignored_columns += header.ignored(kind)
    for index, row in enumerate(sheet.rows[: header.top]):
        if texts := [plain(cell) for cell in row if cell != "" and plain(cell)]:
            found.skipped.append(Skipped(sheet.name, index + 1, texts[0][:40], "表头以上的文字"))
    missing = [one for one in kind.columns if one.required and one.name not in {*header.columns, *always}]
    for one in missing:
        said = "表中没有这一列，此项必填。" + (f"也可写作{'、'.join(one.headings)}。" if one.headings else "")
        found.errors.append(CellError(sheet.name, header.below, one.label, "", said))
    if missing:
        return
    columns = columns_below(sheet, header, kind)
    before = len(found.rows)
    for index in range(header.below, len(sheet.rows)):
        cells = sheet.rows[index]
        place, texts = index + 1, [plain(cell) for cell in cells if cell != "" and plain(cell)]
        if not any(_says(cells[column]) for column in header.columns.values()):
            # A number written in advance, or nothing at all; what stands beside the fields is no row either.
            if len(texts) > 1 or (texts and not texts[0].isdecimal()):
                found.skipped.append(Skipped(sheet.name, place, texts[0][:40], "各列都没有内容"))
            continue
        secret = next(
            (mark for cell in cells if isinstance(cell, str) and "密" in cell and (mark := marking(cell))), None
        )
        if secret:
            found.errors.append(CellError(sheet.name, place, None, secret, NO_SECRETS))
        elif why := _no_row(sheet, header, index, texts):
            found.skipped.append(Skipped(sheet.name, place, texts[0][:40], why))
        else:
            taken = {name: column[index] for name, column in columns.items()}
            wrong = [
                CellError(sheet.name, place, header.headings[name], plain(cell), why)
                for name, cell in taken.items()
                if (why := broken(cell)) is not None
            ]
            if wrong:
                found.errors += wrong
                continue
            spoken = {name: cell for name, cell in taken.items() if _says(cell) or name not in always}
            found.rows.append(TableRow(sheet.name, place, {**always, **spoken}))
    read = [row.row - 1 for row in found.rows[before:]]
    found.notes += tell_unseen(sheet, read, next(iter(header.columns.values())), "也按记录读取")[0]


def _says(cell: Cell) -> bool:
    return cell != "" and (not isinstance(cell, str) or cell.strip() != "")


def _no_row(sheet: Sheet, header: Header, index: int, texts: Sequence[str]) -> str | None:
    """Why a row with something in it is none; None where it is one."""
    first = re.sub(r"\s", "", texts[0])
    if first.startswith(EXAMPLE):
        return "示例行"
    if _TOTAL.fullmatch(first):
        return "合计行"
    if _NOTE.fullmatch(texts[0]):
        return "说明行"
    if all(plain(sheet.rows[index][column]) == header.row[column] for column in header.columns.values()):
        return "重复的表头"
    if len(texts) == 1 and len(header.columns) > 1 and spans_columns(sheet, index):
        return "横跨各列的标题"
    return None


def _no_header(sheet: Sheet, kind: Kind) -> CellError:
    seen = next((plain(cell) for row in sheet.rows for cell in row if cell != ""), "")
    wanted = "、".join(f"“{one.label}”" for one in kind.columns if one.required)
    said = f"没有找到{kind.title}的表头：前 {kind.within} 行里要有一行列名，至少有{wanted or '一列'}。"
    return CellError(sheet.name, 1, None, seen, f"{said}可下载空白模板对照。")
