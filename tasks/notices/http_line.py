"""One HTTP request at a time to where messages go: over kept connections, within bounds, and told in no log.

`httpx.Client` writes every address into the log, and addresses of gateways and receivers hold keys.
"""

from __future__ import annotations

import datetime as dt
import http
import ssl
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, NoReturn

from models.later import later
from tasks.notices.handed import BrokenOffError, ChannelDownError

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

TIMEOUT = {"connect": 5.0, "read": 10.0, "write": 10.0, "pool": 10.0}
"""Seconds of silence that are borne, as httpx's transports take them."""
WHOLE_SECONDS = 30
"""How long an answer may take from its first to its last byte."""
LARGEST = 64 * 1024
"""The largest answer that is read, in bytes; of a larger one nothing is."""
LONGEST_PAUSE = dt.timedelta(days=1)


@dataclass(frozen=True)
class HttpAnswer:
    """What the other side said."""

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def words(self) -> str:
        """The status as its standard names it, whatever the other side calls it."""
        try:
            return f"{self.status} {http.HTTPStatus(self.status).phrase}"
        except ValueError:
            return str(self.status)

    @property
    def pause(self) -> dt.timedelta | None:
        """How long it asks to wait (Retry-After, in seconds or until a time by its own clock), a day at most."""
        return pause_of(self.headers)


def pause_of(headers: httpx.Headers) -> dt.timedelta | None:
    """How long these ask to wait (Retry-After, in seconds or until a time by their own clock), a day at most."""
    asked = headers.get("retry-after", "")
    try:
        if asked.isdecimal():
            return seconds_to_wait(asked)
        wait = parsedate_to_datetime(asked) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, dt.timedelta()), LONGEST_PAUSE)


def seconds_to_wait(digits: str) -> dt.timedelta:
    """So many seconds, a day at most. Raises ValueError for more digits than anybody means."""
    return dt.timedelta(seconds=min(int(digits), int(LONGEST_PAUSE.total_seconds())))


class HttpLine:
    """The way to `label`, as it is called in what is told. No redirect is followed."""

    def __init__(self, label: str) -> None:
        self.label = label
        self._transport: httpx.HTTPTransport | None = None

    def ask(self, request: httpx.Request) -> HttpAnswer:
        """The answer. Raises ChannelDownError where nobody answers, BrokenOffError where it broke off half-way."""
        request.extensions = {**request.extensions, "timeout": TIMEOUT}
        request.headers.setdefault("Accept-Encoding", "identity")
        try:
            self._transport = self._transport or httpx.HTTPTransport(_trust(), trust_env=False)
            answer = self._transport.handle_request(request)
            try:
                return HttpAnswer(answer.status_code, answer.headers, _content(answer))
            finally:
                answer.close()
        except httpx.ConnectTimeout:
            self._lose(ChannelDownError(f"连接{self.label}超时，通知保留，稍后重试。"))
        except httpx.ConnectError as error:
            self._lose(ChannelDownError(f"连接不上{self.label}（{str(error)[:200]}），通知保留，稍后重试。"))
        except httpx.TimeoutException:
            self._lose(BrokenOffError(f"{self.label}超时未答复，稍后重试。"))
        except httpx.TransportError as error:
            self._lose(BrokenOffError(f"发送中与{self.label}的连接中断（{type(error).__name__}），稍后重试。"))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _lose(self, error: Exception) -> NoReturn:
        """The next message goes on a connection of its own; what was raised below may hold the address."""
        self.close()
        raise error from None


@cache
def _trust() -> ssl.SSLContext:
    """The machine's own certificates; made once, for it takes a tenth of a second."""
    return ssl.create_default_context()


def _content(answer: httpx.Response) -> bytes:
    until, held = time.monotonic() + WHOLE_SECONDS, b""
    for part in answer.iter_raw():
        held += part
        if time.monotonic() > until:
            raise httpx.ReadTimeout("")
        if len(held) > LARGEST:
            return b""
    return held
