"""钉钉, through the robot of a group, signed: one line and a link, with the person mentioned; the others read along."""

import base64
import hmac
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from models.settings import Settings
from tasks.notices.channel import AddressKind, ChannelSender, MessageChannel, Parcel, Rate
from tasks.notices.handed import Handed
from tasks.notices.provider.dingtalk_refusals import REFUSALS
from tasks.notices.provider.exchange import Exchange
from tasks.notices.provider.message_text import cut, mobile, one_line

LABEL = "钉钉群机器人"
TEXT = 2048
"""Bytes; none are published for a robot, this is what work notices take."""


@contextmanager
def open_dingtalk_robot(settings: Settings) -> Iterator[ChannelSender]:
    """The robot the settings name."""
    with closing(Exchange(LABEL, "errcode", REFUSALS)) as exchange:
        yield DingtalkRobot(settings, exchange)


CHANNEL = MessageChannel(
    "dingtalk_robot",
    LABEL,
    AddressKind.MOBILE,
    lambda settings: bool(settings.dingtalk_robot_url.get_secret_value()),
    open_dingtalk_robot,
    Rate(20, 60),
)


def sign(secret: str, milliseconds: int) -> str:
    """The signature of a request at this instant (加签): HMAC-SHA256 keyed by the secret."""
    return base64.b64encode(hmac.digest(secret.encode(), f"{milliseconds}\n{secret}".encode(), "sha256")).decode()


class DingtalkRobot:
    """One run over the robot."""

    def __init__(self, settings: Settings, exchange: Exchange) -> None:
        self.url = settings.dingtalk_robot_url.get_secret_value()
        self.secret = settings.dingtalk_robot_secret.get_secret_value()
        self.exchange = exchange

    def pack(self, parcel: Parcel) -> tuple[dict[str, str | int], dict[str, Any]]:
        at = int(parcel.sent_at.timestamp() * 1000)
        signed: dict[str, str | int] = {"timestamp": at, "sign": sign(self.secret, at)} if self.secret else {}
        # The number stands in the text too, or nobody is mentioned; of somebody outside the group 钉钉 masks it.
        number = mobile(parcel.to, LABEL)
        body = {
            "msgtype": "text",
            "text": {"content": f"@{number} {cut(one_line(parcel.brief), TEXT)}\n{parcel.url}"},
            "at": {"atMobiles": [number], "isAtAll": False},
        }
        return signed, body

    def send(self, packed: tuple[dict[str, str | int], dict[str, Any]]) -> Handed:
        signed, body = packed
        self.exchange.ask(self.url, body, params=signed)
        return Handed(LABEL)
