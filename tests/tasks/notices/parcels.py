"""A parcel for channels to carry, and how each of some ended."""

import datetime as dt
from typing import Any

from models.clock import OFFICE_ZONE
from models.errors import DubanError
from models.settings import Settings
from tasks.notices.channel import MessageChannel, Parcel
from tasks.notices.handed import Handed

AT = dt.datetime(2026, 6, 26, 8, 0, tzinfo=OFFICE_ZONE)


def parcel(**told: Any) -> Parcel:
    """A message to 李承办 that says little, but for what is told of it."""
    usual: dict[str, Any] = {
        "reference": "<20260626.1.mail@duban.invalid>", "to": "li@office.test", "name": "李承办", "subject": "逾期",
        "brief": "逾期1项", "plain": "一\n二\n", "html": None, "url": "https://office.test/", "sent_at": AT,
    }  # fmt: skip
    return Parcel(**usual | told)


def tried(channel: MessageChannel, settings: Settings, *parcels: Parcel) -> list[Handed | DubanError]:
    """What came of each, over one sender."""
    ends: list[Handed | DubanError] = []
    with channel.opened(settings, many=False) as sender:
        for one in parcels:
            try:
                sender.hand(sender.pack(one))
                ends.append(sender.answer())
            except DubanError as error:
                ends.append(error)
    return ends
