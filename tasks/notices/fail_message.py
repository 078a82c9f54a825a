"""A message that was taken for delivery and did not arrive all the same: on by the next channel, or given up."""

import datetime as dt
from collections.abc import Collection

from sqlmodel import Session, col, select, update

from models.ladder.message import DeliveryAttempt, Message, SendState
from models.ladder.notice import Notice, NoticeState
from tasks.notices.find_channels import channel_behind


def fail_message(
    session: Session, message: Message, channel: str, answer: str, usable: Collection[str], *, now: dt.datetime
) -> bool:
    """What a refusal of the channel for good would have brought about, had it been told at once; whether it did.

    `usable` are the channels that are set up. Nothing is changed where the message has been opened or has left the
    channel meanwhile. The caller holds the message's row.
    """
    if message.state is not SendState.SENT or message.channel != channel or message.read_at is not None:
        return False
    further = channel_behind(message.channels, channel, usable)
    message.sent_at = message.delivered_at = None
    if further is None:
        message.state = SendState.PARKED
    else:
        message.state, message.channel, message.attempts, message.next_try_at = SendState.WAITING, further, 0, now
    session.add(message)
    tried = (
        select(DeliveryAttempt)
        .where(DeliveryAttempt.message_id == message.id, DeliveryAttempt.channel == channel)
        .where(col(DeliveryAttempt.delivered).is_(True))
        .order_by(col(DeliveryAttempt.id).desc())
        .limit(1)
    )
    for attempt in session.exec(tried):
        attempt.delivered, attempt.answer = False, answer[:500]
        session.add(attempt)
    became = NoticeState.PARKED if further is None else NoticeState.PENDING
    told = update(Notice).where(col(Notice.message_id) == message.id, col(Notice.state) == NoticeState.SENT)
    session.execute(told.values(state=became, reason=answer[:300] if further is None else None))
    session.flush()
    return True
