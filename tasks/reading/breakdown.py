"""Tables of tasks inside a document (任务分解表), as lines whose cells end with a bar."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

from tasks.reading import cells
from tasks.reading.folding import fold
from tasks.reading.lines import DITTO, Line
from tasks.reading.plan_columns import LIST, find_list_header
from tasks.reading.sheet import Merged, Sheet
from tasks.reading.sheet_header import is_heading, plain_heading
from tasks.reading.task_rows import TaskRows

_NUMBER_COLUMN = re.compile(r"(?:序|编)?号|NO\.?", re.IGNORECASE)
_FIRST_NUMBER = re.compile(r"[(（]?[\d一]+[)）]?[.、]?")
_DITTO = {DITTO, "同上"}
_BROKEN = re.compile(r"(?<=[\u4e00-\u9fff、，]) (?=[\u4e00-\u9fff])")
"""Where the words of a narrow cell were broken by hand."""
_READ = (
    "number",
    "title",
    "project",
    "subproject",
    "leaders",
    "handler",
    "lead",
    "units",
    "cooperating",
    "due",
    "cycle",
)
_WIDEST = 40
"""Cells at most that are looked at for the names of columns."""


@dataclass(frozen=True)
class BreakdownRow:
    """One row of tasks, as written; an empty cell is null."""

    task: str
    project: str | None
    leaders: str | None
    handler: str | None
    lead: str | None
    cooperating: str | None
    due: str | None


@dataclass(frozen=True)
class Breakdown:
    """The tasks of a table, and the headings of the columns that nothing is read from."""

    rows: tuple[BreakdownRow, ...]
    unread: tuple[str, ...]


def is_cell(text: str) -> bool:
    """Whether a line is a cell or a row of a table."""
    return fold(text).rstrip().endswith("|")


def breakdowns_in(lines: Iterable[str]) -> list[Breakdown]:
    """The tables whose header names a column of tasks and one thing more, in order."""
    tables = (list(group) for together, group in groupby(lines, is_cell) if together)
    return [found for table in tables if (found := _breakdown(_grid([_cells(line) for line in table]))) is not None]


def whole_rows(lines: list[Line]) -> list[Line]:
    """The lines, with cells that stand on lines of their own put together as the rows below their header."""
    joined: list[Line] = []
    row: list[str] = []
    width = 0
    for position, line in enumerate(lines):
        lone = is_cell(line.text) and len(_cells(line.text)) == 1
        if lone and not width:
            after = lines[position : position + _WIDEST]
            width = max(_width([cell for below in after for cell in _cells(below.text)]), 1)
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


def _width(found: Sequence[str]) -> int:
    """How many of the cells are headings: as many as stand before the first number, else as many as are known."""
    if found and _NUMBER_COLUMN.fullmatch(plain_heading(found[0])):
        for place, cell in enumerate(found):
            if _FIRST_NUMBER.fullmatch(cell):
                return place
    return next((place for place, cell in enumerate(found) if not is_heading(LIST, cell)), len(found))


def _grid(rows: list[list[str]]) -> list[list[str]]:
    """The rows of one width; where they are not, the cells one after another below as many headings as there are."""
    if len({len(row) for row in rows}) == 1:
        return rows
    found = list(chain.from_iterable(rows))
    width = _width(found[:_WIDEST])
    if width < 2:
        widest = max(map(len, rows))
        return [row + [""] * (widest - len(row)) for row in rows]
    return [found[start : start + width] for start in range(0, len(found) - width + 1, width)]


def _breakdown(grid: list[list[str]]) -> Breakdown | None:
    sheet = _sheet(grid)
    header = find_list_header(sheet)
    if header is None:
        return None
    reader = TaskRows(sheet, header, [])
    projects = reader.keep_items()
    columns = {field: column for field, column in reader.columns.items() if field in _READ}

    def read(index: int, *fields: str) -> str | None:
        said = [cells.plain(columns[field][index]) for field in fields if field in columns]
        return "、".join(text for text in said if text) or None

    rows = []
    for index in reader.kept:
        task = read(index, "title")
        if task is None or is_heading(LIST, task):
            continue
        lead, units = read(index, "lead"), read(index, "units")
        due = cells.plain(cells.with_cycle(read(index, "due") or "", read(index, "cycle") or ""))
        rows.append(
            BreakdownRow(
                task=_BROKEN.sub("", task),
                project=projects[index],
                leaders=read(index, "leaders"),
                handler=read(index, "handler"),
                lead=lead or units,
                cooperating="、".join(filter(None, (read(index, "cooperating"), units if lead else None))) or None,
                due=due or None,
            )
        )
    known = {column for field, column in header.columns.items() if field in _READ}
    unread = [
        heading
        for column, heading in enumerate(header.row)
        if heading and column not in known and not _NUMBER_COLUMN.fullmatch(plain_heading(heading))
    ]
    return Breakdown(tuple(rows), tuple(unread))


def _sheet(grid: list[list[str]]) -> Sheet:
    """The grid as a sheet: cells that go on below are merged, and so is a row that only its first cell speaks in."""
    merged: list[Merged] = []
    for column in range(len(grid[0])):
        top = 0
        for index, row in enumerate(grid):
            if row[column] not in _DITTO:
                top = index
            elif index + 1 == len(grid) or grid[index + 1][column] not in _DITTO:
                merged.append(Merged(top, column, index, column))
    for index, row in enumerate(grid):
        below = grid[index + 1] if index + 1 < len(grid) else []
        if row[0] and not any(row[1:]):
            merged.append(Merged(index, 0, index, len(row) - 1))
        elif DITTO in below and index < LIST.within:
            # Headings over two rows: one that is followed by empty cells stands over them too.
            merged += [Merged(index, place, index, place + 1) for place in range(len(row) - 1) if not row[place + 1]]
    return Sheet(None, [["" if cell in _DITTO else cell for cell in row] for row in grid], merged)
