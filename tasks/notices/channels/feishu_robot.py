"""飞书, through the robot of a group, signed: one line and a link, with the person mentioned; the others read along."""

import base64
import hmac
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from models.settings import Settings
from tasks.notices.channel import AddressKind, ChannelSender, MessageChannel, Parcel, Rate
from tasks.notices.handed import Handed
from tasks.notices.provider.exchange import Exchange
from tasks.notices.provider.feishu_refusals import REFUSALS
from tasks.notices.provider.message_text import cut, one_line, user_id

LABEL = "飞书群机器人"
TEXT = 10_000
"""Bytes; a request may have 20 KB in all."""


@contextmanager
def open_feishu_robot(settings: Settings) -> Iterator[ChannelSender]:
    """The robot the settings name."""
    with closing(Exchange(LABEL, "code", REFUSALS)) as exchange:
        yield FeishuRobot(settings, exchange)


CHANNEL = MessageChannel(
    "feishu_robot",
    LABEL,
    AddressKind.OWN,
    lambda settings: bool(settings.feishu_robot_url.get_secret_value()),
    open_feishu_robot,
    Rate(5, 3),  # published: 100 a minute and 5 a second
)


def sign(secret: str, seconds: int) -> str:
    """The signature of a request at this instant (签名校验): HMAC-SHA256 of nothing, keyed by instant and secret."""
    return base64.b64encode(hmac.digest(f"{seconds}\n{secret}".encode(), b"", "sha256")).decode()


class FeishuRobot:
    """One run over the robot."""

    def __init__(self, settings: Settings, exchange: Exchange) -> None:
        self.url = settings.feishu_robot_url.get_secret_value()
        self.secret = settings.feishu_robot_secret.get_secret_value()
        self.exchange = exchange

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        at = int(parcel.sent_at.timestamp())
        signed = {"timestamp": str(at), "sign": sign(self.secret, at)} if self.secret else {}
        line = [
            {"tag": "at", "user_id": user_id(parcel.to, LABEL)},
            {"tag": "text", "text": f" {cut(one_line(parcel.brief), TEXT)} "},
            {"tag": "a", "text": "查看与填报", "href": parcel.url},
        ]
        return {**signed, "msg_type": "post", "content": {"post": {"zh_cn": {"title": "", "content": [line]}}}}

    def send(self, packed: dict[str, Any]) -> Handed:
        self.exchange.ask(self.url, packed)
        return Handed(LABEL)
