"""Access tokens of applications: kept in memory alone, for all senders of the process, and renewed before they end."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from models.errors import DeliveryError
from tasks.notices.handed import BrokenOffError, ChannelDownError
from tasks.notices.provider.exchange import Exchange, StaleTokenError

AHEAD_SECONDS = 300
"""How long before its end a token is renewed; one that lasts less than twice as long is renewed at half its time."""


@dataclass(frozen=True)
class _Token:
    value: str = field(repr=False)
    until: float


_TOKENS: dict[tuple[str, ...], _Token] = {}
_RENEWING = threading.Lock()


@dataclass(frozen=True)
class Access:
    """The way of one application to its tokens. `app` is what they belong to: address, name and secret.

    `fetch` asks for a new one: its value and for how many seconds it lasts.
    """

    exchange: Exchange
    app: tuple[str, ...] = field(repr=False)
    fetch: Callable[[], tuple[str, int]]

    def asking(self, ask: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
        """What `ask` answers with a token that is valid; with a new one where the provider takes this one no longer.

        Raises what `ask` does, and ChannelDownError where no token is to be had or a new one is not taken either.
        """
        token = self._current()
        try:
            return ask(token)
        except StaleTokenError:
            with _RENEWING:
                if (held := _TOKENS.get(self.app)) is not None and held.value == token:
                    del _TOKENS[self.app]
        try:
            return ask(self._current())
        except StaleTokenError as error:
            raise ChannelDownError(f"{error}；新取的令牌也不被接受，请核对应用的设置。") from None

    def _current(self) -> str:
        with _RENEWING:
            held = _TOKENS.get(self.app)
            if held is None or held.until <= time.monotonic():
                held = _TOKENS[self.app] = self._renew()
            return held.value

    def _renew(self) -> _Token:
        try:
            value, seconds = self.fetch()
        except (DeliveryError, BrokenOffError, StaleTokenError) as error:
            # Without a token nobody's message passes, whatever the code would mean for a single one.
            raise ChannelDownError(f"取不到令牌：{error}") from None
        except (KeyError, TypeError, ValueError):
            raise ChannelDownError(f"{self.exchange.label}的答复中没有令牌，通知保留，稍后重试。") from None
        return _Token(value, time.monotonic() + max(seconds - AHEAD_SECONDS, seconds / 2))
