"""What stands around every page: the menu, the organ and year looked at, the day, and who is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from models.actor import Actor
from models.dates.day_override import office_calendar
from models.people.permission import Action
from tasks.acting.authorize import organs_within
from tasks.acting.known_to import known_to
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
class SettingsLine:
    """One line of the hub; `action` is what it takes, none for everybody."""

    path: str
    title: str
    purpose: str
    action: Action | None = None


GROUPS: tuple[tuple[str, tuple[SettingsLine, ...]], ...] = (
    (
        "本人",
        (
            SettingsLine("/account", "我的账户", "改密码、登录记录、日历订阅地址、接口令牌"),
            SettingsLine("/jobs", "后台工作", "导入、编制、导出等较长的工作：进度和结果"),
        ),
    ),
    (
        "单位",
        (
            SettingsLine("/people", "人员", "谁在什么岗位，谁请假、由谁代理；交接、离任、导入名册、开通账户"),
            SettingsLine("/workdays", "工作日历", "放假、调休和本单位的安排；期限按此计算"),
            SettingsLine(
                "/settings/office", "系统设置", "系统名称、标志、网址、邮件服务器、免打扰时段", Action.CONFIGURE
            ),
            SettingsLine("/policies", "督办策略", "何时提醒谁、逾期后如何升级、亮灯和审批的规则", Action.POLICY),
        ),
    ),
    (
        "监督和运行",
        (
            SettingsLine("/audit", "操作记录", "谁在什么时候办了什么，改了什么；校验记录未被改动", Action.AUDIT),
            SettingsLine("/system", "系统运行", "时钟、定时工作、待发通知、数据库和磁盘", Action.SYSTEM),
        ),
    ),
    (
        "与其他系统连接",
        (
            SettingsLine("/webhooks", "接口推送", "任务和通知有变化时，告诉其他系统", Action.INTEGRATE),
            SettingsLine("/api/v1/docs", "接口说明", "供其他程序读写的接口"),
        ),
    ),
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
    unread: str
    """How many notices the person has not opened, as the badge says it; empty for none."""
    late: Sequence[Trouble] = ()
    """Of what did not run in time, what is for this reader."""


def frame(session: Session, organ_id: int, *, by: Actor, year: int | None, late: Sequence[Trouble]) -> Frame:
    """The frame of one page on `by`'s day. Four short queries, whatever the office's size, while anything changes.

    `late` is told to whoever may look at the machinery.
    """
    around = known_to(session, by, ("frame", organ_id, year), lambda: _around(session, organ_id, by, year))
    return replace(around, late=late) if late and organs_within(session, by, Action.SYSTEM) else around


def _around(session: Session, organ_id: int, by: Actor, year: int | None) -> Frame:
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
        unread=_badge(count_unread(session, by.person_id, on=by.on)) if by.person_id is not None else "",
    )


def _badge(unread: int) -> str:
    return f"{MOST}+" if unread > MOST else str(unread or "")
