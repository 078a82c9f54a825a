"""What takes a look at all of the data, for whoever asks by hand or by the hour: the trail, the files, the calendar."""

import datetime as dt
from collections.abc import Iterator

from sqlmodel import Session

from models.actor import Actor, Channel
from models.clock import day_of
from models.dates.day_override import office_calendar
from models.errors import DubanError
from models.settings import Settings
from tasks.engine.judge_health import Level, Trouble
from tasks.files.file_store import FileStore
from tasks.files.sweep_store import check_store
from tasks.trail.prove_trail import prove_trail

NOTICE_MONTH = 12
"""From this month on, the days of rest of the next year have been announced."""


def examine(session: Session, settings: Settings, *, now: dt.datetime) -> Iterator[Trouble]:
    """What is wrong with the trail, the store of evidence, and the calendar of this year and the next.

    The trail is recomputed from its last checkpoint on, all of it once a month (`tasks.trail.checkpoint.WHOLE_EVERY`).
    """
    yield from _find_altered(session, settings, now)
    yield from _find_unfit(session, settings, now)
    yield from _find_provisional(session, day_of(now))


def _find_altered(session: Session, settings: Settings, now: dt.datetime) -> Iterator[Trouble]:
    by = Actor("自查", Channel.COMMAND, day_of(now), now)
    broken = prove_trail(session, settings.home, by=by, organ_id=None).broken
    if broken is not None:
        yield Trouble(
            "trail_broken", Level.FAULT, f"{broken.verdict}。{broken.fault.label}：{broken.words}",
            "请保留现状，用 duban audit verify 复核，再从此前的备份恢复一份对照，查明是谁改动。",
        )  # fmt: skip


def _find_unfit(session: Session, settings: Settings, now: dt.datetime) -> Iterator[Trouble]:
    try:
        found = check_store(session, FileStore(settings.evidence_store), now=now)
    except DubanError as error:
        yield Trouble("store_unreachable", Level.WARNING, error.message.rstrip("。"), "请检查存放处的设置和权限。")
        return
    if found.missing:
        yield Trouble(
            "evidence_missing", Level.WARNING, f"有 {len(found.missing)} 份佐证材料有记录而文件丢失",
            "哪几份见 duban evidence sweep --dry-run；请从备份找回，或请当事人重新上传同一文件。",
        )  # fmt: skip
    if found.left or found.unfinished:
        yield Trouble(
            "evidence_left", Level.WARNING,
            f"存放处有 {len(found.left)} 份没有记录的文件，{found.unfinished} 份没有写完的，都已超过一天",
            "是上传中断留下的；请运行 duban evidence sweep 清理。",
        )  # fmt: skip


def _find_provisional(session: Session, today: dt.date) -> Iterator[Trouble]:
    calendar = office_calendar(session)
    for year in (today.year, today.year + 1)[: 2 if today.month >= NOTICE_MONTH else 1]:
        # The last day of a year: the one least likely to be set by itself.
        if calendar.is_provisional(dt.date(year, 12, 31)):
            yield Trouble(
                "calendar_provisional", Level.WARNING, f"{year} 年没有放假安排，工作日暂按周一至周五、法定节日休息推算",
                "国务院办公厅的放假通知发布后，用 duban calendar import 导入，或在网页“工作日历”导入。",
            )  # fmt: skip
