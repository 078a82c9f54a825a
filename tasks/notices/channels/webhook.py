"""Webhook: each message as JSON, signed by Standard Webhooks, to a system of the office or a person's own receiver."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from standardwebhooks import Webhook as Signer

from models.errors import BadInputError, DeliveryError
from models.later import later
from models.settings import Settings
from tasks.access.office_key import derived
from tasks.notices.channel import AddressKind, ChannelSender, MessageChannel, Parcel, account_typed
from tasks.notices.handed import BrokenOffError, ChannelDownError, Handed
from tasks.notices.http_line import HttpAnswer, HttpLine
from tasks.notices.reachable import UnreachableError, aimed
from tasks.notices.sealed_address import LONGEST, opened_address, sealed_address
from tasks.notices.web_address import checked

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

LABEL = "Webhook"
EVENT = "message"
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
"""Refusals below 500 that may be otherwise later."""
_OF_THE_MESSAGE = {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
"""By which a system of the office refuses one message, or one recipient, for good."""


@contextmanager
def open_webhook(settings: Settings) -> Iterator[ChannelSender]:
    """Connections are kept as long as the delivery takes."""
    with closing(HttpLine(f"{LABEL} 接收方")) as line:
        yield WebhookSender(settings, line)


def own_address(settings: Settings, typed: str) -> str:
    """An account of the office's system, or the address of a receiver where people may have their own."""
    typed = typed.strip()
    if "://" not in typed:
        if not settings.message_webhook_url:
            raise BadInputError("应为接收地址，如 https://host.example.cn/duban。")
        return account_typed(settings, typed)
    if not settings.message_webhook_own:
        raise BadInputError("本单位没有开放个人的接收地址：请填写在接收系统中的账号。")
    if len(typed) > LONGEST:
        raise BadInputError(f"接收地址不超过 {LONGEST} 个字符。")
    return sealed_address(settings, checked(typed))


def own_secret(settings: Settings, kept: str) -> str | None:
    """By what the receiver at a person's own address proves that a message is ours; None for an account.

    Raises DeliveryError for an address that cannot be opened.
    """
    own = opened_address(settings, kept)
    return None if own is None else _secret(settings, own)


def _secret(settings: Settings, own: str) -> str:
    return "whsec_" + base64.b64encode(derived(settings.home, "message webhook", own)).decode()


CHANNEL = MessageChannel(
    "webhook",
    LABEL,
    AddressKind.OWN,
    lambda settings: bool(settings.message_webhook_url) or settings.message_webhook_own,
    open_webhook,
    own=own_address,
    secret=own_secret,
)


@dataclass(frozen=True)
class PackedHook:
    """A signed request; `own` where it goes to a receiver of the recipient's own."""

    url: str
    own: bool
    headers: dict[str, str]
    body: bytes


class WebhookSender:
    """One run. What a person's own receiver does counts for that message alone, never for the channel."""

    def __init__(self, settings: Settings, line: HttpLine) -> None:
        self.settings, self.line = settings, line

    def pack(self, parcel: Parcel) -> PackedHook:
        settings, own = self.settings, opened_address(self.settings, parcel.to)
        if own is not None and not settings.message_webhook_own:
            raise DeliveryError("本单位没有开放个人的接收地址（message_webhook_own）。", permanent=True)
        if own is None and not settings.message_webhook_url:
            raise DeliveryError(f"“{parcel.to[:100]}”不是接收地址，又没有设 message_webhook_url。", permanent=True)
        reference, at = parcel.reference.strip("<>"), parcel.sent_at.astimezone(dt.UTC)
        data = {
            "to": own or parcel.to, "name": parcel.name, "subject": parcel.subject, "brief": parcel.brief,
            "text": parcel.plain, "html": parcel.html, "url": parcel.url,
            "files": [
                {"name": file.name, "type": file.media_type, "base64": base64.b64encode(file.content).decode()}
                for file in parcel.files
            ],
        }  # fmt: skip
        said = {"type": EVENT, "timestamp": at.isoformat(), "data": data}
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        secret = settings.message_webhook_secret.get_secret_value() if own is None else _secret(settings, own)
        headers = {
            "Content-Type": "application/json", "User-Agent": "duban-messages/1", "webhook-id": reference,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Signer(secret).sign(reference, at, body),
        }  # fmt: skip
        return PackedHook(own or settings.message_webhook_url, own is not None, headers, body.encode())

    def send(self, packed: PackedHook) -> Handed:
        if not packed.own:
            request = httpx.Request("POST", packed.url, headers=packed.headers, content=packed.body)
            return self._judged(self.line.ask(request))
        try:
            request = aimed(packed.url, packed.body, packed.headers, listed=self.settings.webhook_networks)
            answer = self.line.ask(request)
        except UnreachableError as error:
            raise DeliveryError(f"{error}。", permanent=not error.passing) from error
        except (ChannelDownError, BrokenOffError) as error:
            raise DeliveryError(error.message, permanent=False) from error
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            refused = HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
            raise DeliveryError(_refusal(answer), permanent=refused and answer.status not in _PASSING)
        return Handed(answer.words)

    def _judged(self, answer: HttpAnswer) -> Handed:
        """What the office's own system answered: whatever is not about one message is about all."""
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return Handed(answer.words)
        if answer.status in _OF_THE_MESSAGE or answer.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            raise DeliveryError(_refusal(answer), permanent=answer.status in _OF_THE_MESSAGE)
        raise ChannelDownError(f"{_refusal(answer)[:-1]}，通知保留，稍后重试。", pause=answer.pause)


def _refusal(answer: HttpAnswer) -> str:
    redirected = HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST
    return f"{LABEL} 接收方答复 {answer.words}" + ("，不跟随转向，请改用新的地址。" if redirected else "。")
