"""Looking a list through before it is imported: the sheet as it is, with what was understood and what is wrong in the
cells they stand in. The import itself in a dry run says both, so what is foretold is what will be done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, select

from models.actor import Actor
from models.errors import CellError
from models.items.plan import NO_PROJECT
from models.later import later
from models.people.organ import Department, Organ
from tasks.plan.import_list import ImportReport, import_list, read_list
from tasks.plan.merge_list import Change
from tasks.reading.cells import due_written, lines, plain
from tasks.reading.ledger import read_ledger
from tasks.reading.plan_columns import LIST, Field, find_list_header
from tasks.reading.sheet import Cell, Sheet, is_list, open_workbook
from tasks.reading.sheet_header import Header
from tasks.sheets.no_collecting import no_collecting

if TYPE_CHECKING:
    from openpyxl import utils
else:
    utils = later("openpyxl.utils")

LONGEST_CELL = 400
"""Characters of a cell that are shown."""
_LONGEST_HEADING = 40
MOST_READINGS = 200
"""Distinct due texts that are listed; those that want a person's word come first."""
DOCUMENT: tuple[tuple[Field, str], ...] = (
    ("title", "任务"), ("project", "项目"), ("due", "时限"), ("lead", "牵头单位"), ("cooperating", "配合单位"),
    ("handler", "承办人"), ("source", "原文"),
)  # fmt: skip
"""The columns in which the tasks of a document are shown."""


@dataclass(frozen=True)
class Reading:
    """How a due text of the file was read, and in how many rows it stands."""

    text: str
    understood: str
    rows: int
    first: str
    """The task of the first of these rows."""
    to_confirm: bool = False
    """A person has to say more before the items can be issued."""
    wrong: bool = False
    timed: bool = False
    """It names a day or a rule, so that a yes is enough."""


@dataclass
class ListPreview:
    """What a list would do, as plain data. A row is a dict: `sheet`, `row` (as a person counts), `number`, `action`
    (create, update, keep or none), `missing`, and `cells`, each `[text, understood, wrong, change]`: what the cell
    changes of a known item reads old → new."""

    report: ImportReport
    headings: dict[str, list[str]] = field(default_factory=dict)
    """By sheet ("" where it has no name) the heading of each column, its letter where no sheet has a header."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    dues: list[Reading] = field(default_factory=list)
    more_dues: int = 0
    units: list[tuple[str, bool, int]] = field(default_factory=list)
    """Each leading or cooperating unit: its name, whether it is a department of the organ, in how many rows."""
    unnamed: list[str] = field(default_factory=list)
    """The headings that a person may say the meaning of: those not known, of a sheet without a header all."""
    general: list[CellError] = field(default_factory=list)
    """What is wrong with the file as a whole."""


def preview_list(
    session: Session,
    path: Path,
    *,
    by: Actor,
    year: int,
    organ_code: str | None,
    dues: Mapping[str, str] | None = None,
    columns: Mapping[str, Field] | None = None,
    visible_only: bool = False,
    report: Callable[[int, int, str], None] = lambda _done, _total, _words: None,
) -> ListPreview:
    """What importing the list would do. Nothing is written. Raises as `import_list` does."""
    with no_collecting():
        report(0, 3, "正在读取文件、核对每一格")
        # A large sheet takes longer to open than to check: it is opened once for both.
        sheets = open_workbook(path) if is_list(path) else []
        listed = (
            read_ledger(sheets, year=year, dues=dues, columns=columns, visible_only=visible_only)
            if sheets
            else read_list(path, year=year, dues=dues)
        )
        done = import_list(session, path, by=by, year=year, organ_code=organ_code, dry_run=True, found=listed)
        report(1, 3, "正在对照原表")
        found = ListPreview(done)
        if sheets:
            _lay_over_sheets(found, sheets, columns or {})
        else:
            _lay_out_drafts(found)
        report(2, 3, "正在汇总理解的内容")
        found.dues, found.more_dues = _readings(done, _due_headings(found, sheets, columns or {}))
        found.units = _units(session, done)
    return found


def _lay_over_sheets(found: ListPreview, sheets: Sequence[Sheet], named: Mapping[str, Field]) -> None:
    changes = {(change.row.place.sheet, change.row.row): change for change in found.report.changes}
    wrong: dict[tuple[str | None, int | None], list[CellError]] = defaultdict(list)
    for error in found.report.errors:
        if error.row is None:
            found.general.append(error)
        wrong[error.sheet, error.row].append(error)
    found.unnamed += found.report.ignored_columns
    for sheet in sheets:
        header = find_list_header(sheet, named)
        if header is None:
            found.unnamed += _possible_headings(sheet)
            found.general += [error for key, errors in wrong.items() if key[0] == sheet.name for error in errors
                              if error.row is not None]  # fmt: skip
            continue
        width = _width(sheet, header)
        found.headings[sheet.name or ""] = [_heading(sheet, header, column) for column in range(width)]
        fields = {column: name for name, column in header.columns.items()}
        columns = {heading: header.columns[name] for name, heading in header.headings.items()}
        for index in range(header.below, len(sheet.rows)):
            cells = sheet.rows[index][:width]
            place = sheet.name, index + 1
            change, errors = changes.get(place), wrong.get(place, [])
            if change is None and not errors and not any(cell != "" for cell in cells):
                continue
            found.rows.append(_row(place, cells, fields, change, errors, columns))
        found.general += [error for error in wrong.get((sheet.name, header.below), []) if error.column is None]
    if not found.headings:
        _lay_out_raw(found, sheets)


def _lay_out_raw(found: ListPreview, sheets: Sequence[Sheet]) -> None:
    """The first rows of sheets of which none has a header, their columns by letter: what one names columns by."""
    for sheet in sheets:
        shown = [(index, row) for index, row in enumerate(sheet.rows[: LIST.within]) if any(cell != "" for cell in row)]
        width = max((column + 1 for _, row in shown for column, cell in enumerate(row) if cell != ""), default=0)
        found.headings[sheet.name or ""] = [utils.get_column_letter(column + 1) for column in range(width)]
        found.rows += [_row((sheet.name, index + 1), row[:width], {}, None, (), {}) for index, row in shown]


def _possible_headings(sheet: Sheet) -> list[str]:
    """The row of the first ones that has most texts, which may be the header."""
    rows = [
        [plain(cell) for cell in row if isinstance(cell, str) and cell.strip()] for row in sheet.rows[: LIST.within]
    ]
    widest = max(rows, key=len, default=[])
    return list(dict.fromkeys(text for text in widest if len(text) <= _LONGEST_HEADING)) if len(widest) > 1 else []


def _row(
    place: tuple[str | None, int],
    cells: Sequence[Cell],
    fields: Mapping[int, Field],
    change: Change | None,
    errors: Sequence[CellError],
    columns: Mapping[str, int],
) -> dict[str, Any]:
    """One row of a sheet; what is wrong with it as a whole stands in its first column."""
    at: dict[int, list[str]] = defaultdict(list)
    for error in errors:
        at[columns.get(error.column or "", 0)].append(error.accepted)
    understood = _understood(change) if change is not None else {}
    changed = _changed(change)
    shown = []
    for column, cell in enumerate(cells):
        text = _cut(lines(cell))
        name = fields.get(column) if change is not None else None
        said = None if name is None else understood.get(name, "")
        wrong = "；".join(at[column]) if column in at else ""
        shown.append([text, "" if said == text else said, wrong, changed.get(name, "") if name else ""])
    return {
        "sheet": place[0] or "",
        "row": place[1],
        "number": change.number if change else "",
        "action": change.action if change else "",
        "missing": list(change.missing) if change else [],
        "wrong": bool(errors),
        "cells": shown,
    }


def _understood(change: Change) -> dict[Field, str | None]:
    """What a row was taken to mean, by field, where the cell alone does not say it; None for nothing understood."""
    row = change.row
    said: dict[Field, str | None] = {
        "number": f"编号 {change.number}" if row.number is None else "",
        "project": change.project if change.project != NO_PROJECT else "",
        "due": _after(row.due.note, row.due.text) if row.due else "",
        "start": str(row.start_on or ""),
        "handler": change.named_handlers[0] if change.named_handlers else "",
        "leaders": "、".join(change.named_leaders),
        "target": f"{row.target.value:g}{row.target.unit or ''}" if row.target else "",
        "importance": row.importance.label if row.importance else "",
        "cooperating": "、".join(row.cooperating or ()),
        "lead": row.lead or "",
        "state": change.arrives,
        "done_on": str(row.done_on or ""),
    }
    if row.cleared:
        said |= dict.fromkeys(row.cleared, "清除原有内容")
    return said


def _changed(change: Change | None) -> dict[Field, str]:
    """What a row changes, by the field whose cell says so: a unit may stand in another column than its own."""
    told = {cell.name: f"{cell.was or '无'} → {cell.wanted or '无'}" for cell in change.cells} if change else {}
    headed = change.row.place.headings if change else {}
    if "lead" in told and "lead" not in headed and "units" in headed:
        told["units"] = told["lead"]
    return told


def _after(note: str, text: str) -> str:
    return note.removeprefix(f"{text}：")


def _lay_out_drafts(found: ListPreview) -> None:
    found.general += found.report.errors
    found.headings[""] = [heading for _, heading in DOCUMENT]
    for place, change in enumerate(found.report.changes, 1):
        row = change.row
        texts = {
            "title": row.title, "project": row.project, "due": row.due.text if row.due else "", "lead": row.lead,
            "cooperating": "、".join(row.cooperating or ()), "handler": row.handler, "source": row.source,
        }  # fmt: skip
        understood = _understood(change)
        cells = [
            [_cut(texts[name] or ""), "" if understood.get(name) == texts[name] else understood.get(name, ""), "", ""]
            for name, _ in DOCUMENT
        ]
        found.rows.append({
            "sheet": "", "row": place, "number": change.number, "action": change.action,
            "missing": list(change.missing), "wrong": False, "cells": cells,
        })  # fmt: skip


def _width(sheet: Sheet, header: Header) -> int:
    """Columns up to the last one with a heading or a cell in use."""
    used = max(header.columns.values())
    for row in sheet.rows[header.below - 1 :]:
        for column in range(len(row) - 1, used, -1):
            if row[column] != "":
                used = column
                break
    return min(used + 1, 60)


def _heading(sheet: Sheet, header: Header, column: int) -> str:
    for name, place in header.columns.items():
        if place == column:
            return header.headings[name]
    above = (sheet.rows[index][column] for index in range(header.below - 1, max(-1, header.below - 3), -1))
    return next((plain(cell) for cell in above if cell != ""), "")


def _due_headings(found: ListPreview, sheets: Sequence[Sheet], columns: Mapping[str, Field]) -> set[str]:
    """What the columns of due texts are called in the file."""
    places = {id(change.row.place): change.row.place for change in found.report.changes}
    named = {place.headings["due"] for place in places.values() if "due" in place.headings}
    return named or {header.headings["due"] for sheet in sheets
                     if (header := find_list_header(sheet, columns)) and "due" in header.headings}  # fmt: skip


def _readings(done: ImportReport, headings: set[str]) -> tuple[list[Reading], int]:
    """Each due text once; what could not be read first, then what is to be confirmed, then rules, then single days."""
    counts: Counter[str] = Counter()
    first: dict[str, Reading] = {}
    rules: set[str] = set()
    for change in done.changes:
        due = change.row.due
        if due is None:
            continue
        text = due_written(due.text)
        counts[text] += 1
        if text not in first:
            timed = due.recurrence is not None or due.due_on is not None
            note = _after(due.note, due.text)
            first[text] = Reading(text, note, 0, change.row.title or "", due.unconfirmed, timed=timed)
            if due.recurrence:
                rules.add(text)
    for error in done.errors:
        if error.column in headings and error.value:
            text = due_written(error.value)
            counts[text] += 1
            first[text] = Reading(text, error.accepted, 0, "", wrong=True)
    listed = [replace(reading, rows=counts[text]) for text, reading in first.items()]
    listed.sort(key=lambda one: (not one.wrong, not one.to_confirm, one.text not in rules, -one.rows))
    return listed[:MOST_READINGS], max(0, len(listed) - MOST_READINGS)


def _units(session: Session, done: ImportReport) -> list[tuple[str, bool, int]]:
    counts: Counter[str] = Counter(_named(done))
    organ = session.exec(select(Organ).where(Organ.name == done.organ)).first()
    own: set[str] = set()
    if organ is not None:
        names = session.exec(select(Department.name).where(Department.organ_id == organ.id))
        own = {"".join(name.split()) for name in names}
    return [(name, "".join(name.split()) in own, count) for name, count in counts.most_common(MOST_READINGS)]


def _named(done: ImportReport) -> Iterator[str]:
    for change in done.changes:
        if change.row.lead:
            yield change.row.lead
        yield from change.row.cooperating or ()


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
