"""Whom tries are counted under: the network that a request came from, never a person."""

from __future__ import annotations

import ipaddress


def network_of(address: str) -> str:
    """Return the network of an address as text: one IPv4 address, or the /64 of an IPv6 one.

    One IPv6 customer has a whole /64: counting single addresses would count nothing.

    >>> network_of("192.0.2.7"), network_of("2001:db8::1"), network_of("nonsense")
    ('192.0.2.7/32', '2001:db8::/64', 'unknown')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    prefix = 64 if parsed.version == 6 else 32  # noqa: PLR2004
    return str(ipaddress.ip_network(f"{parsed}/{prefix}", strict=False))
