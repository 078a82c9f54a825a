"""Import rest and working days: an office's own table, or a year's public notice as JSON."""

import csv
import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook
from sqlmodel import Session, select

from models.actor import Actor
from models.day_override import DayOverride, office_calendar
from models.due_text import DueTextError, read_day
from models.errors import CellError, ImportRefusedError, UnreadableFileError
from models.permission import Action
from models.workdays import DayRule, WorkCalendar
from tasks.acting.audit import write_alone
from tasks.acting.authorize import authorize_everywhere, authorize_organ
from tasks.ladder.reproject import MovedFire, reproject
from tasks.ledgers.keep_terms import MovedTerm
from tasks.ledgers.recount_days import recount_days

_COLUMNS = ("日期", "类型", "名称")
_REST = {"休息", "放假", "休", "假"}
_WORK = {"上班", "工作", "班", "调休上班", "补班"}
_HEADER_ROWS = 10
"""A title may stand above the header; it is looked for in this many rows."""

_LARGEST = 10_000_000
"""Bytes, packed or unpacked: ten thousand times a year's notice."""


@dataclass(frozen=True)
class ImportedCalendar:
    """What an import of days did; each list in the order of the days."""

    added: list[dt.date]
    changed: list[dt.date]
    unchanged: list[dt.date]


@dataclass(frozen=True)
class ChangedCalendar:
    """An import with what follows from it: the calendar afterwards, the days that changed, the notices and the days
    of ledgers that move."""

    done: ImportedCalendar
    calendar: WorkCalendar
    moved: list[dt.date]
    notices: list[MovedFire]
    terms: list[MovedTerm]


@dataclass(frozen=True)
class _Row:
    """One entry as read, before it is checked: `place` is the row a person sees, `names` the columns."""

    sheet: str | None
    place: int
    on: Any
    working: Any
    name: Any
    names: tuple[str, str, str]


def read_overrides(path: Path) -> list[DayRule]:
    """The days of an xlsx or csv table (日期, 类型, 名称), or of a JSON file.

    JSON is a list of `{"on", "working", "name"}` or the public form of a notice,
    `{"year", "days": [{"name", "date", "isOffDay"}]}`. Raises `UnreadableFileError` where the file cannot be
    read at all, and `ImportRefusedError` with every wrong cell: all or nothing.
    """
    readers = {".xlsx": _xlsx_rows, ".csv": _csv_rows, ".json": _json_rows}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UnreadableFileError(f"“{path.name}”不是 .xlsx、.csv 或 .json 文件。")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(f"“{path.name}”无法打开:{error.strerror}。") from error
    if len(content) > _LARGEST:
        raise UnreadableFileError(f"“{path.name}”过大,不像一份放假安排。")
    return _checked(reader(content, path.name))


def import_calendar(session: Session, path: Path, *, by: Actor, organ_id: int | None = None) -> ChangedCalendar:
    """Bring in the days at `path` for all organs, and keep what was sent from being sent again; the caller commits.

    For a single organ the days are counted by its own pages and papers; reminders go by the calendar of all and stay.
    Raises what `read_overrides` and `import_overrides` raise.
    """
    rules = read_overrides(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return change_days(session, rules, by=by, source=path.name, sha256=digest, organ_id=organ_id)


def change_days(
    session: Session,
    rules: Sequence[DayRule],
    *,
    by: Actor,
    source: str,
    sha256: str | None = None,
    organ_id: int | None = None,
) -> ChangedCalendar:
    """Set these days, and say what follows: the days that change, the reminders that move. The caller commits.

    Raises what `import_overrides` raises.
    """
    before = office_calendar(session, organ_id=organ_id)
    done = import_overrides(session, rules, by=by, source=source, sha256=sha256, organ_id=organ_id)
    after = office_calendar(session, organ_id=organ_id)
    moved = [rule.on for rule in rules if before.is_working(rule.on) != after.is_working(rule.on)]
    notices = reproject(session, before=before, after=after, on=by.on) if organ_id is None else []
    return ChangedCalendar(done, after, moved, notices, recount_days(session, by=by, organ_id=organ_id))


def import_overrides(
    session: Session,
    rules: Iterable[DayRule],
    *,
    by: Actor,
    source: str,
    sha256: str | None = None,
    organ_id: int | None = None,
) -> ImportedCalendar:
    """Write `rules` for one organ, or for all, a day at most once; the caller commits.

    Days of the table that `rules` do not name stay as they are. Open deadlines are not touched here. What changes
    nothing leaves no entry in the trail. Raises ForbiddenError for whoever may not for every organ concerned.
    """
    if organ_id is None:
        standing = authorize_everywhere(session, by, Action.CALENDAR)
    else:
        standing = authorize_organ(session, by, Action.CALENDAR, organ_id)
    known = {row.on: row for row in session.exec(select(DayOverride).where(DayOverride.organ_id == organ_id))}
    result = ImportedCalendar([], [], [])
    for rule in sorted(rules, key=lambda rule: rule.on):
        row = known.get(rule.on)
        if row is None:
            row = DayOverride(
                organ_id=organ_id,
                on=rule.on,
                working=rule.working,
                name=rule.name,
                source=source,
                imported_at=by.now,
            )
            known[rule.on] = row
            session.add(row)
            result.added.append(rule.on)
        elif (row.working, row.name) == (rule.working, rule.name):
            result.unchanged.append(rule.on)
        else:
            row.working, row.name, row.source, row.imported_at = rule.working, rule.name, source, by.now
            result.changed.append(rule.on)
    if result.added or result.changed:
        session.flush()
        told = {"file": source, "sha256": sha256, "added": len(result.added), "changed": len(result.changed)}
        write_alone(session, by, Action.CALENDAR, organ_id=organ_id, for_id=standing.seat.for_id, after=told)
    return result


def _xlsx_rows(content: bytes, name: str) -> Iterator[_Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST:
                raise UnreadableFileError(f"“{name}”解开后过大,不像一份放假安排。")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [(title, book.get_sheet_by_name(title)) for title in book.sheet_names]
        tables = [(title, sheet.to_python(skip_empty_area=False)) for title, sheet in sheets]
    except (zipfile.BadZipFile, CalamineError) as error:
        raise UnreadableFileError(f"“{name}”不是可以读取的 .xlsx 文件(可能已加密或损坏)。") from error
    return _table_rows(tables, name)


def _csv_rows(content: bytes, name: str) -> Iterator[_Row]:
    try:
        table = list(csv.reader(io.StringIO(_decoded(content, name)), strict=True))
    except csv.Error as error:
        raise UnreadableFileError(f"“{name}”不是可以读取的 .csv 文件。") from error
    return _table_rows([(None, table)], name)


def _table_rows(tables: Iterable[tuple[str | None, list[list[Any]]]], name: str) -> Iterator[_Row]:
    """The rows below the first header that names 日期 and 类型."""
    for title, table in tables:
        for head, row in enumerate(table[:_HEADER_ROWS]):
            labels = [str(cell).strip() for cell in row]
            if "日期" in labels and "类型" in labels:
                places = [labels.index(label) if label in labels else None for label in _COLUMNS]
                return _rows_below(title, table, head, places)
    raise UnreadableFileError(f"“{name}”中没有找到表头:应有“日期”“类型”“名称”三列。")


def _rows_below(title: str | None, table: list[list[Any]], head: int, places: list[int | None]) -> Iterator[_Row]:
    for index, row in enumerate(table[head + 1 :], start=head + 2):
        on, kind, name = (row[at] if at is not None and at < len(row) else "" for at in places)
        if any(str(cell).strip() for cell in (on, kind, name)):
            word = str(kind).strip()
            working = True if word in _WORK else False if word in _REST else kind
            yield _Row(title, index, on, working, name or word, _COLUMNS)


def _json_rows(content: bytes, name: str) -> Iterator[_Row]:
    try:
        data = json.loads(_decoded(content, name))
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableFileError(f"“{name}”不是可以读取的 .json 文件。") from error
    public = isinstance(data, dict)
    entries = data.get("days") if isinstance(data, dict) else data
    if not isinstance(entries, list):
        raise UnreadableFileError(f'“{name}”中没有日期列表:应为 [{{"on", "working", "name"}}]。')
    names = ("date", "isOffDay", "name") if public else ("on", "working", "name")
    for index, entry in enumerate(entries, start=1):
        on, flag, label = (entry.get(key) if isinstance(entry, dict) else None for key in names)
        working = not flag if public and isinstance(flag, bool) else flag
        yield _Row(None, index, on, working, label, names)


def _decoded(content: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError(f"“{name}”的文字编码无法识别,请另存为 UTF-8 或 GB18030。")


def _checked(rows: Iterable[_Row]) -> list[DayRule]:
    errors: list[CellError] = []
    found: dict[dt.date, DayRule] = {}
    for row in rows:
        on_name, working_name, label_name = row.names
        wrong: list[tuple[str, Any, str]] = []
        day = None
        try:
            day = read_day(row.on)
        except DueTextError as error:
            wrong.append((on_name, row.on, f"{error.reason},可写如 2027-10-01"))
        else:
            if day is None:
                wrong.append((on_name, row.on, "应为写明年月日的日期,可写如 2027-10-01、2027年10月1日"))
            elif day in found:
                wrong.append((on_name, row.on, "同一天出现了两次,请只保留一行"))
        if not isinstance(row.working, bool):
            accepted = "应为“休息”或“上班”" if working_name == "类型" else "应为 true 或 false"
            wrong.append((working_name, row.working, accepted))
        label = row.name.strip() if isinstance(row.name, str) else ""
        if not label or len(label) > 200:
            wrong.append((label_name, row.name, "应为 1 至 200 个字的名称,可写如 国庆节"))
        errors += [
            CellError(row.sheet, row.place, column, "" if value is None else str(value), accepted)
            for column, value, accepted in wrong
        ]
        if day is not None and not wrong:
            found[day] = DayRule(day, bool(row.working), label)
    if errors:
        raise ImportRefusedError(errors)
    if not found:
        raise UnreadableFileError("文件中没有一行日期。")
    return sorted(found.values(), key=lambda rule: rule.on)
