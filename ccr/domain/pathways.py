"""What members have promised one another: agreements, referral pathways, consultation protocols.

What lives here: the values and how each stands on a day. What must not: referrals, people, layout.
Source: R3 (protocols), R90 (agreements; warned of at 90, 30 and 0 days).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from ccr.domain.taxonomy import Need

FIRST_WARNING_DAYS = 90
LAST_WARNING_DAYS = 30


class Standing(StrEnum):
    """How a promise stands on a day. The order is how soon somebody has to act."""

    LAPSED = "lapsed"
    ENDS_IN_30 = "ends-in-30"
    ENDS_IN_90 = "ends-in-90"
    IN_FORCE = "in-force"
    NOT_YET = "not-yet"

    @property
    def holds(self) -> bool:
        """Return True when it is in force on that day."""
        return self in {Standing.IN_FORCE, Standing.ENDS_IN_30, Standing.ENDS_IN_90}


def standing(signed_on: date, expires_on: date | None, on: date) -> Standing:
    """Return how something signed and expiring on these days stands. Source: R90, 90/30/0 days.

    It holds from the day it is signed until the day before it expires.

    >>> standing(date(2026, 1, 1), date(2026, 3, 1), date(2026, 2, 1)).value
    'ends-in-30'
    """
    if on < signed_on:
        return Standing.NOT_YET
    if expires_on is None:
        return Standing.IN_FORCE
    days = (expires_on - on).days
    if days <= 0:
        return Standing.LAPSED
    if days <= LAST_WARNING_DAYS:
        return Standing.ENDS_IN_30
    return Standing.ENDS_IN_90 if days <= FIRST_WARNING_DAYS else Standing.IN_FORCE


def warning_step(ends: date, on: date) -> int | None:
    """Return 90, 30 or 0 when a warning of that step is due on a day, else None. Source: R90."""
    days = (ends - on).days
    if days <= 0:
        # One that lapsed long ago is a finding of the gap board, and no news.
        return 0 if days > -LAST_WARNING_DAYS else None
    return next((step for step in (LAST_WARNING_DAYS, FIRST_WARNING_DAYS) if days <= step), None)


@dataclass(frozen=True, slots=True)
class Pathway:
    """A referral pathway that one member promised to another, for one need or (None) for any."""

    id: UUID
    from_member_id: UUID
    to_member_id: UUID
    need: Need | None
    promised_on: date
    ended_on: date | None = None

    def open_on(self, on: date) -> bool:
        """Return True from the day of the promise until the day before it ends."""
        return self.promised_on <= on and (self.ended_on is None or on < self.ended_on)


@dataclass(frozen=True, slots=True)
class Program:
    """An abusive partner intervention program of an active member."""

    compartment_id: UUID
    member_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Protocol:
    """With which member a program consults when safety is at stake (R3).

    Only a partner that runs victim services makes it count; `partner_serves_victims` says so.
    """

    program_id: UUID
    partner_member_id: UUID
    partner_name: str
    partner_serves_victims: bool
    signed_on: date
    expires_on: date | None

    def stands(self, on: date) -> Standing:
        """Return how the protocol stands on a day."""
        return standing(self.signed_on, self.expires_on, on)
