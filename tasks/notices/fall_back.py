"""Falling back: an urgent message that nobody opened within the office's time goes by the next channel too, and what
waits for a channel that is no more goes by another.
"""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.items.item import Deadline
from models.ladder.message import Message, MessageKind, SendState
from models.ladder.notice import Notice, NoticeState
from models.settings import Settings
from tasks.notices.find_channels import channel_behind, channels_set
from tasks.notices.reach import reach_of

RECENT = dt.timedelta(days=7)
"""What is older was told again by the ladder, or is nobody's concern any more."""


def fall_back(session: Session, settings: Settings, *, now: dt.datetime) -> int:
    """Queue such messages for their next channel; returns how many. Never one whose matter was dealt with meanwhile."""
    if not settings.unread_hours:
        return 0
    open_notice = (
        sa.exists()
        .where(col(Notice.message_id) == col(Message.id), col(Notice.read_at).is_(None))
        .where(col(Deadline.id) == col(Notice.deadline_id), col(Deadline.done_on).is_(None))
    )
    unread = select(Message).where(
        Message.kind == MessageKind.URGENT, Message.state == SendState.SENT, col(Message.read_at).is_(None),
        col(Message.sent_at) <= now - dt.timedelta(hours=settings.unread_hours),
        col(Message.sent_at) > now - RECENT - dt.timedelta(hours=settings.unread_hours),
        sa.cast(col(Message.channels), sa.String).like("%,%"), open_notice,
    )  # fmt: skip
    usable = {one.name for one in channels_set(settings)}
    count = 0
    for message in session.exec(unread.with_for_update(skip_locked=True)):
        further = channel_behind(message.channels, message.channel, usable)
        if further is not None:
            message.channel, message.state, message.attempts = further, SendState.WAITING, 0
            message.next_try_at = now
            session.add(message)
            count += 1
    session.flush()
    return count


def leave_unset(session: Session, settings: Settings, *, now: dt.datetime) -> int:
    """Give what waits for a channel that the office set up no more a way that there is; returns how many messages.

    What reaches its recipient by no other way either is parked, and says why.
    """
    usable = {one.name for one in channels_set(settings)}
    waits = select(Message).where(
        Message.state == SendState.WAITING, Message.kind != MessageKind.HEAD, col(Message.channel).not_in(usable)
    )
    stranded = session.exec(waits.with_for_update(skip_locked=True)).all()
    reach = reach_of(session, {message.recipient_id for message in stranded}, settings) if stranded else {}
    for message in stranded:
        channels = list(reach[message.recipient_id].channels)
        if channels:
            message.channels, message.channel = channels, channels[0]
            message.attempts, message.next_try_at = 0, now
        else:
            message.state = SendState.PARKED
            parked = sa.update(Notice).where(
                col(Notice.message_id) == message.id, col(Notice.state) == NoticeState.PENDING
            )
            session.execute(
                parked.values(state=NoticeState.PARKED, reason=f"渠道“{message.channel}”已停用，没有别的渠道")
            )
        session.add(message)
    session.flush()
    return len(stranded)
