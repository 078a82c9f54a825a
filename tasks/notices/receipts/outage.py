"""Channels that are down (渠道不通): since when, why, when each is tried again, and how many messages wait for it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from models.ladder.message import Message, SendState
from models.people.person import Person
from tasks.notices.channel_health import channels_down
from tasks.notices.find_channels import channel_label


@dataclass(frozen=True)
class ChannelOutage:
    """One channel that is down, and what of an organ waits for it."""

    label: str
    since: dt.datetime
    reason: str
    again: dt.datetime | None
    waiting: int


def outages(session: Session, organ_id: int) -> Sequence[ChannelOutage]:
    """The channels that are down now, the longest first, with the messages to people of the organ that wait."""
    down = channels_down(session)
    if not down:
        return []
    waiting = (
        select(Message.channel, func.count())
        .join(Person, col(Person.id) == Message.recipient_id)
        .where(Person.organ_id == organ_id, Message.state == SendState.WAITING)
        .group_by(Message.channel)
    )
    counts = dict(session.exec(waiting).all())
    return [
        ChannelOutage(
            channel_label(state.name), state.down_since, state.reason or "", state.next_try_at,
            counts.get(state.name, 0),
        )
        for state in down
        if state.down_since is not None
    ]  # fmt: skip
