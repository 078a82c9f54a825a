"""Import rest and working days: an office's own table, or a year's public notice as JSON."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from models.actor import Actor
from models.dates.day_override import DayOverride, office_calendar
from models.dates.due_text import DueTextError, read_day
from models.dates.workdays import DayRule, WorkCalendar
from models.errors import CellError, ImportRefusedError, UnreadableFileError
from models.ledgers.field import FieldType, LedgerField
from models.ledgers.sheet_kind import SheetKind
from models.people.permission import Action
from tasks.acting.audit import write_alone
from tasks.acting.authorize import authorize_everywhere, authorize_organ
from tasks.containers.plain_text import decode
from tasks.ladder.reproject import MovedFire, reproject
from tasks.ledgers.keep_terms import MovedTerm
from tasks.ledgers.recount_days import recount_days
from tasks.reading.sheet import Cell, Sheet, open_workbook
from tasks.reading.sheet_header import columns_below, find_header
from tasks.workdays.public_days import Published, days_of_calendar, days_of_json

DAYS = SheetKind(
    code="days",
    title="放假安排",
    wants=("日期", "类型"),
    within=10,
    fields=(
        LedgerField("日期", "日期", FieldType.DAY, required=True, hint="如 2027-10-01、2027年10月1日。"),
        LedgerField("类型", "类型", required=True, width=10, centred=True, hint="休息或上班。"),
        LedgerField("名称", "名称", longest=200, hint="如 国庆节；留空时与类型相同。"),
    ),
)
"""The days of an office's own table."""

_REST = {"休息", "放假", "休", "假"}
_WORK = {"上班", "工作", "班", "调休上班", "补班"}


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
    """The days of an xlsx or csv table (日期, 类型, 名称), of a calendar file, or of a JSON file.

    JSON is a list of `{"on", "working", "name"}`, the public form of a notice,
    `{"year", "days": [{"name", "date", "isOffDay"}]}`, or of a shape in `tasks.workdays.public_days`. Raises
    `UnreadableFileError` where the file cannot be read at all, and `ImportRefusedError` with every wrong cell: all or
    nothing.
    """
    match path.suffix.lower():
        case ".xlsx" | ".csv":
            return _checked(_table_rows(open_workbook(path), path.name))
        case ".json":
            return _checked(_json_rows(path))
        case ".ics":
            return _checked(_event_rows(path))
    raise UnreadableFileError(f"“{path.name}”不是 .xlsx、.csv、.ics 或 .json 文件。")


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
    notices = reproject(session, before=before, after=after, on=by.on, now=by.now) if organ_id is None else []
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


def _table_rows(sheets: Sequence[Sheet], name: str) -> Iterator[_Row]:
    """The rows of the first sheet that has a header."""
    found = next(((sheet, header) for sheet in sheets if (header := find_header(sheet, DAYS))), None)
    if found is None:
        raise UnreadableFileError(f"“{name}”中没有找到表头：应有“日期”“类型”“名称”三列。")
    sheet, header = found
    columns = columns_below(sheet, header, DAYS)
    blank: list[Cell] = [""] * len(sheet.rows)
    days, kinds, names = (columns.get(field.name, blank) for field in DAYS.fields)
    for index in range(header.below, len(sheet.rows)):
        on, kind, label = days[index], kinds[index], names[index]
        if any(str(cell).strip() for cell in (on, kind, label)):
            word = str(kind).strip()
            working = True if word in _WORK else False if word in _REST else kind
            yield _Row(sheet.name, index + 1, on, working, label or word, ("日期", "类型", "名称"))


def _json_rows(path: Path) -> Iterator[_Row]:
    try:
        data = json.loads(decode(path.read_bytes(), path.name))
    except OSError as error:
        raise UnreadableFileError(f"“{path.name}”无法打开：{error.strerror}。") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableFileError(f"“{path.name}”不是可以读取的 .json 文件。") from error
    if (published := days_of_json(data)) is not None:
        yield from _published_rows(published)
        return
    public = isinstance(data, dict)
    entries = data.get("days") if isinstance(data, dict) else data
    if not isinstance(entries, list):
        raise UnreadableFileError(f'“{path.name}”中没有日期列表：应为 [{{"on", "working", "name"}}]。')
    names = ("date", "isOffDay", "name") if public else ("on", "working", "name")
    for index, entry in enumerate(entries, start=1):
        on, flag, label = (entry.get(key) if isinstance(entry, dict) else None for key in names)
        working = not flag if public and isinstance(flag, bool) else flag
        yield _Row(None, index, on, working, label, names)


def _event_rows(path: Path) -> Iterator[_Row]:
    try:
        published = list(days_of_calendar(path.read_bytes()))
    except OSError as error:
        raise UnreadableFileError(f"“{path.name}”无法打开：{error.strerror}。") from error
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise UnreadableFileError(f"“{path.name}”不是可以读取的 .ics 日历。") from error
    if not published:
        raise UnreadableFileError(f"“{path.name}”中没有写明休息或上班的日子，如“国庆节（休）”“国庆节（班）”。")
    yield from _published_rows(published)


def _published_rows(published: Iterable[Published]) -> Iterator[_Row]:
    for index, (on, working, name) in enumerate(published, start=1):
        yield _Row(None, index, on, working, name, ("日期", "是否上班", "名称"))


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
            wrong.append((on_name, row.on, f"{error.reason}，可写如 2027-10-01"))
        else:
            if day is None:
                wrong.append((on_name, row.on, "应为写明年月日的日期，可写如 2027-10-01、2027年10月1日"))
            elif day in found:
                wrong.append((on_name, row.on, "同一天出现了两次，请只保留一行"))
        if not isinstance(row.working, bool):
            accepted = "应为“休息”或“上班”" if working_name == "类型" else "应为 true 或 false"
            wrong.append((working_name, row.working, accepted))
        label = row.name.strip() if isinstance(row.name, str) else ""
        if not label or len(label) > 200:
            wrong.append((label_name, row.name, "应为 1 至 200 个字的名称，可写如 国庆节"))
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
