"""The time zone of a US state, for opening hours of listings far from home.

States that lie in two zones get the one most of their people live in (facts; IANA names). A
listing in such a state may be an hour off near the line; its own hours text stays beside it.
"""

from __future__ import annotations

_ZONES = {
    "America/New_York": "CT DE DC FL GA IN KY ME MD MA MI NH NJ NY NC OH PA RI SC VT VA WV",
    "America/Chicago": "AL AR IL IA KS LA MN MS MO NE ND OK SD TN TX WI",
    "America/Denver": "CO ID MT NM UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR VI",
    "Pacific/Guam": "GU MP",
    "Pacific/Pago_Pago": "AS",
}
TIME_ZONES = {state: zone for zone, states in _ZONES.items() for state in states.split()}


def time_zone_of(state: str | None) -> str | None:
    """Return the IANA name of the zone of a state (two letters), or None."""
    return TIME_ZONES.get(state or "")
