"""Asking a provider: over one kept connection, in bounded time, for a bounded answer that is read and judged.

HTTP 200 says no more than that the provider heard: the code in the body decides. An address may carry a key or a
token, so no address and nothing of a request gets into an error, and `httpx.Client`, which logs each address, is not
used.
"""

import datetime as dt
import json
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn

import httpx

from models.errors import DeliveryError
from tasks.notices.channel import BrokenOffError, ChannelDownError
from tasks.notices.provider.refusal import Refusal, Verdict

TIMEOUT = httpx.Timeout(10, connect=5)
WHOLE_SECONDS = 30
"""How long an answer may take from its first to its last byte."""
LARGEST = 64 * 1024
"""The largest answer in bytes; a provider's are some hundred."""
LONGEST_PAUSE = dt.timedelta(days=1)
WAITS = ("x-ogw-ratelimit-reset", "retry-after")
"""Headers that say in seconds how long to wait: the first is 飞书's."""
MINUTE = dt.timedelta(minutes=1)
TOO_MANY = "too many request"
"""飞书's robots say so under the code that otherwise means a body they cannot read."""
_KEYS = re.compile(r"[A-Za-z0-9_\-]{16,}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]+")


class StaleTokenError(ChannelDownError):
    """令牌不再被接受。

    Whoever has another one may try with that; without, no message passes.
    """


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: httpx.Headers
    data: dict[str, Any]


class Exchange:
    """A provider as one run speaks with it. `code` names the field of an answer that holds its error code."""

    def __init__(self, label: str, code: str, refusals: Mapping[int, Refusal]) -> None:
        self.label, self.code, self.refusals = label, code, refusals
        self._transport: httpx.HTTPTransport | None = None

    def ask(
        self,
        url: str,
        body: Mapping[str, Any] | None = None,
        *,
        params: Mapping[str, Any] | None = None,
        token: str | None = None,
    ) -> dict[str, Any]:
        """The answer to a GET, or to a POST of `body` as JSON, where its code is 0.

        `token` goes into the Authorization header. Raises StaleTokenError, DeliveryError, BrokenOffError and
        ChannelDownError as `refusals` and the contract of channels say.
        """
        answer = self._exchange(url, body, params or {}, token)
        code = self._code_of(answer)
        if code != 0:
            raise self._refusal(code, answer)
        return answer.data

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _exchange(
        self, url: str, body: Mapping[str, Any] | None, params: Mapping[str, Any], token: str | None
    ) -> _Answer:
        try:
            self._transport = self._transport or httpx.HTTPTransport(_trust(), trust_env=False)
            request = httpx.Request(
                "GET" if body is None else "POST",
                httpx.URL(url).copy_merge_params(params),
                headers={"Accept": "application/json", "Accept-Encoding": "identity"}
                | ({"Authorization": f"Bearer {token}"} if token else {}),
                json=body,
                extensions={"timeout": TIMEOUT.as_dict()},
            )
            answer = self._transport.handle_request(request)
            try:
                read = self._read(answer)
            finally:
                answer.close()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            # What it says stems from before the request was written.
            why = "超时" if isinstance(error, httpx.ConnectTimeout) else str(error)[:200]
            self._lose(ChannelDownError(f"连接不上{self.label}({why}),通知保留,稍后重试。"))
        except httpx.TimeoutException:
            self._lose(BrokenOffError(f"{self.label}超时未答复,稍后重试。"))
        except httpx.TransportError as error:
            self._lose(BrokenOffError(f"发送中与{self.label}的连接中断({type(error).__name__}),稍后重试。"))
        except httpx.InvalidURL:
            self._lose(ChannelDownError(f"所设的{self.label}地址不可用,请核对设置。"))
        if read is None:
            raise ChannelDownError(
                f"{self.label}答复 HTTP {answer.status_code},内容不是约定的格式:所设的地址不对,或途中有别的设备代答。",
                pause=_pause(answer.headers),
            )
        return _Answer(answer.status_code, answer.headers, read)

    def _read(self, answer: httpx.Response) -> dict[str, Any] | None:
        """What the answer says; None where it is none of the provider's."""
        until, held = time.monotonic() + WHOLE_SECONDS, b""
        for part in answer.iter_raw():
            held += part
            if len(held) > LARGEST:
                return None
            if time.monotonic() > until:
                raise httpx.ReadTimeout("")
        try:
            said = json.loads(held)
        except (ValueError, RecursionError):
            return None
        return said if isinstance(said, dict) else None

    def _lose(self, error: Exception) -> NoReturn:
        """The next message goes on a connection of its own; what was raised below may hold the address."""
        self.close()
        raise error from None

    def _code_of(self, answer: _Answer) -> int:
        code = answer.data.get(self.code)
        below = str(answer.data.get("sub_code", ""))
        if code == 88 and below.isdecimal():  # 钉钉: the code proper stands there
            code = below
        try:
            return int(code)  # type: ignore[arg-type]  # None and whatever else raises
        except (TypeError, ValueError, OverflowError):
            raise ChannelDownError(
                f"{self.label}答复 HTTP {answer.status},其中没有结果,通知保留,稍后重试。", pause=_pause(answer.headers)
            ) from None

    def _refusal(self, code: int, answer: _Answer) -> Exception:
        said = str(answer.data.get("sub_msg") or answer.data.get("errmsg") or answer.data.get("msg") or "")
        known = self.refusals.get(code)
        words = f"{self.label}答复 {code}:{known.meaning if known else _spoken(said)}"
        pause = _pause(answer.headers)
        if TOO_MANY in said.lower() or answer.status == httpx.codes.TOO_MANY_REQUESTS:
            return ChannelDownError(f"{self.label}答复 {code}:发送过快", pause=pause or MINUTE)
        if known is None:
            busy = answer.status >= httpx.codes.INTERNAL_SERVER_ERROR
            return ChannelDownError(words, pause=pause) if busy else DeliveryError(words, permanent=False)
        if known.verdict is Verdict.STALE:
            return StaleTokenError(words)
        if known.verdict is Verdict.DOWN:
            return ChannelDownError(words, pause=pause or known.pause)
        return DeliveryError(words, permanent=known.verdict is Verdict.NEVER)


@cache
def _trust() -> ssl.SSLContext:
    """The machine's own certificates; made once, for it takes a tenth of a second."""
    return ssl.create_default_context()


def _spoken(said: str) -> str:
    """The provider's own words, of which nobody knows what they repeat: without line ends, keys and length."""
    return _KEYS.sub("…", _UNPRINTABLE.sub(" ", said))[:200] or "没有说明"


def _pause(headers: httpx.Headers) -> dt.timedelta | None:
    for name in WAITS:
        try:
            seconds = float(headers.get(name, ""))
        except ValueError:
            continue
        if seconds >= 0:
            return dt.timedelta(seconds=min(seconds, LONGEST_PAUSE.total_seconds()))
    return None
