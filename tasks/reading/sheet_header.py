"""Where the header of a sheet stands, which column is which field, and what each column says below it."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from models.ledgers.field import FieldType, LedgerField
from models.ledgers.sheet_kind import SheetKind
from tasks.reading.sheet import Cell, Sheet

_FROM_1900_TO_1904 = 1462
_SERIALS = 100_000
"""Numbers below it can be those of days."""

_LISTED = 20
"""Rows that are named one by one."""

EXAMPLE, GUIDE = "示例", "填写说明"
"""The sheets of our templates that hold no rows to bring in."""


@dataclass(frozen=True)
class Header:
    """The header of a sheet: indices of its first row and of the first row below it; which column is which field, from
    the left."""

    top: int
    below: int
    columns: Mapping[str, int]
    row: Sequence[str]
    """Every heading as a person reads it."""

    @property
    def headings(self) -> dict[str, str]:
        """The heading of each field as a person reads it."""
        return {name: self.row[column] for name, column in self.columns.items()}

    def ignored(self, kind: SheetKind) -> list[str]:
        """Headings that say nothing the kind has a field for."""
        taken = set(self.columns.values())
        shown = {plain_heading(word) for word in kind.shown_only}
        return [
            heading
            for column, heading in enumerate(self.row)
            if heading and column not in taken and plain_heading(heading) not in shown
        ]


def find_header(sheet: Sheet, kind: SheetKind) -> Header | None:
    """The row of the first ones that names most fields, the upper one among equals, by itself or with the row below it
    where it has groups merged across; None where no row is a header, and for the examples and the guide of a template.
    """
    best: Header | None = None
    if sheet.name in (EXAMPLE, GUIDE):
        return best
    for index, row in enumerate(sheet.rows[: kind.within]):
        for below, headings in _readings(sheet, index, row):
            found = _match(kind, headings)
            if found and (best is None or len(found) > len(best.columns)):
                best = Header(index, below, found, headings)
    return best


def columns_below(sheet: Sheet, header: Header, kind: SheetKind) -> dict[str, list[Cell]]:
    """What each field's column says, by index of the sheet's rows.

    A cell merged downwards speaks for all its rows, but what a row is known again by is never two rows'.
    """
    turned = list(zip(*sheet.rows, strict=True))
    found = {name: list(turned[column]) for name, column in header.columns.items()}
    spread = {column: found[name] for name, column in header.columns.items() if name not in kind.identity}
    for top, left, bottom, right in sheet.merged:
        if top < header.below or not (bottom > top or kind.in_row):
            continue
        places = range(top, min(bottom + 1, len(sheet.rows)))
        for column in range(left, right + 1 if kind.across else left + 1):
            if column in spread:
                spread[column][places.start : places.stop] = [sheet.rows[top][left] for _ in places]
    for name in set(kind.identity) & found.keys():
        found[name] = [_with_places(cell, sheet, index, header.columns[name]) for index, cell in enumerate(found[name])]
    if sheet.since_1904:
        for name in found.keys() & {*kind.days, *(one.name for one in kind.columns if one.takes is FieldType.DAY)}:
            found[name] = [_since_1900(cell) for cell in found[name]]
    return found


def _with_places(cell: Cell, sheet: Sheet, row: int, column: int) -> Cell:
    """A number as it is shown: 1.1 is 1.10 where two places are, 7 is 007 where it is filled with noughts."""
    shown = sheet.marks.places.get((row, column))
    if shown is None or not isinstance(cell, int | float):
        return cell
    whole, _, places = shown.partition(".")
    return f"{cell:0{len(shown) if places or len(whole) > 1 else 1}.{len(places)}f}"


def _since_1900(cell: Cell) -> Cell:
    return cell + _FROM_1900_TO_1904 if isinstance(cell, int | float) and 0 <= cell < _SERIALS else cell


def spans_columns(sheet: Sheet, index: int) -> bool:
    """Whether a block of three columns or more is merged in this row: what it says is a title, not a cell of a row."""
    return any(top <= index <= bottom and right - left >= 2 for top, left, bottom, right in sheet.merged)


@lru_cache
def names_of(kind: SheetKind) -> dict[str, LedgerField]:
    """Each field by everything it may be called, as `plain_heading` writes it: its label first of all, then its name,
    then its further headings."""
    found: dict[str, LedgerField] = {}
    for names in (
        [(field.label, field) for field in kind.columns],
        [(name, field) for field in kind.columns for name in (field.name, field.name.removesuffix("_id"))],
        [(heading, field) for field in kind.columns for heading in field.headings],
    ):
        for name, field in names:
            found.setdefault(plain_heading(name), field)
    return found


def plain_heading(heading: str) -> str:
    """A heading for comparison: half width, no blanks, no remarks in brackets, small letters."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", heading)).lower()
    percent = "%" if "%" in text else ""
    text = re.sub(r"[(\[【〔].{0,200}?[)\]】〕]", "", text)
    return re.sub(r"[%*#:.。_\-]", "", text) + percent


def tell_unseen(sheet: Sheet, rows: Collection[int], column: int, did: str) -> tuple[list[str], set[int]]:
    """What a reader of the sheet does not see of these rows or sees struck out in the column, in sentences that say
    what was done with them; and which rows those are."""
    found = {
        "隐藏或筛掉的": [row for row in rows if row in sheet.marks.hidden],
        "划去的": [row for row in rows if (row, column) in sheet.marks.struck],
    }
    written_over = {row for row, _ in sheet.marks.partly}
    partly = [row for row in rows if row in written_over]
    where = f"工作表“{sheet.name}”" if sheet.name else ""
    said = []
    for why, places in found.items():
        if places:
            said.append(f"{where}第 {_named(places)} 行是{why}，共 {len(places)} 行，{did}。")
    if partly:
        said.append(f"{where}第 {_named(partly)} 行有划去的文字，共 {len(partly)} 行，划去的没有读取。")
    return said, {row for places in found.values() for row in places}


def _named(rows: Sequence[int]) -> str:
    return "、".join(str(row + 1) for row in rows[:_LISTED]) + ("等" if len(rows) > _LISTED else "")


def is_heading(kind: SheetKind, text: str) -> bool:
    """Whether a cell says what a column of the kind may be called."""
    plain = plain_heading(text)
    return bool(plain) and any(pattern.fullmatch(plain) for found in _patterns(kind).values() for pattern in found)


def _readings(sheet: Sheet, index: int, row: list[Cell]) -> Iterator[tuple[int, list[str]]]:
    """The row as a header by itself, and with the row below where it has groups merged across."""
    upper = [_heading(cell) for cell in row]
    yield index + 1, upper
    grouped = any(block.top == index and block.right > block.left for block in sheet.merged)
    if grouped and index + 1 < len(sheet.rows):
        lower = [_heading(cell) for cell in sheet.rows[index + 1]]
        yield index + 2, [below or above for above, below in zip(upper, lower, strict=True)]


def _heading(cell: Cell) -> str:
    """A heading as a person reads it, without the line breaks that narrow columns force."""
    return "".join(map(str.strip, cell.split("\n"))) if isinstance(cell, str) else ""


def _match(kind: SheetKind, headings: Sequence[str]) -> dict[str, int]:
    """Which column is which field, by the fields in their order; none where the headings make no header."""
    plain = [plain_heading(heading) for heading in headings]
    found: dict[str, int] = {}
    for field in kind.columns:
        taken = set(found.values())
        column = next(
            (
                column
                for pattern in _patterns(kind)[field.name]
                for column, heading in enumerate(plain)
                if heading and column not in taken and pattern.fullmatch(heading)
            ),
            None,
        )
        if column is not None:
            found[field.name] = column
    beside = bool(kind.beside) and any(re.fullmatch(kind.beside, heading) for heading in plain)
    if len(found) + beside < 2 or not found.keys() >= set(kind.wants):
        return {}
    return dict(sorted(found.items(), key=itemgetter(1)))


@lru_cache
def _patterns(kind: SheetKind) -> dict[str, list[re.Pattern[str]]]:
    """By field what its heading may be, in order of preference: the label before all else that it may be called."""
    found: dict[str, list[re.Pattern[str]]] = {}
    for field in kind.columns:
        label = plain_heading(field.label)
        others = [name for name, called in names_of(kind).items() if called is field and name != label]
        words = [re.escape(label), "|".join(map(re.escape, others))] if others else [re.escape(label)]
        found[field.name] = [re.compile(pattern) for pattern in field.patterns.split() or words]
    return found
