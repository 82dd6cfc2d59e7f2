"""Consultation protocols of programs: how long one may run, how a program stands, when to warn.

A program for abusive partners names victim services that it consults when safety is at stake. The
protocol is signed, dated and ends; without one in force the program is flagged everywhere the same
day. Source: R3; S3 and S4 of the guideline.

What lives here: the rules. What must not: who records one, and how it looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from ccr.domain.directory import Service
from ccr.domain.errors import InvalidInputError
from ccr.domain.pathways import Protocol, Standing, warning_step
from ccr.domain.phrases import phrase
from ccr.domain.public_listing import is_program

LONGEST_YEARS = 3
"""A protocol is looked at again by its third year at the latest. Our choice: people who answer the
phone change, and a promise that nobody has read for years is none. The guideline gives no number.
"""
SIGNED_LONGEST_AGO = timedelta(days=366 * 20)


class ProtocolState(StrEnum):
    """How a program stands with its best protocol, best first."""

    IN_FORCE = "in-force"
    NO_END = "no-end"
    """In force, from before every protocol had to end: it is to be renewed."""
    ENDS_IN_90 = "ends-in-90"
    ENDS_IN_30 = "ends-in-30"
    LAPSED = "lapsed"
    NOT_YET = "not-yet"
    MISSING = "missing"

    @property
    def holds(self) -> bool:
        """Return True when the program has somebody for survivors to consult today."""
        return self not in {ProtocolState.LAPSED, ProtocolState.NOT_YET, ProtocolState.MISSING}


_OF_STANDING = {
    Standing.IN_FORCE: ProtocolState.IN_FORCE,
    Standing.ENDS_IN_90: ProtocolState.ENDS_IN_90,
    Standing.ENDS_IN_30: ProtocolState.ENDS_IN_30,
    Standing.LAPSED: ProtocolState.LAPSED,
    Standing.NOT_YET: ProtocolState.NOT_YET,
}


@dataclass(frozen=True, slots=True)
class ProtocolStanding:
    """How a program stands on a day, with the protocols that make it stand so."""

    state: ProtocolState
    by: tuple[Protocol, ...] = ()

    @property
    def partners(self) -> str:
        """Return the names of those consulted, or who were."""
        return ", ".join(sorted({protocol.partner_name for protocol in self.by}))

    @property
    def ends(self) -> date | None:
        """Return the day on which it ends, or has ended; None when it has no end."""
        return max((p.expires_on for p in self.by if p.expires_on), default=None)


def state_of(protocol: Protocol, on: date) -> ProtocolState:
    """Return how one protocol stands on a day; one that is not with victim services is none."""
    if not protocol.partner_serves_victims:
        return ProtocolState.MISSING
    state = _OF_STANDING[protocol.stands(on)]
    if state is ProtocolState.IN_FORCE and protocol.expires_on is None:
        return ProtocolState.NO_END
    return state


def program_standing(program_id: UUID, protocols: Iterable[Protocol], on: date) -> ProtocolStanding:
    """Return how a program stands on a day: by its best protocol with victim services. Source: R3.

    It stands from the day a protocol is signed until the day before it ends, in the network's zone.

    Args:
        program_id: the compartment of the program.
        protocols: of whatever programs.
    """
    own = [(state_of(p, on), p) for p in protocols if p.program_id == program_id]
    real = [(state, p) for state, p in own if state is not ProtocolState.MISSING]
    if not real:
        return ProtocolStanding(ProtocolState.MISSING)
    order = list(ProtocolState)
    best = min((state for state, _ in real), key=order.index)
    return ProtocolStanding(best, tuple(p for state, p in real if state is best))


def programs_without(
    services: Iterable[Service], protocols_of: Mapping[UUID, Sequence[Protocol]], on: date
) -> frozenset[UUID]:
    """Return which of these services are programs that have no protocol in force. Source: R3.

    A listing of a program that is nobody's own compartment yet has none, and is among them.

    Args:
        protocols_of: by compartment of the program.
    """
    return frozenset(
        service.id
        for service in services
        if is_program(service)
        and not program_standing(
            service.compartment_id, protocols_of.get(service.compartment_id, ()), on
        ).state.holds
    )


def latest_end(signed_on: date) -> date:
    """Return the last day that a protocol signed on a day may end on.

    >>> latest_end(date(2024, 2, 29)).isoformat()
    '2027-02-28'
    """
    try:
        return signed_on.replace(year=signed_on.year + LONGEST_YEARS)
    except ValueError:  # the 29th of February
        return signed_on.replace(year=signed_on.year + LONGEST_YEARS, day=28)


def check_days(signed_on: date, expires_on: date, today: date) -> None:
    """Check the days of a protocol that is written down today.

    Raises:
        InvalidInputError: field `signed_on`: not signed yet, or too long ago; field `expires_on`:
            it ends before it begins, or later than three years after it was signed.
    """
    if not today - SIGNED_LONGEST_AGO <= signed_on <= today:
        raise InvalidInputError(
            phrase("Give the day it was signed, today at the latest."), field="signed_on"
        )
    if not signed_on < expires_on <= latest_end(signed_on):
        raise InvalidInputError(
            phrase("Give an end after the day it was signed, at most three years later."),
            field="expires_on",
        )


def due_warning(protocol: Protocol, others: Iterable[Protocol], on: date) -> int | None:
    """Return 90, 30 or 0 when a warning of that step is due on a day, else None.

    Nothing is due when the two signed a later one, or one without an end. Source: R3, R90.
    """
    ends = protocol.expires_on
    if ends is None or not protocol.partner_serves_victims:
        return None
    followed = any(
        other.expires_on is None or other.expires_on > ends
        for other in others
        if (other.program_id, other.partner_member_id)
        == (protocol.program_id, protocol.partner_member_id)
    )
    return None if followed else warning_step(ends, on)
