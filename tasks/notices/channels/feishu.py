"""飞书, as a message of the office's own application: a card of plain texts, in which nothing is markup."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from models.settings import Settings
from tasks.notices.channel import AddressKind, ChannelSender, MessageChannel, Parcel, Rate
from tasks.notices.handed import Handed
from tasks.notices.provider.access_token import Access
from tasks.notices.provider.exchange import Exchange
from tasks.notices.provider.feishu_refusals import REFUSALS
from tasks.notices.provider.message_text import cut, harmless, key_of, one_line, user_id

TITLE, TEXT = 200, 20_000
"""Bytes; a card may have 30 KB in all."""


@contextmanager
def open_feishu(settings: Settings) -> Iterator[ChannelSender]:
    """The application the settings name."""
    with closing(Exchange("飞书", "code", REFUSALS)) as exchange:
        yield FeishuSender(settings, exchange)


CHANNEL = MessageChannel(
    "feishu",
    "飞书",
    AddressKind.OWN,
    lambda settings: bool(settings.feishu_app_id and settings.feishu_app_secret.get_secret_value()),
    open_feishu,
    Rate(50, 3),  # published: 1,000 a minute and 50 a second
)


class FeishuSender:
    """One run over the application."""

    def __init__(self, settings: Settings, exchange: Exchange) -> None:
        self.settings, self.exchange = settings, exchange
        secret = settings.feishu_app_secret.get_secret_value()
        self._access = Access(exchange, (settings.feishu_api, settings.feishu_app_id, secret), self._fetch)

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        button = {"tag": "button", "text": _plain("查看与填报"), "url": parcel.url, "type": "primary"}
        card = {
            "config": {"wide_screen_mode": True},
            "header": {"title": _plain(cut(one_line(parcel.subject), TITLE)), "template": "blue"},
            "elements": [
                {"tag": "div", "text": _plain(cut(harmless(parcel.plain).strip(), TEXT))},
                {"tag": "action", "actions": [button]},
            ],
        }
        return {
            "receive_id": user_id(parcel.to, "飞书"),
            "msg_type": "interactive",
            "content": json.dumps(card, ensure_ascii=False),
            "uuid": key_of(parcel.reference),
        }

    def send(self, packed: dict[str, Any]) -> Handed:
        url = f"{self.settings.feishu_api}/open-apis/im/v1/messages"
        kind = {"receive_id_type": id_type(packed["receive_id"])}
        answer = self._access.asking(lambda token: self.exchange.ask(url, packed, params=kind, token=token))
        data = answer.get("data")
        return Handed(f"飞书 {data.get('message_id', '') if isinstance(data, dict) else ''}".strip())

    def _fetch(self) -> tuple[str, int]:
        answer = self.exchange.ask(
            f"{self.settings.feishu_api}/open-apis/auth/v3/tenant_access_token/internal",
            {
                "app_id": self.settings.feishu_app_id,
                "app_secret": self.settings.feishu_app_secret.get_secret_value(),
            },
        )
        return str(answer["tenant_access_token"]), int(answer["expire"])


def id_type(account: str) -> str:
    """By which of its names of people an account is called."""
    if "@" in account:
        return "email"
    return {"ou_": "open_id", "on_": "union_id"}.get(account[:3], "user_id")


def _plain(text: str) -> dict[str, str]:
    return {"tag": "plain_text", "content": text}
