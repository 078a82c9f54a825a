"""Which addresses a webhook may reach: public ones, and of private ones those of the networks that the office lists.

What leads back to this machine, to its neighbours on the wire, or by way of a translator to an address that was not
looked at is never reached, whatever is listed.
"""

import ipaddress
from collections.abc import Sequence

from models.settings import Network

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
