"""The lists of a draw as people bring them: pasted, one a line, or in a column of a sheet."""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from models.errors import BadInputError
from tasks.reading.cells import plain
from tasks.reading.sheet import Cell, Sheet, open_workbook

OBJECT_HEADINGS = ("检查对象", "抽查对象", "检查对象名称", "对象名称", "企业名称", "单位名称", "市场主体名称", "名称")
INSPECTOR_HEADINGS = ("检查人员", "执法人员", "检查人员姓名", "执法人员姓名", "姓名")
_HEADING_ROWS = 10
"""A title may stand above the headings; they are looked for in this many rows."""


def read_lines(text: str) -> list[str]:
    """Names one a line; blank lines are left out."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def read_objects(path: Path) -> list[str]:
    """The objects in a sheet: the column of a heading there is for them, or the only column there is.

    Raises BadInputError where neither is there, UnreadableFileError for what is no sheet.
    """
    return _column(path, OBJECT_HEADINGS, "检查对象")


def read_inspectors(path: Path) -> list[str]:
    """The inspectors in a sheet, as `read_objects` does."""
    return _column(path, INSPECTOR_HEADINGS, "检查人员")


def read_conflicts(text: str) -> list[tuple[str, str]]:
    """Who may not inspect what, one inspector a line: `张三:甲公司、乙公司`. Raises BadInputError."""
    return [pair for line in read_lines(text) for pair in _pairs(line)]


def read_conflicts_file(path: Path) -> list[tuple[str, str]]:
    """The same in a sheet with a column for the inspector and one for the object. Raises as `read_objects` does."""
    for sheet in open_workbook(path):
        for top, row in enumerate(sheet.rows[:_HEADING_ROWS]):
            who, what = _place(row, INSPECTOR_HEADINGS), _place(row, OBJECT_HEADINGS)
            if who is not None and what is not None:
                rows = [(plain(below[who]), plain(below[what])) for below in sheet.rows[top + 1 :]]
                return [pair for pair in rows if any(pair)]
    raise BadInputError(f"“{path.name}”中没有找到“检查人员”和“检查对象”两列：请写明列名。")


def conflict_lines(pairs: Iterable[tuple[str, str]]) -> str:
    """Pairs as `read_conflicts` reads them, one a line."""
    return "\n".join(f"{who}：{what}" for who, what in pairs)


def read_percent(text: str) -> Decimal:
    """A share as typed: 10、10% or 2.5%. Raises BadInputError."""
    try:
        found = Decimal(text.strip().replace("\uff05", "%").removesuffix("%").strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) > 1000:
        raise BadInputError(f"抽取比例“{text.strip()[:20]}”无法识别：应为百分比，如 10% 或 2.5%。")
    return found


def _column(path: Path, headings: Sequence[str], what: str) -> list[str]:
    sheets = open_workbook(path)
    for sheet in sheets:
        for top, row in enumerate(sheet.rows[:_HEADING_ROWS]):
            if (place := _place(row, headings)) is not None:
                return _names(sheet.rows[top + 1 :], place)
    filled = [sheet for sheet in sheets if any(plain(cell) for row in sheet.rows for cell in row)]
    if len(filled) == 1 and (only := _only_column(filled[0])) is not None:
        return _names(filled[0].rows, only)
    raise BadInputError(f"“{path.name}”中没有找到{what}一列：请把列名写作“{headings[0]}”，或者只留这一列。")


def _place(row: Sequence[Cell], headings: Sequence[str]) -> int | None:
    """Where in the row the first of the headings stands that is there."""
    cells = [plain(cell).replace(" ", "") for cell in row]
    return next((cells.index(heading) for heading in headings if heading in cells), None)


def _only_column(sheet: Sheet) -> int | None:
    filled = {place for row in sheet.rows for place, cell in enumerate(row) if plain(cell)}
    return filled.pop() if len(filled) == 1 else None


def _names(rows: Iterable[Sequence[Cell]], place: int) -> list[str]:
    return [name for row in rows if (name := plain(row[place]))]


def _pairs(line: str) -> Iterable[tuple[str, str]]:
    who, sign, targets = line.replace("\uff1a", ":").partition(":")
    named = [target.strip() for target in targets.split("、") if target.strip()]
    if not sign or not who.strip() or not named:
        raise BadInputError(f"回避“{line[:40]}”无法识别：一行写一名检查人员，如“张三：甲公司、乙公司”。")
    return [(who.strip(), target) for target in named]
