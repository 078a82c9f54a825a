"""What is wrong with the office's machinery, judged from facts alone: each trouble with what it says and what to do.

A fault is what keeps reminders from people; everything else worth a look is a warning.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.clock import day_of, local, midnight_of
from models.coded import Coded
from models.engine.rhythm import LastRun
from tasks.engine.lease import TERM
from tasks.keeping.nightly import LastBackup
from tasks.ladder.note_sweep import SLUG
from tasks.notices.message_templates import TemplateProblem

UNRENEWED = dt.timedelta(minutes=5)
"""A lease that ran out this long ago is nobody's: a restart takes less."""
OFF = dt.timedelta(minutes=1)
"""Clocks that differ by more than this are told."""
WAITED = dt.timedelta(days=3)
"""A notice that might have left so long ago is told."""
UNSIGNED = dt.timedelta(hours=1)
"""The end of the trail is signed right after the sweep; this long after it, it should be."""
SCARCE = 0.1
"""A disk with less than this part of it free is warned of."""


BACKUP_OLD = "backup_old"
LEASE_AHEAD = "lease_ahead"


class Level(Coded):
    """How bad a trouble is."""

    FAULT = "fault", "故障"
    WARNING = "warning", "注意"


@dataclass(frozen=True)
class Trouble:
    """One thing that is not as it should be: a word for programs, how bad, what it is, and what to do about it."""

    code: str
    level: Level
    words: str
    advice: str


@dataclass(frozen=True)
class Expected:
    """A rhythm that reminders depend on, and the planned instant that a run should have followed by now."""

    rhythm: str
    title: str
    planned: dt.datetime


@dataclass(frozen=True)
class Disk:
    """The disk of the data folder, in bytes."""

    total: int
    free: int


@dataclass(frozen=True)
class DownChannel:
    """A channel by which nothing passes, since when and why."""

    label: str
    since: dt.datetime
    reason: str


@dataclass(frozen=True)
class Backups:
    """How an office is kept that makes backups by itself."""

    newest: LastBackup | None
    since: dt.datetime | None
    """Since when there is something to be kept; None where there is nothing yet."""
    problem: str | None
    """Why the last run made none."""
    hours: int
    """How old the newest may be."""

    def is_old(self, now: dt.datetime) -> bool:
        """Whether the newest is too old, or none was made of what is that old."""
        last = self.newest.at if self.newest is not None else self.since
        return last is not None and last + dt.timedelta(hours=self.hours) < now


@dataclass(frozen=True)
class Runs:
    """The last run of each rhythm that ran, and for one that never did, the day since which its work waits."""

    last: Mapping[str, LastRun]
    waiting_since: Mapping[str, dt.date]
    begun: dt.datetime | None = None
    """When the first act of the office was put on record: what was planned before is not missed."""


@dataclass(frozen=True)
class Health:
    """What is judged (`tasks.engine.gather_health`)."""

    runs: Runs
    doubt: str | None
    """Why the sweep of today waits for a person's word, where it does."""
    lease_until: dt.datetime | None
    """Until when some process has the clock; None where none ever had it."""
    database_at: dt.datetime
    """What the database's clock says: leases are kept by it."""
    apart: bool
    """Whether that may be another than this machine's."""
    last_run_at: dt.datetime | None
    """When the last run of any rhythm ended."""
    unsent_on: dt.date | None
    """The day on which the oldest notice that waits might have left."""
    signed_on: dt.date | None
    """The last day on which the end of the trail was signed."""
    channels_down: Sequence[DownChannel]
    parked: int
    """Messages that were given up."""
    disk: Disk | None
    backups: Backups | None
    """None where none are made by themselves."""
    open_folders: Sequence[Path]
    templates: Sequence[TemplateProblem]
    """The office's own templates of messages that are not used."""


_SEE_TO = {
    SLUG: "提醒和升级没有生成。请确认 duban serve 在运行并看它的日志；也可在服务器上运行 duban supervise。",
    "delivery": "生成的通知没有发出。请确认 duban serve 在运行并看它的日志；也可在服务器上运行 duban deliver。",
}
"""What to do where a rhythm does not run."""


def find_late(runs: Runs, expected: Collection[Expected], *, stopped: bool = False) -> Iterator[Trouble]:
    """The rhythms that did not run when they should have, or failed for some organ; with `stopped`, the sweep apart.

    One that never ran is late from when there is something for it to do, and none is before the office was there.
    """
    for one in expected:
        if runs.begun is not None and one.planned < runs.begun:
            continue
        last = runs.last.get(one.rhythm)
        if last is not None and last.follows(one.planned):
            if last.problems:
                yield Trouble(
                    f"{one.rhythm}_failed", Level.FAULT,
                    f"{one.title}最近一次（{_at(last.ended_at)}）未能为 {len(last.problems)} 个单位完成",
                    "各单位的原因见网页“系统运行”；程序出错的一小时后自动再试，再试仍不成请看 duban serve 的日志。",
                )  # fmt: skip
        elif stopped and one.rhythm == SLUG:
            continue
        elif last is not None or _has_waited(runs.waiting_since.get(one.rhythm), one.planned):
            ran = f"最近一次是 {_at(last.ended_at)}" if last is not None else "从未运行过"
            yield Trouble(
                f"{one.rhythm}_late", Level.FAULT, f"{one.title}应在 {_at(one.planned)} 运行，至今没有完成，{ran}",
                _SEE_TO[one.rhythm],
            )  # fmt: skip


def judge_health(health: Health, expected: Collection[Expected], *, now: dt.datetime, hours: int) -> list[Trouble]:
    """Everything that is wrong, faults first; a channel that is down becomes one after `hours`."""
    found = [
        *_find_stopped(health),
        *find_late(health.runs, expected, stopped=health.doubt is not None),
        *_find_unowned(health, now),
        *_find_clocks(health, now),
        *_find_undelivered(health, now, now - dt.timedelta(hours=hours)),
        *_find_unsigned(health, now),
        *_find_scarce(health),
        *_find_unkept(health, now),
        *_find_open(health),
        *_find_refused(health),
    ]
    return sorted(found, key=lambda one: one.level is not Level.FAULT)


def _find_stopped(health: Health) -> Iterator[Trouble]:
    if health.doubt is not None:
        yield Trouble(
            f"{SLUG}_stopped", Level.FAULT, f"每日督办已停下，等人确认：{health.doubt}",
            "停下期间不生成通知，不汇成当日的邮件，也不编印简报、通报、年度报告初稿和开年计划。"
            "服务器的时钟不对：校正时钟，督办自动继续。日期不错：在服务器上运行 "
            "duban supervise 看会生成什么（不写入），再运行 duban supervise --for-good,"
            "或在网页“系统运行”点“日期不错，继续”；当日和错过各日的通知即行生成，"
            "同一时限错过的只补最高一级，以后照常自动运行。曾按错误的日子督办过："
            "用 duban notice take-back 日期 --reason 理由 撤回；未发出的取消，已发出的列明。",
        )  # fmt: skip


def _find_unowned(health: Health, now: dt.datetime) -> Iterator[Trouble]:
    until = health.lease_until
    if until is not None and until + UNRENEWED < now:
        yield Trouble(
            "clock_unowned", Level.FAULT, f"没有进程值守，定时工作自 {_at(until)} 起无人启动",
            "请启动 duban serve；已在运行的，请看它的日志为什么不再值守。",
        )  # fmt: skip


def is_lease_ahead(until: dt.datetime | None, database_at: dt.datetime) -> bool:
    """Whether the clock is taken for longer than a living process can have taken it, so by nobody."""
    return until is not None and until > database_at + 2 * TERM


def _find_clocks(health: Health, now: dt.datetime) -> Iterator[Trouble]:
    if is_lease_ahead(health.lease_until, health.database_at):
        yield Trouble(
            LEASE_AHEAD, Level.FAULT,
            f"值守的期限直到 {_at(health.lease_until or now)}，是时钟不对时写下的，没有进程值守",
            "请启动 duban serve，它自动接过值守；已在运行的，请看它的日志。",
        )  # fmt: skip
    theirs, off = _at(health.database_at), now - health.database_at
    if health.apart and abs(off) > OFF:
        yield Trouble(
            "clock_off", Level.WARNING,
            f"本机的时钟（{_at(now)}）与数据库服务器的（{theirs}）相差 {int(abs(off).total_seconds())} 秒",
            "请在两台服务器上都开启时间同步（timedatectl set-ntp true）。",
        )  # fmt: skip
    if health.last_run_at is not None and health.last_run_at > now + OFF:
        yield Trouble(
            "run_ahead", Level.WARNING, f"有定时工作记为 {_at(health.last_run_at)} 结束，在现在（{_at(now)}）以后",
            "本机的时钟现在慢了，或当时快了：请校正时钟；曾按错误的日子督办过的，用 duban notice take-back 撤回。",
        )  # fmt: skip


def _find_undelivered(health: Health, now: dt.datetime, since: dt.datetime) -> Iterator[Trouble]:
    for channel in health.channels_down:
        yield Trouble(
            "channel_down", Level.FAULT if channel.since <= since else Level.WARNING,
            f"渠道“{channel.label}”自 {_at(channel.since)} 起不通：{channel.reason.rstrip('。')}",
            "通知保留，渠道恢复后自动发出。请检查该渠道的设置和对方的服务。",
        )  # fmt: skip
    if health.unsent_on is not None and health.unsent_on + WAITED < day_of(now):
        yield Trouble(
            "notices_waiting", Level.WARNING, f"最早的待发通知自 {health.unsent_on} 起没有发出",
            "请看网页“通知”中待发的通知：收件人可能没有可用的渠道和地址；也可运行 duban deliver 看原因。",
        )  # fmt: skip
    if health.parked:
        yield Trouble(
            "messages_parked", Level.WARNING, f"有 {health.parked} 封通知多次失败，已停发",
            "原因见网页“通知”中停发的通知；排除原因后可重新发送。",
        )  # fmt: skip


def _find_unsigned(health: Health, now: dt.datetime) -> Iterator[Trouble]:
    swept = health.runs.last.get(SLUG)
    if swept is None or swept.ended_at + UNSIGNED > now:
        return
    if health.signed_on is None or health.signed_on < swept.on:
        signed = f"最近一次签到 {health.signed_on}" if health.signed_on else "从未签过"
        yield Trouble(
            "trail_unsigned", Level.WARNING, f"{swept.on} 督办之后，操作记录的末端没有签名，{signed}",
            "请看 duban serve 的日志，再运行 duban audit verify 核对操作记录。",
        )  # fmt: skip


def _find_scarce(health: Health) -> Iterator[Trouble]:
    disk = health.disk
    if disk is not None and disk.free < disk.total * SCARCE:
        yield Trouble(
            "disk_scarce", Level.WARNING, f"数据目录所在的磁盘只剩 {_size(disk.free)}（共 {_size(disk.total)}）",
            "请清理或扩容，写满后将不能登记和发送。",
        )  # fmt: skip


def _find_unkept(health: Health, now: dt.datetime) -> Iterator[Trouble]:
    backups = health.backups
    if backups is None:
        return
    if backups.problem is not None:
        yield Trouble(
            "backup_failed", Level.WARNING, f"每夜备份没有做成：{backups.problem.rstrip('。')}",
            "以前的备份都在。请排除原因；也可在服务器上运行 duban backup 备份到别处。",
        )  # fmt: skip
    if backups.is_old(now):
        newest = backups.newest
        last = f"最近的备份“{newest.name}”是 {_at(newest.at)} 的" if newest is not None else "还没有一份备份"
        yield Trouble(
            BACKUP_OLD, Level.WARNING, f"{last}，已超过 {backups.hours} 小时",
            "请确认 duban serve 夜里在运行、backup_folder 可写；也可在服务器上运行 duban backup。",
        )  # fmt: skip


def _find_open(health: Health) -> Iterator[Trouble]:
    for folder in health.open_folders:
        yield Trouble(
            "folder_open", Level.WARNING, f"{folder} 对服务器的其他账户开放，其中有全单位的数据和密钥",
            f"请在服务器上运行 chmod -R go= {folder}",
        )  # fmt: skip


def _find_refused(health: Health) -> Iterator[Trouble]:
    for problem in health.templates:
        yield Trouble(
            "template_refused", Level.WARNING, f"{problem.where}未采用：{problem.what.rstrip('。')}",
            "请改正这个文件，或者删去；此前用系统自带的模板。",
        )  # fmt: skip


def _has_waited(since: dt.date | None, planned: dt.datetime) -> bool:
    return since is not None and midnight_of(since) <= planned


def _at(instant: dt.datetime) -> str:
    return f"{local(instant):%Y-%m-%d %H:%M}"


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GB" if count >= 1024**3 else f"{count / 1024**2:.1f} MB"
