"""工作日历: the year by months, what was set beside the official calendar, and changes shown before they are made."""

import datetime as dt
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.edge import today
from duban.web.background.waiting_file import WaitingFile, drop_waiting, find_waiting, keep_waiting
from duban.web.posted import Posted, Sent
from duban.web.refusals import status_of
from duban.web.visit import Signed, Visit
from models.actor import Actor
from models.dates.day_override import office_calendar
from models.dates.days import days_from, first_of, last_of
from models.dates.workdays import DayRule, WorkCalendar
from models.errors import BadInputError, CellError, DubanError, ForbiddenError, ImportRefusedError
from models.people.permission import Action
from tasks.acting.authorize import authorize_everywhere, authorize_organ, organs_within
from tasks.workdays.clear_day import clear_day
from tasks.workdays.import_calendar import ChangedCalendar, change_days, import_calendar
from tasks.workdays.list_days import list_days

router = APIRouter()
KIND, ENDINGS = "days", (".xlsx", ".csv", ".ics", ".json")
SHOWN = 100
"""Reminders that move, listed at most."""
FIRST, LAST = 1990, 2200


@dataclass(frozen=True)
class DayCell:
    """One day of the year's calendar; `mark` is 休 or 班 where the day is not what its weekday is."""

    on: dt.date
    working: bool
    mark: str
    why: str
    own: bool
    """Set beside the official calendar."""

    @property
    def classes(self) -> str:
        kind = {"休": "off", "班": "work"}.get(self.mark, "" if self.working else "weekend")
        return f"{kind}{' own' if self.own else ''}".strip()


@dataclass(frozen=True)
class CalendarMonth:
    """A month in weeks from Monday; a place of another month is None."""

    number: int
    weeks: Sequence[Sequence[DayCell | None]]
    working: int


@dataclass(frozen=True)
class CalendarChange:
    """What is about to be done to the calendar, and what follows from it."""

    heading: str
    changed: ChangedCalendar
    fields: Sequence[tuple[str, str]]
    """What the confirming form carries."""
    path: str


@router.get("/workdays")
def workdays(visit: Signed) -> HTMLResponse:
    """The year."""
    with visit.reading() as session:
        return _page(session, visit)


@router.get("/workdays/import")
def ask_import(visit: Signed) -> HTMLResponse:
    """Choose the file."""
    with visit.reading() as session:
        _require(session, visit)
        return _import_page(session, visit)


@router.post("/workdays/import")
def bring_in(sent: Sent) -> Response:
    """Show what the file changes; with the confirmation of a file shown, change it."""
    visit = sent.visit
    with visit.reading() as session:
        _require(session, visit)
    file = None
    try:
        if sent.text("waiting"):
            file = find_waiting(visit, KIND, sent.text("waiting"))
        else:
            files = sent.files("file")
            if not files:
                raise BadInputError("请选择放假安排的文件（.xlsx、.csv、.ics 或 .json）。")
            file = keep_waiting(visit, KIND, files[0], ENDINGS)
        if sent.text("do") == "confirm":
            with visit.writing() as session:
                changed = import_calendar(session, file.path, by=visit.by, organ_id=_organ_id(session, visit))
            drop_waiting(visit, KIND, file.token)
            return visit.go(visit.link("/workdays"), _said(f"已导入“{file.name}”", changed))
        with Session(visit.served.database, expire_on_commit=False) as scratch:
            changed = import_calendar(scratch, file.path, by=visit.by, organ_id=_organ_id(scratch, visit))
        shown = CalendarChange(f"“{file.name}”将带来的变化", changed, [("waiting", file.token)], "/workdays/import")
        with visit.reading() as session:
            return _change_page(session, visit, shown)
    except ForbiddenError:
        raise
    except ImportRefusedError as refused:
        with visit.reading() as session:
            return _import_page(session, visit, error=refused.message, faults=refused.errors, file=file)
    except DubanError as error:
        with visit.reading() as session:
            return _import_page(session, visit, error=error.message, status_code=status_of(error))


@router.post("/workdays/day")
def set_day(sent: Sent) -> Response:
    """Set one day, or take back what was set: shown first, done when confirmed."""
    visit = sent.visit
    with visit.reading() as session:
        _require(session, visit)
    try:
        on = today(sent.text("day"))
        if not FIRST <= on.year <= LAST:
            raise BadInputError(f"日期 {on} 不在 {FIRST} 年至 {LAST} 年之间。")
        if sent.text("do") == "confirm":
            with visit.writing() as session:
                changed = _set(session, visit, visit.by, sent, on)
            return visit.go(visit.link("/workdays", year=on.year), _said(f"{on} 已{_what(sent)}", changed))
        with Session(visit.served.database, expire_on_commit=False) as scratch:
            changed = _set(scratch, visit, visit.by, sent, on)
        fields = [("day", on.isoformat()), ("what", sent.text("what")), ("name", sent.text("name"))]
        shown = CalendarChange(f"{on} {_what(sent)}将带来的变化", changed, fields, "/workdays/day")
        with visit.reading() as session:
            return _change_page(session, visit, shown)
    except ForbiddenError:
        raise
    except DubanError as error:
        with visit.reading() as session:
            return _page(session, visit, typed=sent.typed, error=error)


def _what(sent: Posted) -> str:
    return {"rest": "设为休息", "work": "设为上班", "clear": "恢复为原来的安排"}.get(sent.text("what"), "")


def _set(session: Session, visit: Visit, by: Actor, sent: Posted, on: dt.date) -> ChangedCalendar:
    organ_id = _organ_id(session, visit)
    match sent.text("what"):
        case "clear":
            return clear_day(session, on, by=by, organ_id=organ_id)
        case "rest" | "work" as what:
            name = sent.text("name")
            if not 0 < len(name) <= 200:
                raise BadInputError("请写明名称，最多 200 字，如 国庆节、防汛值守。")
            rule = DayRule(on, what == "work", name)
            return change_days(session, [rule], by=by, source="网页登记", organ_id=organ_id)
    raise BadInputError("请选择这一天是休息、上班，还是恢复原来的安排。")


def _said(what: str, changed: ChangedCalendar) -> str:
    moved = f"，{len(changed.moved)} 天的上班或休息有变化" if changed.moved else "，上班和休息没有变化"
    notices = f"；随之移动的提醒和升级 {len(changed.notices)} 条" if changed.notices else ""
    terms = f"；重新计算的台账时限 {len(changed.terms)} 条" if changed.terms else ""
    return f"{what}{moved}{notices}{terms}。"


def _require(session: Session, visit: Visit) -> None:
    authorize_organ(session, visit.by, Action.CALENDAR, visit.organ.id)


def _organ_id(session: Session, visit: Visit) -> int | None:
    """Whose days the visitor sets: those of all where that is allowed, since reminders go by them; else the organ's."""
    try:
        authorize_everywhere(session, visit.by, Action.CALENDAR)
    except ForbiddenError:
        return visit.organ.id
    return None


def _year(visit: Visit) -> int:
    return visit.year or visit.on.year


def lay_out(calendar: WorkCalendar, year: int, own: set[dt.date]) -> list[CalendarMonth]:
    """The twelve months of the year."""
    months = []
    for number in range(1, 13):
        weeks: list[list[DayCell | None]] = []
        working = 0
        first = dt.date(year, number, 1)
        shown = days_from(first_of("week", first), last_of("week", last_of("month", first)))
        for start in range(0, len(shown), 7):
            cells: list[DayCell | None] = []
            for day in shown[start : start + 7]:
                if day.month != number:
                    cells.append(None)
                    continue
                is_working = calendar.is_working(day)
                working += is_working
                mark = "" if is_working == (day.weekday() < 5) else "班" if is_working else "休"
                cells.append(DayCell(day, is_working, mark, calendar.why(day), day in own))
            weeks.append(cells)
        months.append(CalendarMonth(number, weeks, working))
    return months


def _page(
    session: Session, visit: Visit, *, typed: dict[str, str] | None = None, error: DubanError | None = None
) -> HTMLResponse:
    year, organ_id = _year(visit), visit.organ.id
    calendar = office_calendar(session, organ_id=organ_id)
    rows = list_days(session, organ_id, year)
    months = lay_out(calendar, year, {row.on for row in rows})
    may = organ_id in organs_within(session, visit.by, Action.CALENDAR)
    asked = visit.request.query_params.get("day", "")
    return visit.page(
        session, "workdays/workdays.html", menu="/settings", status_code=status_of(error) if error else 200, year=year,
        months=months, rows=rows, provisional=calendar.is_provisional(dt.date(year, 7, 1)),
        total=sum(month.working for month in months), may_set=may, chosen=asked, typed=typed or {},
        everywhere=may and _organ_id(session, visit) is None, error=error.message if error else "",
    )  # fmt: skip


def _change_page(session: Session, visit: Visit, change: CalendarChange) -> HTMLResponse:
    after = change.changed.calendar
    moved = [(day, after.is_working(day), after.why(day)) for day in change.changed.moved]
    return visit.page(
        session, "workdays/workdays_change.html", menu="/settings", change=change, moved=moved,
        notices=change.changed.notices[:SHOWN], everywhere=_organ_id(session, visit) is None,
    )  # fmt: skip


def _import_page(
    session: Session,
    visit: Visit,
    *,
    error: str = "",
    faults: Sequence[CellError] = (),
    file: WaitingFile | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    if file is not None:
        shutil.rmtree(file.path.parent, ignore_errors=True)
    return visit.page(
        session, "workdays/workdays_import.html", menu="/settings", error=error, faults=faults,
        status_code=400 if faults else status_code,
    )  # fmt: skip
