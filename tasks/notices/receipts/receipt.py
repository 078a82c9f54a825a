"""What became of each notice (回执): derived from the notice, the message it is in and the tries at sending that, with
its time; and of what has not left yet, why not.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.clock import local
from models.coded import Coded
from models.ladder.channel_state import ChannelState
from models.ladder.message import DeliveryAttempt, Message, MessageKind, SendState
from models.ladder.notice import AT_ONCE, Notice, NoticeKind, NoticeState
from models.ladder.snooze import Snooze
from models.settings import Settings
from tasks.notices.bundle import urgent_lately
from tasks.notices.channel_health import channels_down
from tasks.notices.deliver import awaits_sweep, is_quiet
from tasks.notices.find_channels import channel_label
from tasks.notices.reach import PersonReach, reach_of


class NoticeReceipt(Coded):
    """How far a notice got."""

    PLANNED = "planned", "待发送"
    HELD = "held", "暂缓发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    DELIVERED = "delivered", "已送达"
    READ = "read", "已读"
    FAILED = "failed", "未送出，将再试"
    PARKED = "parked", "已停发"
    DROPPED = "dropped", "已取消"
    MERGED = "merged", "已合并"


@dataclass(frozen=True)
class ToldReceipt:
    """How far one notice got, since when (where that has an instant), and in words why it got no further."""

    receipt: NoticeReceipt
    at: dt.datetime | None = None
    words: str = ""


@dataclass(frozen=True)
class _Circumstances:
    """What stands in the way of those that wait."""

    day: dt.date
    now: dt.datetime
    quiet: str
    """The quiet hours, while it is quiet."""
    down: Mapping[str, ChannelState] = field(default_factory=dict)
    tries: Mapping[int, DeliveryAttempt] = field(default_factory=dict)
    """By message its last try."""
    snoozed: Mapping[tuple[int, int], dt.date] = field(default_factory=dict)
    """By person and deadline the day on which reminders leave again."""
    reach: Mapping[int, PersonReach] = field(default_factory=dict)
    urgent: Mapping[int, int] = field(default_factory=dict)
    """By person how many urgent messages were made in the last hour."""
    digested: Collection[int] = ()
    """Whose digest of the day has gone."""
    unswept: bool = False
    most: int = 0


def tell_receipts(
    session: Session, rows: Iterable[tuple[Notice, Message | None]], settings: Settings, *, by: Actor
) -> Mapping[int, ToldReceipt]:
    """The receipt of each notice, by its id. At most ten queries, however many notices."""
    rows = list(rows)
    around = _circumstances(session, rows, settings, by)
    return {notice.id or 0: _told(notice, message, around) for notice, message in rows}


def _circumstances(
    session: Session, rows: Sequence[tuple[Notice, Message | None]], settings: Settings, by: Actor
) -> _Circumstances:
    now, day = by.now, by.on
    quiet = f"{settings.quiet_from:%H:%M} 至 {settings.quiet_until:%H:%M}" if is_quiet(settings, now) else ""
    moving = {message.id or 0 for _, message in rows if message is not None and _moves(message)}
    loose = {
        notice.recipient_id
        for notice, message in rows
        if message is None and notice.state is NoticeState.PENDING and notice.recipient_id is not None
    }
    if not moving and not loose:
        return _Circumstances(day, now, quiet)
    down = {state.name: state for state in channels_down(session)}
    tries = _last_tries(session, moving) if moving else {}
    if not loose:
        return _Circumstances(day, now, quiet, down, tries)
    snoozes = session.exec(select(Snooze).where(col(Snooze.person_id).in_(loose), col(Snooze.until_on) > day))
    digested = select(Message.recipient_id).where(
        col(Message.recipient_id).in_(loose), Message.on == day, Message.kind == MessageKind.DIGEST,
        col(Message.state).not_in([SendState.WAITING, SendState.SENDING]),
    )  # fmt: skip
    return _Circumstances(
        day, now, quiet, down, tries,
        snoozed={(one.person_id, one.deadline_id): one.until_on for one in snoozes},
        reach=reach_of(session, loose, settings),
        urgent={person: lately for person, (lately, _) in urgent_lately(session, loose, day, now).items()},
        digested=set(session.exec(digested)),
        unswept=awaits_sweep(session, day),
        most=settings.urgent_per_hour,
    )  # fmt: skip


def _moves(message: Message) -> bool:
    return message.state in (SendState.WAITING, SendState.SENDING)


def _last_tries(session: Session, messages: Collection[int]) -> dict[int, DeliveryAttempt]:
    last = (
        sa.select(func.max(col(DeliveryAttempt.id)))
        .where(col(DeliveryAttempt.message_id).in_(messages))
        .group_by(col(DeliveryAttempt.message_id))
    )
    tries = select(DeliveryAttempt).where(col(DeliveryAttempt.id).in_(last))
    return {one.message_id: one for one in session.exec(tries)}


def _told(notice: Notice, message: Message | None, around: _Circumstances) -> ToldReceipt:
    match notice.state:
        case NoticeState.COLLAPSED:
            return ToldReceipt(NoticeReceipt.MERGED, words=notice.reason or "")
        case NoticeState.DROPPED:
            return ToldReceipt(NoticeReceipt.DROPPED, words=notice.reason or "")
        case NoticeState.PARKED:
            return ToldReceipt(NoticeReceipt.PARKED, words=notice.reason or "")
        case NoticeState.SENT:
            return _left(notice, message, around)
    if notice.send_on > around.day:
        return _held(f"当天休息，{notice.send_on} 起发送")
    return _loose(notice, around) if message is None else _in_message(message, around)


def _left(notice: Notice, message: Message | None, around: _Circumstances) -> ToldReceipt:
    if notice.read_at is not None:
        return ToldReceipt(NoticeReceipt.READ, notice.read_at, notice.reason or "")
    if message is None or message.sent_at is None:
        unread = "没有打开过" if notice.kind is NoticeKind.ESCALATION else ""
        return ToldReceipt(NoticeReceipt.SENT, words="；".join(filter(None, (notice.reason, unread))))
    words = notice.reason or ""
    if _moves(message):
        words = f"一直没有打开，改由{channel_label(message.channel)}再发"
    elif notice.kind is NoticeKind.ESCALATION:
        since = around.now - message.sent_at
        words = f"没有打开过，已{how_long(since)}" if since >= dt.timedelta(hours=1) else "还没有打开"
    if message.delivered_at is not None:
        return ToldReceipt(NoticeReceipt.DELIVERED, message.delivered_at, words)
    return ToldReceipt(NoticeReceipt.SENT, message.sent_at, words)


def _loose(notice: Notice, around: _Circumstances) -> ToldReceipt:
    """What is in no message yet."""
    person = notice.recipient_id or 0
    urgent = notice.kind in AT_ONCE
    if (until := around.snoozed.get((person, notice.deadline_id))) and notice.kind is NoticeKind.REMINDER:
        return _held(f"本人选择了稍后提醒，{until} 起发送")
    if not urgent and around.unswept:
        return _held("等当天的督办运行以后发送")
    if around.quiet:
        return _held(f"静默时段（{around.quiet}）内不发，之后发送")
    reach = around.reach.get(person)
    if reach is not None and reach.channels:
        if urgent and (count := around.urgent.get(person, 0)) >= around.most:
            return _held(f"本小时已发 {count} 封，合并后发")
        if not urgent and person in around.digested:
            return _held("当天的汇总已经发出，随下一次汇总发送")
        if not urgent and local(around.now).time() < reach.digest_at:
            return _held(f"每日汇总在 {reach.digest_at:%H:%M} 发送")
    return ToldReceipt(NoticeReceipt.PLANNED, words="等待下一次发送")


def _in_message(message: Message, around: _Circumstances) -> ToldReceipt:
    """What is in a message that has not left."""
    label, last = channel_label(message.channel), around.tries.get(message.id or 0)
    if message.state is SendState.SENDING:
        return ToldReceipt(NoticeReceipt.SENDING, last.started_at if last else None, f"由{label}发送")
    if (down := around.down.get(message.channel)) is not None and down.next_try_at is not None:
        again = f"{local(down.next_try_at):%m-%d %H:%M} 再试"
        return ToldReceipt(NoticeReceipt.HELD, down.down_since, f"{label}不通（{down.reason}），{again}，通了即发")
    if last is not None and last.delivered is False:
        if last.channel != message.channel:
            words = f"{channel_label(last.channel)}送不到（{last.answer}），改由{label}发送"
        else:
            again = f"{local(message.next_try_at):%Y-%m-%d %H:%M}"
            words = f"已试 {max(message.attempts, 1)} 次未成（{last.answer}），{again} 后再试"
        return ToldReceipt(NoticeReceipt.FAILED, last.ended_at, words)
    if around.quiet:
        return _held(f"静默时段（{around.quiet}）内不发，之后发送")
    return ToldReceipt(NoticeReceipt.PLANNED, message.made_at, "等待下一次发送")


def _held(words: str) -> ToldReceipt:
    return ToldReceipt(NoticeReceipt.HELD, words=words)


def how_long(passed: dt.timedelta) -> str:
    """A span as people say it, in whole days or hours."""
    hours = int(passed.total_seconds() // 3600)
    if hours >= 24:
        return f" {hours // 24} 天"
    return f" {hours} 小时" if hours > 0 else "不到 1 小时"
