"""Looked-up points: when to ask a provider, and what of its answers is believed. Pure rules.

What lives here: the breaker, the judgement of an answer, the words that are sent. What must not:
the network, the clock, the database. A hidden place never comes near any of it (R48).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from ccr.domain.directory import Point, Precision
from ccr.domain.geography import distance_km, valid_point

FAR_KM = 50.0
"""A point further than this from the middle of its ZIP is wrong, in one or the other. Measured:
the middle of a ZIP lies within 8 km of 99 of 100 sites (standards.md D)."""
FAILURES = 3
PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """Whether a provider is asked: after some failures in a row it is left alone for a while.

    Each pause is twice as long as the one before, until an answer comes. After a pause one call
    tries. Seconds are of a clock that never goes back.

    >>> broken = Breaker().failed(0.0).failed(1.0).failed(2.0)
    >>> broken.allows(61.0), broken.allows(62.0)
    (False, True)
    """

    failures: int = 0
    closed_until: float = 0.0

    def allows(self, now: float) -> bool:
        """Return True when the provider may be asked now."""
        return self.failures < FAILURES or now >= self.closed_until

    def failed(self, now: float) -> Breaker:
        """Return the breaker after a call that got no answer."""
        failures = self.failures + 1
        if failures < FAILURES:
            return replace(self, failures=failures)
        pause = PAUSE_SECONDS * 2 ** min(failures - FAILURES, 10)
        return Breaker(failures, now + min(pause, LONGEST_PAUSE_SECONDS))

    def answered(self) -> Breaker:
        """Return the breaker after an answer, whatever it said."""
        return Breaker()


class Verdict(StrEnum):
    """What became of a look-up."""

    EXACT = "exact"
    """The point of the provider is used: it is the building's."""
    STREET = "street"
    """The provider knows the street alone: its point is used, and says so."""
    ROUGH = "rough"
    """The provider knows no more than the ZIP or the town: ours stays."""
    NOTHING = "nothing"
    """The provider knows nothing of the address: the middle of the ZIP or town stays."""
    FAR = "far"
    """Its point lies far from the ZIP: refused, and whoever saved it is told."""
    UNREACHED = "unreached"
    """No answer in time, or one that cannot be read: the middle of the ZIP or town stays."""
    OFF = "off"
    """Nobody is asked: there is no provider, or no street."""


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What a provider says of one address. `point` is None when it knows nothing of it."""

    point: Point | None
    precision: Precision = Precision.NONE


def judge(answer: ProviderAnswer, middle: Point | None) -> Verdict:
    """Return whether an answer is used, given the middle of the ZIP or town of the address.

    Where no middle is known nothing can be checked, and nothing is believed.
    """
    if answer.point is None or middle is None:
        return Verdict.NOTHING
    if not on_earth(answer.point):
        return Verdict.FAR
    if distance_km(answer.point, middle) > FAR_KM:
        return Verdict.FAR
    return _USED.get(answer.precision, Verdict.ROUGH)


_USED = {Precision.ROOFTOP: Verdict.EXACT, Precision.STREET: Verdict.STREET}


def is_final(answer: ProviderAnswer) -> bool:
    """Return True when asking again could tell no more: the building itself is known."""
    return answer.point is not None and answer.precision is Precision.ROOFTOP


def on_earth(point: Point) -> bool:
    """Return True for a point that can be one; 0, 0 is what broken software says."""
    return valid_point(point.lat, point.lon) and (point.lat, point.lon) != (0, 0)


def address_words(fields: Mapping[str, str | None]) -> str | None:
    """Return the one line that is sent: street, town, state, ZIP; None without street or town.

    The second line of an address (a suite, a name) and the name of the place are not sent.
    """
    street = (fields.get("address_1") or "").strip()
    town = (fields.get("city") or "").strip()
    zip_code = (fields.get("postal_code") or "").strip()
    if not street or not (town or zip_code):
        return None
    state = (fields.get("state_province") or "").strip()
    tail = " ".join(part for part in (state, zip_code) if part)
    return ", ".join(part for part in (street, town, tail) if part)


def query_key(words: str) -> str:
    """Return what stands for an address in the store of answers: a hash, whatever its spelling."""
    return hashlib.sha256(" ".join(words.casefold().split()).encode()).hexdigest()


PROVIDERS = ("nominatim", "pelias", "photon")
OWN_SOURCES = ("gazetteer",)
"""Where a point comes from that a provider's may replace; a source's own point never is."""
_ADDRESS = ("address_1", "city", "state_province", "postal_code")
_POINT = ("latitude", "longitude", "precision", "coordinates_from")


def may_look_up(fields: Mapping[str, Any]) -> bool:
    """Return True for a public place whose point is ours or missing."""
    return fields.get("coordinates_from") in (None, *OWN_SOURCES)


def with_looked_up_point(held: Mapping[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a package's place, with the point looked up here for the same address.

    A package that knows the ZIP alone does not undo a look-up; one with a point of its own does.
    """
    looked_up = held.get("coordinates_from") in PROVIDERS and may_look_up(told)
    if not looked_up or any(held.get(name) != told.get(name) for name in _ADDRESS):
        return told
    return {**told, **{name: held[name] for name in _POINT}}
