"""Telling a watch outside the house that the office's machinery runs: while it hears nothing, it raises the alarm.

By the ping interface of Healthchecks, which others understand as well: the address itself says that all is well, and
behind it `/fail` that it is not, `/start` that the clock began, `/log` that it was stopped in order.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from models.later import later
from models.settings import Settings
from tasks.engine.judge_health import Level, Trouble
from tasks.notices.reachable import UnreachableError, is_barred, resolve

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

LONGEST = 2_000
"""Characters of what is told."""
READ = 200
"""Bytes of the answer that are looked at."""
_TEXT = "text/plain; charset=utf-8"
_IGNORED = {
    b"OK (not found)": "对方没有这个地址（可能已删除）",
    b"OK (rate limited)": "对方称来得太频繁，未计入",
}
"""Healthchecks answers 200 here too, and takes no notice of the ping."""


class Signal(StrEnum):
    """What is told, by what is put behind the address."""

    WELL = ""
    FAIL = "/fail"
    START = "/start"
    STOP = "/log"


def ping_alarm(
    settings: Settings,
    signal: Signal,
    words: str = "",
    *,
    seconds: float = 5,
    resolve: Callable[[str, int], list[str]] = resolve,
) -> str | None:
    """Tell the watch, once; why it did not take it, in words without the address; None where it did, or none is set.

    Never raises for what the other side does, and waits `seconds` at each step. Public addresses are reached by https
    alone; those of this machine and of private networks by http too.
    """
    if not (url := settings.alarm_ping_url.get_secret_value()):
        return None
    target = httpx.URL(url)
    target = target.copy_with(path=target.path.rstrip("/") + signal)
    try:
        request = httpx.Request(
            "POST", target.copy_with(host=_allowed(target, resolve)), content=words[:LONGEST].encode(),
            headers={"Host": target.netloc.decode(), "User-Agent": "duban-alarm/1", "Content-Type": _TEXT},
            extensions={"sni_hostname": target.host, "timeout": httpx.Timeout(seconds).as_dict()},
        )  # fmt: skip
        # Without httpx's client, which writes every address it asks into the log.
        with httpx.HTTPTransport() as transport:
            answer = transport.handle_request(request)
            said = next(answer.iter_raw(READ), b"")
            answer.close()
    except UnreachableError as error:
        return str(error)
    except httpx.TimeoutException:
        return "对方超时未答复"
    except (httpx.HTTPError, OSError) as error:
        return f"无法连接：{type(error).__name__}"
    if not answer.is_success:
        return f"对方答复 {answer.status_code}"
    return next((meaning for begin, meaning in _IGNORED.items() if said.startswith(begin)), None)


def ping_troubles(
    settings: Settings, troubles: Sequence[Trouble], *, resolve: Callable[[str, int], list[str]] = resolve
) -> str | None:
    """Tell the watch that all is well, or which faults there are; as `ping_alarm`."""
    faults = [one for one in troubles if one.level is Level.FAULT]
    words = "\n".join(f"{one.words}。{one.advice}" for one in faults)
    return ping_alarm(settings, Signal.FAIL if faults else Signal.WELL, words, resolve=resolve)


def _allowed(target: httpx.URL, resolve: Callable[[str, int], list[str]]) -> str:
    """The address that is dialled, the very one that was looked at. Raises UnreachableError."""
    try:
        addresses = resolve(target.host, target.port or (443 if target.scheme == "https" else 80))
    except (OSError, UnicodeError) as error:
        raise UnreachableError("域名无法解析") from error
    found = [ipaddress.ip_address(address) for address in addresses]
    if not found or any(is_barred(str(one)) and not one.is_loopback for one in found):
        raise UnreachableError("地址是链路本地、组播、保留或转换地址，不发送")
    if target.scheme == "http" and any(one.is_global for one in found):
        raise UnreachableError("公网上的地址须用 https://")
    return addresses[0]
