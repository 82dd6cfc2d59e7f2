"""Whom a program consults: the partner of its protocol, else whoever is nearest to it.

What lives here: the order of choice. What must not: places, minutes, anything about a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from ccr.domain.pathways import standing


class Why(StrEnum):
    """Why this partner; the order is the order of choice."""

    PROTOCOL = "protocol"
    FORMER_PROTOCOL = "former-protocol"
    SAME_COUNTY = "same-county"
    SAME_NETWORK = "same-network"


@dataclass(frozen=True, slots=True)
class Signing:
    """A protocol of the program with a candidate."""

    signed_on: date
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A victim services program that might be consulted.

    Attributes:
        takes_part: False while its member is suspended or leaving.
        on_desk: True when somebody of it signs in here.
        signings: protocols of the asking program with its member.
        serves: True when it serves a county that the asking program serves.
    """

    compartment_id: UUID
    member_id: UUID
    member_name: str
    takes_part: bool = True
    on_desk: bool = True
    signings: tuple[Signing, ...] = ()
    serves: bool = False


@dataclass(frozen=True, slots=True)
class Partner:
    """Whom to consult, and why them."""

    candidate: Candidate
    why: Why


def choose_partner(candidates: Iterable[Candidate], on: date) -> Partner | None:
    """Return whom to consult on a day, or None when there is nobody.

    The newest protocol in force, else the newest that there was, else who serves a county that the
    program serves, else anybody: asking is never refused for want of a paper (S2). Whoever does
    not take part comes after everybody who does; ties go by name. Source: R2, R3; our choice.
    """
    ranked = sorted(
        ((_rank(candidate, on), candidate) for candidate in candidates), key=lambda pair: pair[0]
    )
    if not ranked:
        return None
    candidate = ranked[0][1]
    return Partner(candidate, _why(candidate, on))


def in_force(candidate: Candidate, on: date) -> bool:
    """Return True when a protocol with this candidate is in force on a day."""
    return any(standing(s.signed_on, s.expires_on, on).holds for s in candidate.signings)


def _why(candidate: Candidate, on: date) -> Why:
    if in_force(candidate, on):
        return Why.PROTOCOL
    if any(signing.signed_on <= on for signing in candidate.signings):
        return Why.FORMER_PROTOCOL
    return Why.SAME_COUNTY if candidate.serves else Why.SAME_NETWORK


def _rank(candidate: Candidate, on: date) -> tuple[bool, int, int, bool, str, str]:
    why = _why(candidate, on)
    counted = [
        s.signed_on.toordinal()
        for s in candidate.signings
        if s.signed_on <= on
        and (why is not Why.PROTOCOL or standing(s.signed_on, s.expires_on, on).holds)
    ]
    return (
        not candidate.takes_part,
        list(Why).index(why),
        -max(counted, default=0),
        not candidate.on_desk,
        candidate.member_name.casefold(),
        str(candidate.compartment_id),
    )
