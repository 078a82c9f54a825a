"""Which addresses a webhook may reach, as a table; and that nothing barred is ever let through by a list."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.settings import networks
from tasks.notices.reachable import is_barred, is_reachable

EVERYTHING = networks("0.0.0.0/0,::/0")


@pytest.mark.parametrize(
    ("address", "barred"),
    [
        ("93.184.216.34", False), ("2606:2800:220:1::1", False),
        ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.0.1", False), ("100.64.0.1", False), ("fd12::1", False),
        ("127.0.0.1", True), ("127.255.0.9", True), ("::1", True),
        ("169.254.169.254", True), ("fe80::1", True), ("fe80::1%1", True), ("fec0::1", True),
        ("224.0.0.1", True), ("ff02::1", True), ("0.0.0.0", True), ("0.1.2.3", True), ("::", True),  # noqa: S104
        ("240.0.0.1", True), ("255.255.255.255", True),
        ("::ffff:10.0.0.1", True), ("::ffff:8.8.8.8", True), ("::10.0.0.1", True),
        ("64:ff9b::a00:1", True), ("64:ff9b:1::a00:1", True), ("2002:a00:1::1", True), ("2001:0:1::1", True),
        ("no address", True), ("", True),
    ],
)  # fmt: skip
def test_what_is_never_reached(address: str, barred: bool) -> None:
    assert is_barred(address) is barred
    assert is_reachable(address, EVERYTHING) is not barred


@pytest.mark.parametrize(
    ("address", "listed", "reachable"),
    [
        ("93.184.216.34", "", True),
        ("10.1.2.3", "", False), ("10.1.2.3", "10.1.2.3", True), ("10.1.2.3", "10.1.0.0/16", True),
        ("10.2.0.1", "10.1.0.0/16", False), ("fd12::1", "10.0.0.0/8,fd12::/64", True), ("fd13::1", "fd12::/64", False),
        ("100.64.0.1", "", False), ("127.0.0.1", "127.0.0.0/8", False), ("::1", "::1", False),
    ],
)  # fmt: skip
def test_private_addresses_are_reached_where_they_are_listed(address: str, listed: str, reachable: bool) -> None:
    assert is_reachable(address, networks(listed)) is reachable


@given(st.ip_addresses(v=4))
def test_no_way_to_write_an_ipv4_address_within_ipv6_is_let_through(address: ipaddress.IPv4Address) -> None:
    for prefix in ("::ffff:0:0", "64:ff9b::", "::"):
        inside = ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) + int(address))
        assert is_barred(str(inside))
