"""Which addresses a webhook may reach: public ones, and of private ones those of the networks that the office lists.

What leads back to this machine, to its neighbours on the wire, or by way of a translator to an address that was not
looked at is never reached, whatever is listed.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from models.later import later
from models.settings import Network

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

_TRANSLATED = tuple(
    ipaddress.ip_network(network)
    for network in ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "0.0.0.0/8")
)
"""IPv4 within IPv6: mapped, NAT64 (RFC 6052, RFC 8215), 6to4, Teredo. And "this network" (RFC 1122)."""


def is_barred(address: str) -> bool:
    """Whether the address is never reached. What is no address is not either."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return True
    return (
        found.is_loopback
        or found.is_link_local
        or found.is_multicast
        or found.is_unspecified
        or found.is_reserved
        or (found.version == 6 and (found.is_site_local or found.scope_id is not None))
        or any(found in network for network in _TRANSLATED)
    )


def is_reachable(address: str, listed: Sequence[Network]) -> bool:
    """Whether a webhook may reach the address, with these private networks listed."""
    if is_barred(address):
        return False
    found = ipaddress.ip_address(address)
    return found.is_global or any(found in network for network in listed)


class UnreachableError(Exception):
    """The address may not, or cannot, be reached; the message says why. `passing`: it may be otherwise later."""

    def __init__(self, words: str, *, passing: bool = False) -> None:
        super().__init__(words)
        self.passing = passing


def resolve(host: str, port: int) -> list[str]:
    """Every address the name stands for, IPv4 first."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(row[4][0]) for row in sorted(found, key=lambda row: row[0] != socket.AF_INET)]


def aimed(
    url: str,
    content: bytes,
    headers: dict[str, str],
    *,
    listed: Sequence[Network],
    resolve: Callable[[str, int], list[str]] = resolve,
) -> httpx.Request:
    """A POST addressed to the very address that was looked at: a name that answers otherwise the second time reaches
    nothing else.

    Raises UnreachableError.
    """
    try:
        target = httpx.URL(url)
        host = target.host
    except (httpx.InvalidURL, UnicodeError) as error:
        raise UnreachableError("地址无法识别") from error
    port = target.port or (443 if target.scheme == "https" else 80)
    address = _allowed(host, port, listed, resolve)
    return httpx.Request(
        "POST",
        target.copy_with(host=address),
        headers={**headers, "Host": target.netloc.decode("ascii")},
        content=content,
        extensions={"sni_hostname": host},
    )


def _allowed(host: str, port: int, listed: Sequence[Network], resolve: Callable[[str, int], list[str]]) -> str:
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise UnreachableError(f"域名“{host}”无法解析", passing=True) from error
    if not addresses or any(is_barred(address) for address in addresses):
        raise UnreachableError(f"“{host}”指向本机、链路本地、组播、保留或转换地址，任何时候都不推送")
    if not all(is_reachable(address, listed) for address in addresses):
        raise UnreachableError(f"“{host}”在内部网络：须由系统维护人员在 webhook_private 中列出它的网段")
    return addresses[0]
