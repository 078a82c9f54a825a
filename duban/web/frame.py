"""What stands around every page: the menu, the organ and year looked at, the day, and who is signed in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.day_override import office_calendar
from models.explanation import distance
from models.item import WorkItem
from models.permission import Action
from models.plan import AnnualPlan
from tasks.acting.authorize import permitted


@dataclass(frozen=True)
class MenuLine:
    """One line of the menu; `icon` is the id of its drawing in static/icons.svg."""

    path: str
    title: str
    icon: str
    on_phone: bool = False
    """Whether it has a place in the bar at the bottom of a phone."""


MENU = (
    MenuLine("/", "工作台", "desk", on_phone=True),
    MenuLine("/board", "督办看板", "board", on_phone=True),
    MenuLine("/items", "任务清单", "list", on_phone=True),
    MenuLine("/calendar", "日历", "calendar"),
    MenuLine("/plans", "年度计划", "plan"),
    MenuLine("/ledgers", "台账", "ledger"),
    MenuLine("/reports", "年度报告", "report"),
    MenuLine("/scores", "考核通报", "score"),
    MenuLine("/notices", "通知", "notice", on_phone=True),
    MenuLine("/settings", "设置", "settings"),
)


@dataclass(frozen=True)
class NextDay:
    """The next deadline among the items the person may see."""

    item_id: int
    title: str
    due_on: dt.date
    distance: str


@dataclass(frozen=True)
class Frame:
    """What the frame shows."""

    menu: Sequence[MenuLine]
    years: Sequence[int]
    year: int
    working: str
    """Why the day is a working day or not; says so itself where that is provisional."""
    rest: bool
    coming: NextDay | None


def frame(session: Session, organ_id: int, *, by: Actor, year: int | None) -> Frame:
    """The frame of one page on `by`'s day. Three short queries, whatever the office's size."""
    years = session.exec(
        select(AnnualPlan.year).where(AnnualPlan.organ_id == organ_id).order_by(col(AnnualPlan.year).desc())
    ).all()
    calendar = office_calendar(session, organ_id=organ_id)
    newest = years[0] if years else by.on.year
    return Frame(
        menu=MENU,
        years=years,
        year=year or (by.on.year if by.on.year in years else newest),
        working=calendar.why(by.on),
        rest=not calendar.is_working(by.on),
        coming=_coming(session, by, organ_id),
    )


def _coming(session: Session, by: Actor, organ_id: int) -> NextDay | None:
    found = session.exec(
        select(col(WorkItem.id), col(WorkItem.title), col(WorkItem.due_on))
        .where(
            WorkItem.organ_id == organ_id,
            col(WorkItem.due_on) >= by.on,
            col(WorkItem.closed_on).is_(None),
            col(WorkItem.issued_on).is_not(None),
            permitted(session, by, Action.VIEW, organ_id=organ_id),
        )
        .order_by(col(WorkItem.due_on), col(WorkItem.id))
        .limit(1)
    ).first()
    if found is None:
        return None
    item_id, title, due_on = found
    if due_on is None:
        return None
    calendar = office_calendar(session, organ_id=organ_id)
    return NextDay(key(item_id), title, due_on, distance(due_on, on=by.on, calendar=calendar))
