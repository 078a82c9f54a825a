"""The rows of a sheet that are tasks: which they are, under which project each stands, what a column says in each."""

import re
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import TypeVar

from sqlmodel import SQLModel

from models.errors import CellError
from models.items.plan import Project
from models.secrecy import ACCEPTED as NO_SECRETS
from models.secrecy import is_classified, marking
from tasks.reading import cells
from tasks.reading.cells import CellRefusedError
from tasks.reading.item_list import Place
from tasks.reading.plan_columns import LIST, Field
from tasks.reading.sheet import Cell, Sheet
from tasks.reading.sheet_header import EXAMPLE, Header, columns_below, spans_columns

_BLANK = {"", "无", "/", "—", "——", "\\"}
_CLEAR = {"-", "\uff0d"}
_RANK = r"[(（]?[一二三四五六七八九十百]{1,4}[)）]?[、.．]?|第[一二三四五六七八九十百\d]+[部章方类]\S?"
_SECTION = re.compile(
    r"(?:[(（][一二三四五六七八九十百]{1,4}[)）]|[一二三四五六七八九十百]{1,4}[、.．]|第[一二三四五六七八九十百\d]+[部章方类]\S?)"
    r"\s*(?P<name>\S.*)"
)
_COUNTED = re.compile(r"[(（]?\d{1,2}[)）]?\s*[、.．]?\s*(?P<name>[^\d\W].*)")
"""1 人防工程建设, in a row of its own."""
_TAIL = re.compile(r"[(（](?:共|计)?\d+[项条个][)）]$|[:：]$")
_FOOT = re.compile(r"[(（]?(?:注|备注|说明|填表|填报|制表|审核|联系|合计|小计|总计|共计)")

T = TypeVar("T")


class TaskRows:
    """One sheet column by column: converts what is kept, each distinct cell once, and collects refusals."""

    def __init__(self, sheet: Sheet, header: Header, errors: list[CellError]) -> None:
        self.place = Place(sheet.name, header.headings)
        self.errors = errors
        self.header = header
        self.sheet = sheet
        self.kept: list[int] = []
        self.grouped: dict[int, int] = {}
        """By kept row which of the groups that rows of their own announce it stands in, the first being 1."""
        self.cleared: dict[int, set[Field]] = {}
        self.columns = columns_below(sheet, header, LIST)

    def keep_items(self) -> dict[int, str | None]:
        """Keeps the rows that are items, and tells the project of each."""
        blank: list[Cell] = [""] * len(self.sheet.rows)
        numbers, titles = self.columns.get("number", blank), self.columns["title"]
        groups, parts = self.columns.get("project", blank), self.columns.get("subproject", blank)
        limit = length(Project, "name")
        project: str | None = None
        projects: dict[int, str | None] = {}
        group = 0
        plain = lru_cache(typed=True)(cells.plain)  # a project is written once for each of its rows
        for index in range(self.header.below, len(titles)):
            if _is_blank(numbers[index]) or _is_blank(titles[index]):
                filled = [cell for cell in self.sheet.rows[index] if not _is_blank(cell)]
                if not filled:
                    continue
                if len(filled) == 1 and (named := self._section(index, filled[0])) is not None:
                    project, group = named or project, group + bool(named)
                    continue
                if filled == [numbers[index]] and _is_blank(titles[index]):
                    continue  # a number written in advance
            if (named := self._group(index, numbers, titles)) is not None:
                project, group = named, group + 1
                continue
            number = numbers[index]
            if isinstance(number, str) and number.strip().startswith(EXAMPLE):
                continue
            for column, cell in (("project", groups[index]), ("subproject", parts[index])):
                if (why := cells.broken(cell)) is not None:
                    self.errors.append(self.place.error(index + 1, column, plain(cell), why))
            if groups[index] != "":
                project = plain(groups[index])
            name = f"{project} / {cells.plain(parts[index])}" if project and parts[index] != "" else project
            if name and len(name) > limit:
                self.errors.append(self.place.error(index + 1, "project", name, f"项目名称最多 {limit} 字。"))
            self.kept.append(index)
            self.grouped[index] = group
            projects[index] = name
        return projects

    def _section(self, index: int, cell: Cell) -> str | None:
        """The project that a row with a single cell announces; "" for a footnote, None for an ordinary item."""
        text = cells.plain(cell)
        if match := _SECTION.fullmatch(text):
            return _bare(match["name"])
        if _FOOT.match(text):
            return ""
        across = spans_columns(self.sheet, index)
        counting = self.header.columns.get("number") == self._at(index) and re.search("[\u4e00-\u9fff]{2}", text)
        if not across and not counting:
            return None
        match = _COUNTED.fullmatch(text)
        return _bare(match["name"] if match else text)

    def _at(self, index: int) -> int:
        """The first column of a row with something in it."""
        return next(column for column, cell in enumerate(self.sheet.rows[index]) if not _is_blank(cell))

    def _group(self, index: int, numbers: Sequence[Cell], titles: Sequence[Cell]) -> str | None:
        """The project that a row of number and title alone announces: it counts the groups, or those below it do so
        from the beginning; None for an item."""
        if _is_blank(numbers[index]) or _is_blank(titles[index]):
            return None
        own, title = cells.plain(numbers[index]), cells.plain(titles[index])
        ranked, alone = re.fullmatch(_RANK, own) is not None, not self._speaks(index)
        filled = (place for place in range(index + 1, len(titles)) if not all(map(_is_blank, self.sheet.rows[place])))
        below = next(filled, None)
        if not (ranked or alone) or below is None or _is_blank(titles[below]):
            return None
        next_number = cells.plain(numbers[below])
        if ranked and not alone:
            return _bare(title) if re.match(r"[(（]?1(?!\d)", next_number) else None
        if ranked:
            like = re.fullmatch(_RANK, next_number) and (own[:1] in "(（") == (next_number[:1] in "(（")
            return None if like and not self._speaks(below) else _bare(title)
        own = own.rstrip(".．、")
        begins = re.fullmatch(rf"{re.escape(own)}[.．\-－—]1|[(（]1[)）]|①|1[)）]", next_number)
        again = next_number.rstrip(".．、") == "1" and own.isdecimal()
        return _bare(title) if begins or (again and self._speaks(below)) else None

    def _speaks(self, index: int) -> bool:
        """Whether a row says more than a number and a title."""
        return sum(not _is_blank(cell) for cell in self.sheet.rows[index]) > 2

    def leave_out(self, rows: Collection[int]) -> None:
        """Keeps these rows no longer."""
        self.kept = [index for index in self.kept if index not in rows]

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
            elif (why := cells.broken(cell)) is not None:
                refused[cell] = why
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


def _bare(name: str) -> str:
    """The name of a group without the count of its tasks."""
    return _TAIL.sub("", name.strip()).strip()


def _is_blank(cell: Cell) -> bool:
    """Empty, or only the blanks that a keystroke leaves behind: nobody sees them in the sheet."""
    return cell == "" or (isinstance(cell, str) and cell.isspace())


def length(model: type[SQLModel], column: str) -> int:
    """The longest text the column keeps."""
    return int(model.__table__.columns[column].type.length)  # type: ignore[attr-defined]
