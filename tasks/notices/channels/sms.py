"""Short messages, through whatever HTTP gateway the office has: the settings say what it is asked and answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from models.channel_settings import listed
from models.errors import DeliveryError
from models.later import later
from models.settings import Settings
from tasks.notices.channel import AddressKind, ChannelSender, MessageChannel, Parcel
from tasks.notices.handed import ChannelDownError, Handed
from tasks.notices.http_line import HttpAnswer, HttpLine

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

LABEL = "短信网关"
_MOBILE = re.compile(r"(?:\+?86)?(1[0-9]{10})")
_PLACE = re.compile(r"\{(mobile|text|sign|template|secret)\}")


@contextmanager
def open_sms(settings: Settings) -> Iterator[ChannelSender]:
    """Connections are kept as long as the delivery takes."""
    with closing(HttpLine(LABEL)) as line:
        yield SmsSender(settings, line)


CHANNEL = MessageChannel("sms", "短信", AddressKind.MOBILE, lambda settings: bool(settings.sms_url), open_sms)


class SmsSender:
    """One run over the gateway. Whether a message was taken is read in the answer: HTTP 200 alone says nothing."""

    def __init__(self, settings: Settings, line: HttpLine) -> None:
        self.settings, self.line = settings, line
        self.permanent, self.down = listed(settings.sms_permanent), listed(settings.sms_down)

    def pack(self, parcel: Parcel) -> httpx.Request:
        settings = self.settings
        found = _MOBILE.fullmatch(re.sub(r"[ -]", "", parcel.to))
        if found is None:
            raise DeliveryError(f"“{parcel.to[:40]}”不是 11 位手机号，不能发短信。", permanent=True)
        room = settings.sms_longest - (units(settings.sms_sign) + 2 if settings.sms_sign else 0)
        values = {
            "mobile": found[1], "text": shortened(parcel.brief, room), "sign": settings.sms_sign,
            "template": settings.sms_template, "secret": settings.sms_secret.get_secret_value(),
        }  # fmt: skip
        fields = _filled(settings.sms_fields, values)
        headers = {name: value.replace("{secret}", values["secret"]) for name, value in settings.sms_headers.items()}
        headers = {"User-Agent": "duban-messages/1"} | headers
        if settings.sms_method == "POST" and settings.sms_format == "json":
            return httpx.Request("POST", settings.sms_url, headers=headers, json=fields)
        plain = {name: value if isinstance(value, str) else _written(value) for name, value in fields.items()}
        if settings.sms_method == "POST":
            return httpx.Request("POST", settings.sms_url, headers=headers, data=plain)
        return httpx.Request("GET", httpx.URL(settings.sms_url).copy_merge_params(plain), headers=headers)

    def send(self, packed: httpx.Request) -> Handed:
        answer = self.line.ask(packed)
        code = code_at(answer.content, self.settings.sms_success_path)
        if code is None:
            raise self._unread(answer)
        said = f"{LABEL}答复 {code[:40]}"
        if code == self.settings.sms_success_value and answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return Handed(said)
        said += f"（{self._quoted(answer)}）"
        if code in self.down or answer.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            raise ChannelDownError(f"{said}，通知保留，稍后重试。", pause=answer.pause)
        raise DeliveryError(f"{said}。", permanent=code in self.permanent)

    def _unread(self, answer: HttpAnswer) -> ChannelDownError:
        """No code where one should stand: the address, the key or the setting is wrong, or the gateway is unwell."""
        return ChannelDownError(
            f"{LABEL}答复 {answer.words}，其中没有结果码：请核对 sms_url 和 sms_success_path；通知保留，稍后重试。",
            pause=answer.pause,
        )

    def _quoted(self, answer: HttpAnswer) -> str:
        """The gateway's own words, without our key."""
        words = " ".join(answer.content.decode("utf-8", "replace").split())[:200]
        secret = self.settings.sms_secret.get_secret_value()
        return words.replace(secret, "***") if secret else words


def units(text: str) -> int:
    """How many characters of a short message (UCS-2) the text takes: an emoji takes two."""
    return len(text.encode("utf-16-le")) // 2


def shortened(text: str, room: int) -> str:
    """The text on one line, cut to what fits."""
    text = " ".join(text.split())
    if units(text) <= room:
        return text
    while units(text) > room - 1:
        text = text[:-1]
    return f"{text}…"


def code_at(content: bytes, path: str) -> str | None:
    """What stands at the path in an answer in JSON, as text; None where there is nothing, or no JSON."""
    try:
        found: Any = json.loads(content)
    except (ValueError, RecursionError):
        return None
    for step in path.split("."):
        if isinstance(found, list):
            found = found[int(step)] if step.isdecimal() and int(step) < len(found) else None
        else:
            found = found.get(step) if isinstance(found, dict) else None
    return (
        None
        if found is None or isinstance(found, dict | list)
        else found
        if isinstance(found, str)
        else json.dumps(found)
    )


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    """The template with its places filled, each once: what is filled in is not looked at again."""
    match template:
        case str():
            return _PLACE.sub(lambda place: values[place[1]], template)
        case dict():
            return {name: _filled(inner, values) for name, inner in template.items()}
        case list():
            return [_filled(inner, values) for inner in template]
    return template


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
