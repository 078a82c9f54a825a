"""What stands around every page: the menu, the organ and year looked at, the day, and who is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from models.actor import Actor
from models.dates.day_override import office_calendar
from models.people.permission import Action
from tasks.acting.authorize import organs_within
from tasks.engine.judge_health import Trouble
from tasks.lists.next_day import NextDay, next_day
from tasks.notices.receipts.mark_read import MOST, count_unread
from tasks.people.find import plans_of


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
class Frame:
    """What the frame shows."""

    menu: Sequence[MenuLine]
    years: Sequence[int]
    year: int
    working: str
    """Why the day is a working day or not; says so itself where that is provisional."""
    rest: bool
    coming: NextDay | None
    late: Sequence[Trouble]
    """Of what did not run in time, what is for this reader."""
    unread: str
    """How many notices the person has not opened, as the badge says it; empty for none."""


def frame(session: Session, organ_id: int, *, by: Actor, year: int | None, late: Sequence[Trouble]) -> Frame:
    """The frame of one page on `by`'s day. Four short queries, whatever the office's size.

    `late` is told to whoever may look at the machinery.
    """
    years = [plan.year for plan in plans_of(session, organ_id)]
    calendar = office_calendar(session, organ_id=organ_id)
    newest = years[0] if years else by.on.year
    return Frame(
        menu=MENU,
        years=years,
        year=year or (by.on.year if by.on.year in years else newest),
        working=calendar.why(by.on),
        rest=not calendar.is_working(by.on),
        coming=next_day(session, organ_id, by=by, calendar=calendar),
        late=late if late and organs_within(session, by, Action.SYSTEM) else (),
        unread=_badge(count_unread(session, by.person_id, on=by.on)) if by.person_id is not None else "",
    )


def _badge(unread: int) -> str:
    return f"{MOST}+" if unread > MOST else str(unread or "")
