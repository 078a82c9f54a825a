"""Reads the rows of a list into rows that say what each item is to be; knows no database."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import repeat
from typing import Any

from sqlmodel import SQLModel

from models.errors import CellError
from models.items.arrival import Arrival
from models.items.item import ItemUnit, WorkItem
from tasks.reading import cells
from tasks.reading.cells import CellRefusedError, Due, Target
from tasks.reading.item_list import ItemList, ListRow, Place
from tasks.reading.plan_columns import LIST, Field, find_list_header, is_shown_list
from tasks.reading.sheet import Cell, Sheet
from tasks.reading.sheet_header import Header, tell_unseen
from tasks.reading.task_rows import TaskRows, length
from tasks.reading.units import Units, read_units, split_units


def read_ledger(
    sheets: list[Sheet],
    *,
    year: int,
    dues: Mapping[str, str] | None = None,
    columns: Mapping[str, Field] | None = None,
    visible_only: bool = False,
) -> ItemList:
    """The items of all sheets that have a header. Everything wrong is collected, nothing is raised.

    `dues` says how a person reads due texts: a cell that reads so is taken for what stands there instead; `columns` by
    heading which field a column is. Rows that are hidden, filtered or struck out are told in the notes, and with
    `visible_only` left out.

    Row and column of an error are as a person sees them. A project written once above its items (merged, or
    as a section title in a row of its own) holds for all of them; where each sheet is one, its name does. Numbers that
    begin again in each group or sheet are told apart by its place: 2-1. A list as a page shows it is no plan and is
    refused: the day it gives an item that comes round again is only that of the present turn.
    """
    found = ItemList()
    headers = [(sheet, find_list_header(sheet, columns)) for sheet in sheets]
    by_sheet = sum(header is not None for _, header in headers) > 1
    for sheet, header in headers:
        if header is None:
            found.ignored_sheets.append(sheet.name or "")
            continue
        if is_shown_list(header):
            found.errors.append(_no_plan(sheet))
            continue
        found.ignored_columns += header.ignored(LIST)
        before = len(found.rows) + len(found.errors)
        project = sheet.name if by_sheet and not _NO_NAME.fullmatch(sheet.name or "") else None
        _read_sheet(found, sheet, header, year, dues or {}, project, visible_only=visible_only)
        if len(sheets) == 1 and len(found.rows) + len(found.errors) == before:
            place = Place(sheet.name, header.headings)
            found.errors.append(place.error(header.below + 1, None, "", "表头下没有任何任务：请至少填写一行。"))
    if len(found.ignored_sheets) == len(sheets):
        found.errors.append(_no_header(sheets[0]))
    elif not found.rows and not found.errors:
        found.errors.append(CellError(None, None, None, "", "各工作表的表头下都没有任务：请至少填写一行。"))
    _number_within_groups(found)
    _refuse_duplicates(found)
    return found


def _no_header(sheet: Sheet) -> CellError:
    seen = next((cells.plain(cell) for row in sheet.rows for cell in row if cell != ""), "")
    return CellError(
        sheet.name,
        1,
        None,
        seen,
        f"没有找到表头：前 {LIST.within} 行里要有一行列名，至少有“任务内容”和另一列（如“序号”“牵头单位”“完成时限”）。",
    )


def _no_plan(sheet: Sheet) -> CellError:
    return CellError(
        sheet.name,
        None,
        None,
        "",
        "这是“任务清单”页面导出的清单，写的是查看当天的时限和状态，不是计划：不作为计划导入，任何任务都不改动。"
        "要用文件修改任务，请用年度计划页面的“导出”（命令 duban plan export），改好后再导入。",
    )


def _read_sheet(
    found: ItemList,
    sheet: Sheet,
    header: Header,
    year: int,
    dues: Mapping[str, str],
    project: str | None,
    *,
    visible_only: bool,
) -> None:
    reader = TaskRows(sheet, header, found.errors)
    projects = reader.keep_items()
    did = "没有导入" if visible_only else "也按任务读取"
    said, unseen = tell_unseen(sheet, reader.kept, header.columns["title"], did)
    found.notes += said
    found.unseen += len(unseen)
    if visible_only:
        reader.leave_out(unseen)
    reader.refuse_secrets()
    read = reader.read
    units = [
        _responsible(lead, listed, helping)
        for lead, listed, helping in zip(
            read("lead", _units), read("units", cells.lines), read("cooperating", _units), strict=True
        )
    ]
    columns: tuple[list[Any], ...] = (
        read("number", _within(cells.number, WorkItem, "number")),
        read("title", _within(cells.plain, WorkItem, "title")),
        [projects[index] or project for index in reader.kept],
        _joined(read("leaders", cells.lines), read("other_leaders", cells.lines)),
        read("handler", cells.lines),
        [unit.lead for unit in units],
        [unit.cooperating or None for unit in units],
        _dues(reader, year, dues),
        read("start", lambda cell: cells.start(cell, year)),
        _targets(read("target", cells.target), read("target_unit", _within(cells.plain, WorkItem, "target_unit"))),
        read("percent", cells.percent),
        read("state", cells.arrival),
        read("done_on", lambda cell: cells.done_on(cell, year)),
        read("importance", cells.importance),
        read("secrecy", cells.internal),
        read("yearly", cells.yearly),
        read("deliverable", _within(cells.lines, WorkItem, "deliverable")),
        read("evidence_rule", _within(cells.lines, WorkItem, "evidence_rule")),
        read("source", _within(cells.lines, WorkItem, "source")),
        read("note", _within(cells.lines, WorkItem, "note")),
    )
    lines = [index + 1 for index in reader.kept]
    rows = dict(zip(reader.kept, map(ListRow, repeat(reader.place), lines, *columns), strict=True))
    for index, row in rows.items():
        row.group = reader.grouped[index]
    for index, fields in reader.cleared.items():
        rows[index].cleared = frozenset(fields)
    found.errors += _arrivals(rows.values(), found.errors)
    found.rows += rows.values()


_NO_NAME = re.compile(r"(?:sheet|工作表|表)\s*\d*(?:\s*[(（]\d+[)）])?|", re.IGNORECASE)


def _number_within_groups(found: ItemList) -> None:
    """Numbers that begin again in each group, or on each sheet, with the place of the group before them."""
    groups: dict[tuple[str | None, int], list[ListRow]] = {}
    for row in found.rows:
        groups.setdefault((row.place.sheet, row.group), []).append(row)
    first = [next((row.number for row in rows if row.number is not None), None) for rows in groups.values()]
    numbers = [row.number for row in found.rows if row.number is not None]
    if len(groups) < 2 or len(set(numbers)) == len(numbers) or len(set(first)) > 1:
        return
    for place, rows in enumerate(groups.values(), 1):
        for row in rows:
            row.number = f"{place}-{row.number}" if row.number is not None else None


def _units(cell: Cell) -> tuple[str, ...]:
    units = split_units(cells.lines(cell))
    limit = length(ItemUnit, "text")
    if any(len(unit) > limit for unit in units):
        raise CellRefusedError(f"单位名称最多 {limit} 字；多个单位之间用“、”分开。")
    return units


@lru_cache(maxsize=10_000)
def _responsible(lead: tuple[str, ...] | None, listed: str | None, helping: tuple[str, ...] | None) -> Units:
    """Who leads and who cooperates, from a column that says so and one that mixes both."""
    if lead:
        others = (*lead[1:], *(split_units(listed) if listed else ()), *(helping or ()))
        return Units(lead[0], tuple(dict.fromkeys(others)))
    if listed is None:
        return Units(None, helping or ())
    mixed = read_units(listed)
    return Units(mixed.lead, (*mixed.cooperating, *(helping or ())))


def _dues(reader: TaskRows, year: int, dues: Mapping[str, str]) -> list[Due | None]:
    limit = length(WorkItem, "due_text")

    def read_due(cell: Cell) -> Due:
        due = cells.due(dues.get(cells.due_written(cell), cell) if dues else cell, year)
        if len(due.text) > limit:
            raise CellRefusedError(f"完成时限最多 {limit} 字。")
        return due

    if "cycle" in reader.columns:
        cycles = reader.columns.pop("cycle")
        days = reader.columns.get("due", [""] * len(cycles))
        reader.place.headings.setdefault("due", reader.place.headings["cycle"])
        reader.columns["due"] = [cells.with_cycle(day, cycle) for day, cycle in zip(days, cycles, strict=True)]
    return reader.read("due", read_due)


def _targets(targets: list[Target | None], units: list[str | None]) -> list[Target | None]:
    return [
        Target(target.value, target.unit or unit) if target and unit else target
        for target, unit in zip(targets, units, strict=True)
    ]


def _arrivals(rows: Iterable[ListRow], errors: list[CellError]) -> list[CellError]:
    """Rows whose state and day of being done contradict each other; a cell that was refused says so itself."""
    wrong = []
    refused = {(error.sheet, error.row) for error in errors}
    for row in rows:
        if (row.place.sheet, row.row) in refused:
            row.arrival = None
            continue
        if row.arrival not in (Arrival.DONE, None) and row.done_on is not None:
            why = f"写了办结日 {row.done_on}，状态应为“{Arrival.DONE.label}”：请更正其中之一。"
            wrong.append(row.error("state", row.arrival.label, why))
    return wrong


def _joined(first: list[str | None], second: list[str | None]) -> list[str | None]:
    return ["、".join(filter(None, pair)) or None for pair in zip(first, second, strict=True)]


def _within(convert: Callable[[Cell], str], model: type[SQLModel], column: str) -> Callable[[Cell], str]:
    """`convert`, refusing what is longer than the column keeps."""
    limit = length(model, column)

    def checked(cell: Cell) -> str:
        text = convert(cell)
        if len(text) > limit:
            raise CellRefusedError(f"最多 {limit} 字，此处有 {len(text)} 字：请精简。")
        return text

    return checked


def _refuse_duplicates(found: ItemList) -> None:
    first: dict[str, ListRow] = {}
    for row in found.rows:
        if row.number is None:
            continue
        earlier = first.setdefault(row.number, row)
        if earlier is not row:
            where = "" if earlier.place is row.place else f"工作表“{earlier.place.sheet}”"
            accepted = f"编号与{where}第 {earlier.row} 行重复：一个计划内编号不得重复，请改号（如 {row.number}-2）。"
            found.errors.append(row.error("number", row.number, accepted))
