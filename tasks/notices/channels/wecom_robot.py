"""企业微信, through the robot of a group: one line and a link, with the person mentioned; the others read along."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from models.settings import Settings
from tasks.notices.channel import AddressKind, ChannelSender, MessageChannel, Parcel, Rate
from tasks.notices.handed import Handed
from tasks.notices.provider.exchange import Exchange
from tasks.notices.provider.message_text import cut, mobile, one_line, size
from tasks.notices.provider.wecom_refusals import REFUSALS

LABEL = "企业微信群机器人"
TEXT = 2048
"""Bytes."""


@contextmanager
def open_wecom_robot(settings: Settings) -> Iterator[ChannelSender]:
    """The robot the settings name."""
    with closing(Exchange(LABEL, "errcode", REFUSALS)) as exchange:
        yield WecomRobot(settings.wecom_robot_url.get_secret_value(), exchange)


CHANNEL = MessageChannel(
    "wecom_robot",
    LABEL,
    AddressKind.MOBILE,
    lambda settings: bool(settings.wecom_robot_url.get_secret_value()),
    open_wecom_robot,
    Rate(20, 60),
)


class WecomRobot:
    """One run over the robot."""

    def __init__(self, url: str, exchange: Exchange) -> None:
        self.url, self.exchange = url, exchange

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        content = f"{cut(one_line(parcel.brief), TEXT - 1 - size(parcel.url))}\n{parcel.url}"
        return {
            "msgtype": "text",
            "text": {"content": content, "mentioned_mobile_list": [mobile(parcel.to, LABEL)]},
        }

    def send(self, packed: dict[str, Any]) -> Handed:
        self.exchange.ask(self.url, packed)
        return Handed(LABEL)
