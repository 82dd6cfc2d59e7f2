"""The directory as a table of whole numbers: one row for each service, one column for each fact.

What lives here: facts, written down once so that limits and drawbacks can be told for many rows at
a time (limits, drawbacks). What must not: a rule that ccr.domain does not state.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import IntEnum, IntFlag
from functools import cache
from itertools import compress
from typing import Generic, TypeVar

import numpy as np

from ccr.domain.directory import Capacity, Language, Service
from ccr.domain.matching import is_remote_too
from ccr.domain.taxonomy import (
    Access,
    AgeBand,
    CapacityStatus,
    CompartmentKind,
    Gender,
    Known,
    LanguageMode,
    Need,
    ServiceStatus,
    Track,
)
from ccr.engine.growing import Growing
from ccr.engine.postings import Array

NEVER = np.iinfo(np.int64).min
"""Stands for "no date" among microseconds."""
LANGUAGE_BITS = 62
"""So many languages have a bit of their own; the others share one more."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_A_MICROSECOND = timedelta(microseconds=1)


class Fact(IntEnum):
    """The columns."""

    TRAITS = 0
    NEEDS = 1
    SPEAKS = 2
    STAFF_SPEAK = 3
    MEMBER = 4
    COMPARTMENT = 5
    HOURS = 6
    PEOPLE = 7
    ANSWERING = 8
    ROOM = 9
    ROOM_SAID_AT = 10
    VERIFIED_AT = 11


class Trait(IntFlag):
    """What is so or not so of a service; the bits of Fact.TRAITS."""

    NOT_OFFERED = 1
    CLOSED = 2
    NOT_ON_CCR = 4
    REMOTE_TOO = 8
    VICTIM_SERVICES = 16
    APIP = 32
    HAS_NEEDS = 64
    NO_AREA = 128


NEED_BIT = {need: 1 << i for i, need in enumerate(Need)}
ROOM = {status: i for i, status in enumerate(CapacityStatus)}
_AFTER_TRAITS = 8
NOT_FOR_TRACK = {track: 1 << (_AFTER_TRAITS + i) for i, track in enumerate(Track)}
ONLY_FOR_GENDER = {Gender.WOMEN: 1 << 13, Gender.MEN: 1 << 14}
REFUSES = {access: 1 << (16 + i) for i, access in enumerate(Access)}
OUTSIDE_AGES = {band: 1 << (32 + i) for i, band in enumerate(AgeBand)}
_TRAIT_BITS = tuple(trait.value for trait in Trait)
_LASTING = {ServiceStatus.INACTIVE, ServiceStatus.DEFUNCT}

K = TypeVar("K", bound=Hashable)
E = TypeVar("E")


class Numbers(Generic[K, E]):
    """Numbers for what is met, and of each the first example. Only ever added to."""

    def __init__(self) -> None:
        self.known: dict[K, int] = {}
        self.examples: list[E] = []

    def of(self, key: K, example: E) -> int:
        """Return the number of a key, a new one if it was not met before."""
        number = self.known.get(key)
        if number is None:
            number = self.known[key] = len(self.examples)
            self.examples.append(example)
        return number


def microseconds(at: datetime) -> int:
    """Return a moment as whole microseconds, exactly."""
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return (at - _EPOCH) // _A_MICROSECOND


class Columns:
    """The facts of a list of services. Those that follow share its numbers and its memory.

    Attributes:
        there: for each row whether it is still there.
        members, compartments: numbers by the id as a whole number, which is quick to look up.
        told_of_people: what a question has told of `people`, by what it asked; few ways to ask.
        people, answering: examples of services, one for each way of being so.
    """

    def __init__(self, services: Sequence[Service]) -> None:
        """Write the facts down; the time grows with the number of services."""
        self.services = list(services)
        self.members: Numbers[int, None] = Numbers()
        self.compartments: Numbers[int, None] = Numbers()
        self.languages: Numbers[str, None] = Numbers()
        self.hours: Numbers[tuple[str, str], tuple[str, str]] = Numbers()
        self.people: Numbers[object, Service] = Numbers()
        self.answering: Numbers[object, Service] = Numbers()
        self.told_of_people: dict[Hashable, Array] = {}
        self._spoken: dict[tuple[Language, ...], tuple[int, int]] = {}
        self._table = Growing(self._written(services))
        self.there = np.ones(len(self.services), bool)

    @property
    def table(self) -> Array:
        """Return the facts: shape (services, facts), whole numbers."""
        return self._table.rows

    def __len__(self) -> int:
        return len(self.there)

    def replaced(self, gone: Sequence[int], more: Sequence[Service]) -> Columns:
        """Return these columns without the rows that are gone, and with more rows at the end.

        Rows that are gone keep their numbers and are never offered. See Growing for who may ask.
        """
        later = Columns.__new__(Columns)
        vars(later).update(vars(self))
        # Earlier columns never look beyond their own length, so the list can be shared.
        del self.services[len(self) :]
        self.services.extend(more)
        later._table = self._table.extended(self._written(more))
        later.there = np.concatenate([self.there, np.ones(len(more), bool)])
        later.there[list(gone)] = False
        return later

    def _written(self, services: Sequence[Service]) -> Array:
        facts = np.array([self._facts(service) for service in services], np.int64)
        return facts.reshape(-1, len(Fact))

    def _facts(self, s: Service) -> tuple[int, ...]:
        speaks, staff = self._languages(s.languages)
        verified, room = s.last_verified_at, s.capacity
        return (
            _traits(s),
            _need_bits(s.needs),
            speaks,
            staff,
            self.members.of(s.member.id.int, None),
            self.compartments.of(s.compartment_id.int, None),
            self._hours(s),
            self.people.of(s.populations, s) if s.populations_only else -1,
            self.answering.of((s.coverage, s.timezone), s),
            ROOM[CapacityStatus.UNKNOWN if room is None else room.status],
            _said_at(room),
            NEVER if verified is None else microseconds(verified),
        )

    def _hours(self, service: Service) -> int:
        if not service.opening_hours:
            return -1
        key = (service.opening_hours, service.timezone)
        return self.hours.of(key, key)

    def _languages(self, languages: tuple[Language, ...]) -> tuple[int, int]:
        """Return the bits of languages spoken, and of those that staff speak."""
        bits = self._spoken.get(languages)
        if bits is None:
            spoken = staff = 0
            for language in languages:
                bit = 1 << min(self.languages.of(language.code, None), LANGUAGE_BITS)
                spoken |= bit
                staff |= bit if language.mode is LanguageMode.STAFF else 0
            bits = self._spoken[languages] = (spoken, staff)
        return bits


def need_bits(needs: Iterable[Need]) -> int:
    """Return needs as the bits of Fact.NEEDS."""
    return sum(NEED_BIT[need] for need in needs)


@cache
def _need_bits(needs: frozenset[Need]) -> int:
    return need_bits(needs)


def _said_at(room: Capacity | None) -> int:
    return NEVER if room is None or room.updated_at is None else microseconds(room.updated_at)


def _traits(s: Service) -> int:
    traits = _not_for(s.tracks) | _outside_ages(s.minimum_age, s.maximum_age)
    if s.gender_served in ONLY_FOR_GENDER:
        traits |= ONLY_FOR_GENDER[s.gender_served]
    for access, known in s.accessibility.items():
        if known is Known.NO:
            traits |= REFUSES[access]
    so = (
        s.do_not_refer or not s.member.active or s.status in _LASTING,
        s.status is ServiceStatus.TEMPORARILY_CLOSED,
        not s.member.on_ccr,
        is_remote_too(s),
        s.compartment_kind is CompartmentKind.VICTIM_SERVICES,
        s.compartment_kind is CompartmentKind.APIP,
        bool(s.needs),
        not s.areas,
    )
    for bit in compress(_TRAIT_BITS, so):
        traits |= bit
    return traits


@cache
def _not_for(tracks: frozenset[Track]) -> int:
    return sum(NOT_FOR_TRACK[track] for track in Track if tracks and track not in tracks)


@cache
def _outside_ages(least: int | None, most: int | None) -> int:
    bits = 0
    for band in AgeBand:
        low, high = band.years
        if (least is not None and high < least) or (most is not None and low > most):
            bits |= OUTSIDE_AGES[band]
    return bits
