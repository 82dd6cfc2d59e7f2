"""Rows held against a question in one compiled pass; the same answers as by_arrays, sooner.

What lives here: one loop, compiled by numba where it is installed (`requirements-fast.txt`). What
must not: anything that by_arrays does not do, to which tests hold it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple, ParamSpec, TypeVar

import numpy as np

from ccr.engine.by_arrays import Held, held_by_arrays
from ccr.engine.columns import NEVER, Columns, Fact, Trait
from ccr.engine.drawbacks import HAS_ROOM, ROUNDING
from ccr.engine.geodesic_bounds import (
    A_MILLIMETRE,
    ARC_ENDS_KM,
    LEAST_RADIUS_KM,
    LONGEST_KM,
    MOST_RADIUS_KM,
)
from ccr.engine.limits import FULL
from ccr.engine.postings import Array
from ccr.engine.question import STOPPED, Question
from ccr.engine.sites import Sites

_numba: Any = import_module("numba") if find_spec("numba") else None
AVAILABLE = _numba is not None
P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function compiled, the outcome kept on disk; or as it is, and then not used.

    Where no folder can be written to, it is compiled anew by every process that searches.
    """
    if not AVAILABLE:
        return function
    kept: Callable[P, R]
    try:
        kept = _numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # what numba says of folders that it cannot write to
        kept = _numba.njit(nogil=True)(function)
    return kept


_TRAITS, _NEEDS = Fact.TRAITS.value, Fact.NEEDS.value
_SPEAKS, _STAFF_SPEAK = Fact.SPEAKS.value, Fact.STAFF_SPEAK.value
_MEMBER, _COMPARTMENT = Fact.MEMBER.value, Fact.COMPARTMENT.value
_PEOPLE, _ROOM, _SAID_AT = Fact.PEOPLE.value, Fact.ROOM.value, Fact.ROOM_SAID_AT.value
_VERIFIED_AT = Fact.VERIFIED_AT.value
_NOT_ON_CCR, _REMOTE_TOO = Trait.NOT_ON_CCR.value, Trait.REMOTE_TOO.value
_VICTIM_SERVICES = Trait.VICTIM_SERVICES.value
_NEVER = int(NEVER)


class Numbers(NamedTuple):
    """A question as plain numbers; see Question for what they mean."""

    wanted: int
    forbidden: int
    own: int
    fresh: int
    stale: int
    outdated: int
    asks_language: bool
    language: int
    needs: int
    need_not_covered: int
    not_on_ccr: int
    listing_stale: int
    listing_outdated: int
    listing_never_verified: int
    language_interpreter: int
    language_unknown: int
    reach: int
    stated: int


def held(
    columns: Columns, sites: Sites, question: Question, rows: Array, stated: int, place: Array
) -> Held:
    """Return what held_by_arrays returns, by the quickest way there is."""
    if not AVAILABLE or question.rare_language:
        return held_by_arrays(columns, sites, question, rows, stated, place)
    weights = question.search.weights
    numbers = Numbers(
        question.wanted,
        question.forbidden,
        question.own,
        question.fresh,
        question.stale,
        question.outdated,
        question.language is not None,
        question.language or 0,
        len(question.search.request.needs),
        weights.need_not_covered,
        weights.not_on_ccr,
        weights.listing_stale,
        weights.listing_outdated,
        weights.listing_never_verified,
        weights.language_interpreter,
        weights.language_unknown,
        weights.reach,
        stated,
    )
    lists = (
        question.excluded,
        question.people,
        question.room,
        question.members,
        question.worth,
        question.strangers,
    )
    found, km, minutes, anywhere = _pass(
        columns.table, columns.there, sites.arrays, rows, place, numbers, lists, question.trip
    )
    return Held(found, km[0], km[1], minutes[0], minutes[1], minutes[2], anywhere)


@compiled
def _pass(
    table: Array,
    there: Array,
    sites: tuple[Array, ...],
    rows: Array,
    place: Array,
    numbers: Numbers,
    lists: tuple[Array, ...],
    trip: Array,
) -> tuple[Array, Array, Array, Array]:
    """Return rows, km (least, most) and minutes (least, most, others) of those not stopped."""
    excluded, people, room, members, worth, strangers = lists
    found = np.empty(len(rows), np.int64)
    km = np.empty((2, len(rows)))
    minutes = np.empty((3, len(rows)), np.int64)
    anywhere = np.empty(len(rows), np.bool_)
    count = 0
    for i in range(len(rows)):
        row = rows[i]
        facts = table[row]
        if not there[row] or _stopped(facts, numbers, excluded, people):
            continue
        low, high = _bounds(_chord(row, sites, place))
        least = max(0, math.ceil(_trip(low, trip) - ROUNDING))
        remote = i < numbers.stated and facts[_TRAITS] & _REMOTE_TOO != 0
        if least > numbers.reach and not remote:
            continue
        found[count], anywhere[count] = row, remote
        km[0, count], km[1, count] = low, high
        minutes[0, count] = least
        minutes[1, count] = math.ceil(_trip(high, trip) + ROUNDING)
        minutes[2, count] = _others(facts, numbers, people, room) + _tie(
            facts, members, worth, strangers
        )
        count += 1
    return found[:count], km[:, :count], minutes[:, :count], anywhere[:count]


@compiled
def _stopped(facts: Array, numbers: Numbers, excluded: Array, people: Array) -> bool:
    if facts[_NEEDS] & numbers.wanted == 0 or facts[_TRAITS] & numbers.forbidden != 0:
        return True
    if facts[_ROOM] == FULL and facts[_SAID_AT] >= numbers.fresh:
        return True
    if facts[_COMPARTMENT] == numbers.own or people[facts[_PEOPLE]] == STOPPED:
        return True
    spoken = facts[_SPEAKS]
    if numbers.asks_language and spoken != 0 and spoken & numbers.language == 0:
        return True
    stopped = False
    for member in excluded:
        stopped |= facts[_MEMBER] == member
    return stopped


@compiled
def _others(facts: Array, numbers: Numbers, people: Array, room: Array) -> int:
    minutes = people[facts[_PEOPLE]]
    if facts[_ROOM] != HAS_ROOM or facts[_SAID_AT] < numbers.fresh:
        minutes += room[facts[_ROOM]]
    verified = facts[_VERIFIED_AT]
    if verified == _NEVER:
        minutes += numbers.listing_never_verified
    elif verified < numbers.outdated:
        minutes += numbers.listing_outdated
    elif verified < numbers.stale:
        minutes += numbers.listing_stale
    if facts[_TRAITS] & _NOT_ON_CCR != 0:
        minutes += numbers.not_on_ccr
    if numbers.asks_language and facts[_STAFF_SPEAK] & numbers.language == 0:
        stated = facts[_SPEAKS] != 0
        minutes += numbers.language_interpreter if stated else numbers.language_unknown
    missing, bits = numbers.needs, facts[_NEEDS] & numbers.wanted
    while bits:
        bits &= bits - 1
        missing -= 1
    return int(minutes + missing * numbers.need_not_covered)


@compiled
def _tie(facts: Array, members: Array, worth: Array, strangers: Array) -> int:
    victims = 1 if facts[_TRAITS] & _VICTIM_SERVICES != 0 else 0
    member = 2 * facts[_MEMBER] + victims
    place = np.searchsorted(members, member)
    if place < len(members) and members[place] == member:
        return int(worth[place])
    return int(strangers[victims])


@compiled
def _chord(row: int, sites: tuple[Array, ...], place: Array) -> float:
    first, counts, ends, more = sites
    nearest = _apart(first[row], place)
    for other in range(ends[row] - counts[row], ends[row]):
        nearest = min(nearest, _apart(more[other], place))
    return math.sqrt(nearest)


@compiled
def _apart(a: Array, b: Array) -> float:
    return float((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2)


@compiled
def _bounds(chord: float) -> tuple[float, float]:
    low = 2 * MOST_RADIUS_KM * math.asin(chord / (2 * MOST_RADIUS_KM)) - A_MILLIMETRE
    if chord > ARC_ENDS_KM:
        return max(low, 0.0), LONGEST_KM
    return max(low, 0.0), (
        2 * LEAST_RADIUS_KM * math.asin(chord / (2 * LEAST_RADIUS_KM)) + A_MILLIMETRE
    )


@compiled
def _trip(km: float, trip: Array) -> float:
    quickest = math.inf
    for detour, near_km, near_kmh, far_kmh, fixed in trip:
        road = km * detour
        near = min(road, near_km)
        quickest = min(quickest, fixed + 60 * (near / near_kmh + (road - near) / far_kmh))
    return quickest
