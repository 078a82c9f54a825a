"""企业微信, as a message of the office's own application: a card where it is short, Markdown where it is not."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from models.errors import DeliveryError
from models.settings import Settings
from tasks.notices.channel import AddressKind, ChannelSender, MessageChannel, Parcel, Rate
from tasks.notices.handed import Handed
from tasks.notices.provider.access_token import Access
from tasks.notices.provider.exchange import Exchange
from tasks.notices.provider.message_text import cut, harmless, markdown, number_of, one_line, size, user_id
from tasks.notices.provider.wecom_refusals import REFUSALS

TITLE, CARD, MARKDOWN = 128, 512, 2048
"""Bytes; of title and card the provider says characters by now and said bytes before."""
SAME_SECONDS = 4 * 60 * 60
"""For how long it drops a message that reads the same: the longest it offers."""


@contextmanager
def open_wecom(settings: Settings) -> Iterator[ChannelSender]:
    """The application the settings name."""
    with closing(Exchange("企业微信", "errcode", REFUSALS)) as exchange:
        yield WecomSender(settings, exchange)


def _is_set(settings: Settings) -> bool:
    return bool(settings.wecom_corp_id and settings.wecom_secret.get_secret_value()) and (
        settings.wecom_agent_id is not None
    )


CHANNEL = MessageChannel("wecom", "企业微信", AddressKind.OWN, _is_set, open_wecom, Rate(10_000, 60))


class WecomSender:
    """One run over the application."""

    def __init__(self, settings: Settings, exchange: Exchange) -> None:
        self.settings, self.exchange = settings, exchange
        secret = settings.wecom_secret.get_secret_value()
        self._access = Access(exchange, (settings.wecom_api, settings.wecom_corp_id, secret), self._fetch)

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        return {
            "touser": user_id(parcel.to, "企业微信"),
            "agentid": self.settings.wecom_agent_id,
            **self._said(parcel),
            "enable_duplicate_check": 1,
            "duplicate_check_interval": SAME_SECONDS,
        }

    def send(self, packed: dict[str, Any]) -> Handed:
        answer = self._access.asking(
            lambda token: self.exchange.ask(
                f"{self.settings.wecom_api}/cgi-bin/message/send", packed, params={"access_token": token}
            )
        )
        # It answers 0 also where nobody was reached, and names whom it left out, in small letters.
        for left_out, why in (
            ("invaliduser", "没有这个成员，或不在应用的可见范围内"),
            ("unlicenseduser", "成员没有接口许可，或许可已过期"),
        ):
            if packed["touser"].lower() in str(answer.get(left_out) or "").lower().split("|"):
                raise DeliveryError(f"企业微信没有发给“{packed['touser']}”：{why}", permanent=True)
        return Handed(f"企业微信 {answer.get('msgid', '')}".strip())

    def _said(self, parcel: Parcel) -> dict[str, Any]:
        title, number = cut(one_line(parcel.subject), TITLE), number_of(parcel.reference)
        card = harmless(parcel.plain).strip().replace("\n", "<br>") + f'<div class="gray">{number}</div>'
        if size(card) <= CARD:
            said = {"title": title, "description": card, "url": parcel.url, "btntxt": "查看"}
            return {"msgtype": "textcard", "textcard": said}
        end = f"\n\n[查看与填报]({parcel.url})\n{number}"
        text = "\n".join([f"**{title}**", markdown(parcel.plain, self.settings.office_url, line_end="\n")])
        return {"msgtype": "markdown", "markdown": {"content": cut(text, MARKDOWN - size(end)) + end}}

    def _fetch(self) -> tuple[str, int]:
        answer = self.exchange.ask(
            f"{self.settings.wecom_api}/cgi-bin/gettoken",
            params={
                "corpid": self.settings.wecom_corp_id,
                "corpsecret": self.settings.wecom_secret.get_secret_value(),
            },
        )
        return str(answer["access_token"]), int(answer["expires_in"])
