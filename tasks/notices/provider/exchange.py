"""Asking a provider, over one kept line (`HttpLine`), and judging what it answers.

HTTP 200 says no more than that the provider heard: the code in the body decides. An address may carry a key or a
token, so no address and nothing of a request gets into an error.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from models.errors import DeliveryError
from models.later import later
from tasks.notices.handed import ChannelDownError
from tasks.notices.http_line import HttpAnswer, HttpLine, seconds_to_wait
from tasks.notices.provider.refusal import Refusal, Verdict

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

WAIT = "x-ogw-ratelimit-reset"
"""The header in which 飞书 says how many seconds to wait."""
MINUTE = dt.timedelta(minutes=1)
TOO_MANY = "too many request"
"""飞书's robots say so under the code that otherwise means a body they cannot read."""
_KEYS = re.compile(r"[A-Za-z0-9_\-]{16,}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]+")


class StaleTokenError(ChannelDownError):
    """令牌不再被接受。

    Whoever has another one may try with that; without, no message passes.
    """


class Exchange:
    """A provider as one run speaks with it. `code` names the field of an answer that holds its error code."""

    def __init__(self, label: str, code: str, refusals: Mapping[int, Refusal]) -> None:
        self.label, self.code, self.refusals = label, code, refusals
        self._line = HttpLine(label)

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
        answer = self._line.ask(self._request(url, body, params or {}, token))
        said = self._read(answer)
        code = self._code_of(answer, said)
        if code != 0:
            raise self._refusal(code, answer, said)
        return said

    def close(self) -> None:
        self._line.close()

    def _request(
        self, url: str, body: Mapping[str, Any] | None, params: Mapping[str, Any], token: str | None
    ) -> httpx.Request:
        method = "GET" if body is None else "POST"
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            return httpx.Request(method, httpx.URL(url).copy_merge_params(params), headers=headers, json=body)
        except httpx.InvalidURL:
            raise ChannelDownError(f"所设的{self.label}地址不可用，请核对设置。") from None

    def _read(self, answer: HttpAnswer) -> dict[str, Any]:
        """What the answer says, where it is one of the provider's."""
        try:
            said = json.loads(answer.content)
        except (ValueError, RecursionError):
            said = None
        if isinstance(said, dict):
            return said
        raise ChannelDownError(
            f"{self.label}答复 HTTP {answer.status}，内容不是约定的格式：所设的地址不对，或途中有别的设备代答。",
            pause=_pause(answer),
        )

    def _code_of(self, answer: HttpAnswer, said: Mapping[str, Any]) -> int:
        code = said.get(self.code)
        below = str(said.get("sub_code", ""))
        if code == 88 and below.isdecimal():  # 钉钉: the code proper stands there
            code = below
        try:
            return int(code)  # type: ignore[arg-type]  # None and whatever else raises
        except (TypeError, ValueError, OverflowError):
            raise ChannelDownError(
                f"{self.label}答复 HTTP {answer.status}，其中没有结果，通知保留，稍后重试。", pause=_pause(answer)
            ) from None

    def _refusal(self, code: int, answer: HttpAnswer, said: Mapping[str, Any]) -> Exception:
        told = str(said.get("sub_msg") or said.get("errmsg") or said.get("msg") or "")
        known = self.refusals.get(code)
        words = f"{self.label}答复 {code}：{known.meaning if known else _spoken(told)}"
        pause = _pause(answer)
        if TOO_MANY in told.lower() or answer.status == httpx.codes.TOO_MANY_REQUESTS:
            return ChannelDownError(f"{self.label}答复 {code}：发送过快", pause=pause or MINUTE)
        if known is None:
            busy = answer.status >= httpx.codes.INTERNAL_SERVER_ERROR
            return ChannelDownError(words, pause=pause) if busy else DeliveryError(words, permanent=False)
        if known.verdict is Verdict.STALE:
            return StaleTokenError(words)
        if known.verdict is Verdict.DOWN:
            return ChannelDownError(words, pause=pause or known.pause)
        return DeliveryError(words, permanent=known.verdict is Verdict.NEVER)


def _spoken(said: str) -> str:
    """The provider's own words, of which nobody knows what they repeat: without line ends, keys and length."""
    return _KEYS.sub("…", _UNPRINTABLE.sub(" ", said))[:200] or "没有说明"


def _pause(answer: HttpAnswer) -> dt.timedelta | None:
    asked = answer.headers.get(WAIT, "")
    return seconds_to_wait(asked) if asked.isdecimal() else answer.pause
