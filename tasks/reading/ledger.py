"""Reads a ledger (.xlsx, .csv) into rows that say what each item is to be; knows no database."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import repeat
from typing import Any, TypeVar

from sqlmodel import SQLModel

from models.errors import CellError
from models.items.arrival import Arrival
from models.items.item import ItemUnit, WorkItem
from models.items.plan import Project
from models.secrecy import ACCEPTED as NO_SECRETS
from models.secrecy import is_classified, marking
from tasks.reading import cells
from tasks.reading.cells import CellRefusedError, Due, Target
from tasks.reading.item_list import ItemList, ListRow, Place
from tasks.reading.plan_columns import LIST, Field, find_list_header
from tasks.reading.sheet import Cell, Sheet
from tasks.reading.sheet_header import EXAMPLE, Header, columns_below, spans_columns
from tasks.reading.units import Units, read_units, split_units

_BLANK = {"", "无", "/", "—", "——", "\\"}
_CLEAR = {"-", "\uff0d"}
_SECTION = re.compile(
    r"(?:[(（][一二三四五六七八九十百]{1,4}[)）]|[一二三四五六七八九十百]{1,4}[、..]|第[一二三四五六七八九十百\d]+[部章方类]\S?)"
    r"\s*(?P<name>\S.*)"
)
_FOOT = re.compile(r"[(（]?(?:注|备注|说明|填表|填报|制表|审核|联系|合计|小计|总计|共计)")

T = TypeVar("T")


def read_ledger(sheets: list[Sheet], *, year: int, dues: Mapping[str, str] | None = None) -> ItemList:
    """The items of all sheets that have a header. Everything wrong is collected, nothing is raised.

    `dues` says how a person reads due texts: a cell that reads so is taken for what stands there instead.

    Row and column of an error are as a person sees them. A project written once above its items (merged, or
    as a section title across the sheet) holds for all of them.
    """
    found = ItemList()
    for sheet in sheets:
        header = find_list_header(sheet)
        if header is None:
            found.ignored_sheets.append(sheet.name or "")
            continue
        found.ignored_columns += header.ignored(LIST)
        before = len(found.rows) + len(found.errors)
        _read_sheet(found, sheet, header, year, dues or {})
        if len(sheets) == 1 and len(found.rows) + len(found.errors) == before:
            place = Place(sheet.name, header.headings)
            found.errors.append(place.error(header.below + 1, None, "", "表头下没有任何任务：请至少填写一行。"))
    if len(found.ignored_sheets) == len(sheets):
        found.errors.append(_no_header(sheets[0]))
    elif not found.rows and not found.errors:
        found.errors.append(CellError(None, None, None, "", "各工作表的表头下都没有任务：请至少填写一行。"))
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


def _read_sheet(found: ItemList, sheet: Sheet, header: Header, year: int, dues: Mapping[str, str]) -> None:
    reader = _Reader(sheet, header, found.errors)
    projects = reader.keep_items()
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
        [projects[index] for index in reader.kept],
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
        read("deliverable", _within(cells.lines, WorkItem, "deliverable")),
        read("evidence_rule", _within(cells.lines, WorkItem, "evidence_rule")),
        read("source", _within(cells.lines, WorkItem, "source")),
        read("note", _within(cells.lines, WorkItem, "note")),
    )
    lines = [index + 1 for index in reader.kept]
    rows = dict(zip(reader.kept, map(ListRow, repeat(reader.place), lines, *columns), strict=True))
    for index, fields in reader.cleared.items():
        rows[index].cleared = frozenset(fields)
    found.errors += _arrivals(rows.values(), found.errors)
    found.rows += rows.values()


class _Reader:
    """One sheet column by column: converts what is kept, each distinct cell once, and collects refusals."""

    def __init__(self, sheet: Sheet, header: Header, errors: list[CellError]) -> None:
        self.place = Place(sheet.name, header.headings)
        self.errors = errors
        self.header = header
        self.sheet = sheet
        self.kept: list[int] = []
        self.cleared: dict[int, set[Field]] = {}
        self.columns = columns_below(sheet, header, LIST)

    def keep_items(self) -> dict[int, str | None]:
        """Keeps the rows that are items, and tells the project of each."""
        blank: list[Cell] = [""] * len(self.sheet.rows)
        numbers, titles = self.columns.get("number", blank), self.columns["title"]
        groups, parts = self.columns.get("project", blank), self.columns.get("subproject", blank)
        limit = _length(Project, "name")
        project: str | None = None
        projects: dict[int, str | None] = {}
        plain = lru_cache(typed=True)(cells.plain)  # a project is written once for each of its rows
        for index in range(self.header.below, len(titles)):
            if _is_blank(numbers[index]) or _is_blank(titles[index]):
                filled = [cell for cell in self.sheet.rows[index] if not _is_blank(cell)]
                if not filled:
                    continue
                if len(filled) == 1 and (named := self._section(index, filled[0])) is not None:
                    project = named or project
                    continue
                if filled == [numbers[index]] and _is_blank(titles[index]):
                    continue  # a number written in advance
            number = numbers[index]
            if isinstance(number, str) and number.strip().startswith(EXAMPLE):
                continue
            if groups[index] != "":
                project = plain(groups[index])
            name = f"{project} / {cells.plain(parts[index])}" if project and parts[index] != "" else project
            if name and len(name) > limit:
                self.errors.append(self.place.error(index + 1, "project", name, f"项目名称最多 {limit} 字。"))
            self.kept.append(index)
            projects[index] = name
        return projects

    def _section(self, index: int, cell: Cell) -> str | None:
        """The project that a row with a single cell announces; "" for a footnote, None for an ordinary item."""
        text = cells.plain(cell)
        if match := _SECTION.fullmatch(text):
            return match["name"]
        if _FOOT.match(text):
            return ""
        return text if spans_columns(self.sheet, index) else None

    def refuse_secrets(self) -> None:
        """Rows marked as secret are named by their marking alone and looked at no further."""
        rows = self.sheet.rows
        suspects = [
            (index, cell) for index in self.kept for cell in rows[index] if isinstance(cell, str) and "密" in cell
        ]
        secret = {index: mark for index, cell in reversed(suspects) if (mark := marking(cell))}
        for index in self.kept if "secrecy" in self.columns else ():
            level = cells.plain(self.columns["secrecy"][index])
            if is_classified(level):
                secret.setdefault(index, level)
        if secret:
            self.kept = [index for index in self.kept if index not in secret]
        for index, mark in secret.items():
            self.errors.append(self.place.error(index + 1, self._field_of(index, mark), mark, NO_SECRETS))

    def _field_of(self, index: int, mark: str) -> Field | None:
        return next((field for field, column in self.columns.items() if mark in cells.plain(column[index])), None)

    def read(self, field: Field, convert: Callable[[Cell], T]) -> list[T | None]:
        """What each kept row has in this column: None where it is blank, cleared or refused."""
        column = self.columns.get(field)
        if column is None:
            return [None] * len(self.kept)
        kept = list(map(column.__getitem__, self.kept))
        known: dict[Cell, T | None] = {}
        clearing: set[Cell] = set()
        refused: dict[Cell, str] = {}
        for cell in set(kept):
            text = cell.strip() if isinstance(cell, str) else None
            known[cell] = None
            if text in _CLEAR:
                clearing.add(cell)
            elif text not in _BLANK:
                try:
                    known[cell] = convert(cell)
                except CellRefusedError as refusal:
                    refused[cell] = str(refusal)
        if refused or clearing:
            for index, cell in zip(self.kept, kept, strict=True):
                if cell in refused:
                    self.errors.append(self.place.error(index + 1, field, cells.plain(cell), refused[cell]))
                elif cell in clearing:
                    self.cleared.setdefault(index, set()).add(field)
        return list(map(known.__getitem__, kept))


def _is_blank(cell: Cell) -> bool:
    """Empty, or only the blanks that a keystroke leaves behind: nobody sees them in the sheet."""
    return cell == "" or (isinstance(cell, str) and cell.isspace())


def _units(cell: Cell) -> tuple[str, ...]:
    units = split_units(cells.lines(cell))
    limit = _length(ItemUnit, "text")
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


def _dues(reader: _Reader, year: int, dues: Mapping[str, str]) -> list[Due | None]:
    limit = _length(WorkItem, "due_text")

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


def _length(model: type[SQLModel], column: str) -> int:
    """The longest text the column keeps."""
    return int(model.__table__.columns[column].type.length)  # type: ignore[attr-defined]


def _within(convert: Callable[[Cell], str], model: type[SQLModel], column: str) -> Callable[[Cell], str]:
    """`convert`, refusing what is longer than the column keeps."""
    limit = _length(model, column)

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
