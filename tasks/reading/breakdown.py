"""Tables of tasks inside a document (任务分解表), as lines whose cells end with a bar."""

import re
from dataclasses import dataclass

from tasks.reading.folding import fold
from tasks.reading.lines import Line

_COLUMNS = (
    ("number", r"序号|编号"),
    ("lead", r"牵头(?:责任)?(?:单位|部门|科室|处室)|主办(?:单位|部门)"),
    ("leader", r"(?:分管|牵头|责任|包抓).{0,3}领导|责任人"),
    ("cooperating", r"(?:配合|协办|协作|参与)(?:责任)?(?:单位|部门|科室|处室)?"),
    ("unit", r"(?:责任|承办|落实)(?:单位|部门|科室|处室|主体)"),
    ("due", r"(?:完成|办结)?(?:时限|时间)(?:要求|节点)?|进度要求"),
    ("project", r"类别|项目|领域|板块"),
    ("task", r".{0,6}(?:任务|内容|工作|目标|事项|措施|要点).{0,6}"),
)


@dataclass(frozen=True)
class BreakdownRow:
    """One row of tasks, as written; an empty cell is null."""

    task: str
    project: str | None
    lead: str | None
    cooperating: str | None
    due: str | None


_WIDEST = 40
"""Cells at most that are looked at for the names of columns."""


def is_cell(text: str) -> bool:
    """Whether a line is a cell or a row of a table."""
    return fold(text).rstrip().endswith("|")


def rows_of(lines: list[str]) -> list[BreakdownRow]:
    """The rows below the first header that names a column of tasks; [] where there is none."""
    cells: list[str] = []
    for line in lines:
        cells += _cells(line)
    for start in range(len(cells)):
        columns = _header(cells[start : start + _WIDEST])
        if len(columns) >= 2 and "task" in columns:
            return _rows(columns, cells[start + len(columns) :])
    return []


def whole_rows(lines: list[Line]) -> list[Line]:
    """The lines, with cells that stand on lines of their own put together as the rows below their header."""
    joined: list[Line] = []
    row: list[str] = []
    width = 0
    for position, line in enumerate(lines):
        lone = is_cell(line.text) and len(_cells(line.text)) == 1
        if lone and not width:
            width = max(
                len(_header([cell for after in lines[position : position + _WIDEST] for cell in _cells(after.text)])), 1
            )
        if lone:
            row.append(line.text)
        if row and (not lone or len(row) == width or position == len(lines) - 1):
            joined.append(Line(" ".join(row)))
            row = []
        if not lone:
            joined.append(line)
            width = 0
    return joined


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"[|｜]", text.rstrip()[:-1])] if is_cell(text) else []


def _header(cells: list[str]) -> list[str]:
    """The columns that the first cells name."""
    columns: list[str] = []
    for cell in cells:
        name = _column(cell)
        if name is None or name in columns:
            break
        columns.append(name)
    return columns


def _column(cell: str) -> str | None:
    folded = re.sub(r"\s", "", fold(cell))
    if len(folded) > 14:
        return None
    return next((name for name, pattern in _COLUMNS if re.fullmatch(pattern, folded)), None)


def _rows(columns: list[str], cells: list[str]) -> list[BreakdownRow]:
    rows: list[BreakdownRow] = []
    project = None
    for start in range(0, len(cells) - len(columns) + 1, len(columns)):
        row = dict(zip(columns, cells[start : start + len(columns)], strict=True))
        project = row.get("project") or project
        if not row["task"] or _column(row["task"]) == "task":
            continue
        helpers = [row.get("cooperating"), row.get("unit") if row.get("lead") else None]
        rows.append(
            BreakdownRow(
                task=row["task"],
                project=project,
                lead=row.get("lead") or row.get("unit") or None,
                cooperating="、".join(helper for helper in helpers if helper) or None,
                due=row.get("due") or None,
            )
        )
    return rows
