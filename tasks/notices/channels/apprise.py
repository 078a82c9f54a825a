"""Anything else: services that Apprise knows by a URL, of the office or of a person's own; only those the office lists.

Apprise judges by the HTTP status alone and says why in its log: that is read here, and no more than codes told of it,
since what else it holds may be keys.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from models.channel_settings import listed
from models.errors import BadInputError, DeliveryError
from models.settings import Settings
from tasks.notices.channel import ACCOUNT, AddressKind, ChannelSender, MessageChannel, Parcel, account_typed
from tasks.notices.handed import ChannelDownError, Handed
from tasks.notices.sealed_address import LONGEST, opened_address, sealed_address

LABEL = "Apprise"
TO = "{to}"
_CODE = re.compile(r"\berror=([1-5][0-9]{2})\b")
_FOR_GOOD = {
    HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.UNPROCESSABLE_ENTITY,
}  # fmt: skip
_DENIED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


@contextmanager
def open_apprise(settings: Settings) -> Iterator[ChannelSender]:
    """Apprise keeps no connection between two messages."""
    yield AppriseSender(settings)


def own_address(settings: Settings, typed: str) -> str:
    """An account that the office's URL has a place for; or a URL of the person's own, sealed, for it holds keys."""
    typed, schemes = typed.strip(), listed(settings.apprise_schemes)
    if "://" not in typed:
        if TO not in settings.apprise_url.get_secret_value():
            raise BadInputError(f"应为 Apprise 地址，可用的有：{'、'.join(f'{scheme}://' for scheme in schemes)}。")
        return account_typed(settings, typed)
    if typed.partition("://")[0].lower() not in schemes:
        raise BadInputError(f"本单位开放的 Apprise 地址只有：{'、'.join(f'{scheme}://' for scheme in schemes)}。")
    if "?" in typed or len(typed) > LONGEST:
        raise BadInputError(f"Apprise 地址不能带“？”以后的参数，不超过 {LONGEST} 个字符。")
    if _service(typed) is None:
        raise BadInputError("Apprise 地址不完整或者不被识别：请核对服务名后面的各部分。")
    return sealed_address(settings, typed)


CHANNEL = MessageChannel(
    "apprise",
    LABEL,
    AddressKind.OWN,
    lambda settings: bool(settings.apprise_schemes),
    open_apprise,
    own=own_address,
)


@dataclass(frozen=True)
class PackedPush:
    """A service of Apprise with what it is to say; `own` where it is the recipient's."""

    service: Any
    own: bool
    title: str
    body: str


class AppriseSender:
    """One run. What becomes of a person's own service counts for that message alone."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def pack(self, parcel: Parcel) -> PackedPush:
        own = opened_address(self.settings, parcel.to)
        url = own or self._of_the_office(parcel.to)
        if url.partition("://")[0].lower() not in listed(self.settings.apprise_schemes):
            raise DeliveryError("本单位没有开放这种 Apprise 地址（apprise_schemes）。", permanent=True)
        service = _service(url)
        if service is None:
            raise DeliveryError("Apprise 地址不完整或者不被识别。", permanent=True)
        return PackedPush(service, own is not None, parcel.subject, parcel.plain)

    def _of_the_office(self, account: str) -> str:
        if not ACCOUNT.fullmatch(account):
            raise DeliveryError(f"“{account[:64]}”不是可用的账号。", permanent=True)
        return self.settings.apprise_url.get_secret_value().replace(TO, quote(account, safe=""))

    def send(self, packed: PackedPush) -> Handed:
        apprise = _library()
        with apprise.LogCapture(level=logging.INFO) as log:
            taken = packed.service.notify(title=packed.title, body=packed.body, notify_type=apprise.NotifyType.INFO)
        if taken:
            return Handed(f"{LABEL} {packed.service.service_name}")
        said = _CODE.findall(log.getvalue())
        code = int(said[-1]) if said else None
        words = f"{LABEL} {packed.service.service_name}" + (f" 答复 HTTP {code}" if code else " 没有答复")
        if packed.own or code in _FOR_GOOD:
            raise DeliveryError(f"{words}。", permanent=code in _FOR_GOOD or code in _DENIED)
        raise ChannelDownError(f"{words}，通知保留，稍后重试。")


@cache
def _library() -> Any:
    """Apprise, which takes a second to load two hundred services, and is kept from logging the URLs it is given."""
    import apprise

    logging.getLogger("apprise").propagate = False
    return apprise


def _service(url: str) -> Any:
    """What Apprise makes of the URL; None where it knows no such service, or the URL is not whole."""
    apprise = _library()
    asset = apprise.AppriseAsset(plugin_paths=[], storage_mode=apprise.PersistentStoreMode.MEMORY)
    asset.async_mode = False
    service = apprise.Apprise.instantiate(url, asset=asset)
    if service is not None:
        service.overflow_mode = apprise.OverflowMode.TRUNCATE
    return service
