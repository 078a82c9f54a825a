"""How channels fare, whoever sends: one that is down is tried as a channel, with growing pauses, and uses up no
message's tries; published limits are kept as token buckets in the database, so that two senders keep one limit.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from models.ladder.channel_state import ChannelState
from models.ladder.message import DeliveryAttempt
from tasks.notices.channel import MessageChannel

PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15, 30))
"""How long a channel that is down is left alone after each try in a row; the last goes on for days."""
LONGEST = dt.timedelta(hours=2)
"""However long a provider asks to wait, it is asked again after this."""


def channels_down(session: Session) -> Sequence[ChannelState]:
    """The channels that are down now, the longest first."""
    down = select(ChannelState).where(col(ChannelState.down_since).is_not(None))
    return session.exec(down.order_by(col(ChannelState.down_since))).all()


def note_down(session: Session, channel: str, reason: str, *, now: dt.datetime, pause: dt.timedelta | None) -> None:
    """The channel was tried and is down; it is tried again after a pause, the provider's own where that is longer."""
    state = _state(session, channel)
    state.down_since = state.down_since or now
    wait = max(PAUSES[min(state.tries, len(PAUSES) - 1)], min(pause or dt.timedelta(), LONGEST))
    state.tries, state.next_try_at, state.reason = state.tries + 1, now + wait, reason[:500]
    session.add(state)


def note_passed(session: Session, channel: str, *, now: dt.datetime) -> None:
    """The channel took something: it is not down."""
    state = _state(session, channel)
    state.down_since, state.tries, state.next_try_at, state.reason = None, 0, None, None
    state.passed_at = now
    session.add(state)


def passed_since_last_try(session: Session, channel: str, message_id: int) -> bool:
    """Whether the channel took anything since the message was tried before, this try apart."""
    state = session.get(ChannelState, channel)
    before = select(func.max(DeliveryAttempt.started_at)).where(
        DeliveryAttempt.message_id == message_id, col(DeliveryAttempt.ended_at).is_not(None)
    )
    tried: dt.datetime | None = session.exec(before).one()
    passed = state.passed_at if state is not None else None
    return passed is not None and tried is not None and passed >= tried


def allowance(session: Session, channel: MessageChannel, most: int, *, now: dt.datetime) -> int:
    """How many messages, at most `most`, may be claimed for the channel now: none while it pauses, one while it is
    known to be down, and what is left of its limit.
    """
    state = session.get(ChannelState, channel.name)
    if state is not None and state.next_try_at is not None:
        if state.next_try_at > now:
            return 0
        most = 1
    if channel.rate is None:
        return most
    return min(most, int(_filled(_state(session, channel.name), channel, now)))


def draw(session: Session, channel: MessageChannel, count: int, *, now: dt.datetime) -> None:
    """Take what was claimed from the channel's limit."""
    if channel.rate is not None and count:
        state = _state(session, channel.name)
        state.tokens, state.filled_at = _filled(state, channel, now) - count, now
        session.add(state)


def _filled(state: ChannelState, channel: MessageChannel, now: dt.datetime) -> float:
    """The bucket as of now: full at first, and filled evenly."""
    rate = channel.rate
    if rate is None or state.filled_at is None:
        return float(rate.messages if rate else 0)
    passed = max(0.0, (now - state.filled_at).total_seconds())
    return min(float(rate.messages), state.tokens + passed * rate.messages / rate.seconds)


def _state(session: Session, channel: str) -> ChannelState:
    """The channel's row, held until the transaction ends."""
    found = session.get(ChannelState, channel, with_for_update=True)
    if found is None:
        # Two senders may be the first at once: the later one waits, and takes the row of the other.
        session.execute(_FIRST, {"name": channel})
        found = session.get_one(ChannelState, channel, with_for_update=True)
    return found


_FIRST = text("INSERT INTO channel_state (name, tries, tokens) VALUES (:name, 0, 0) ON CONFLICT DO NOTHING")
