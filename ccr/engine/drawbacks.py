"""What services cost, in effective minutes, told for many at a time.

What lives here: the minutes of every drawback by the columns, and of the trip by its distance.
What must not: words; a drawback that ccr.domain.matching does not name.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from ccr.domain.eligibility import wanted_language
from ccr.domain.geography import travel_minutes
from ccr.domain.matching import Search
from ccr.domain.reasons import language_mode
from ccr.domain.taxonomy import CapacityStatus, LanguageMode, Transport
from ccr.engine.columns import NEVER, ROOM, Columns, Fact, Trait
from ccr.engine.hours_now import NO_OPENING, NOT_KNOWN, HoursNow
from ccr.engine.postings import Array
from ccr.engine.question import Question

HAS_ROOM = ROOM[CapacityStatus.CAPACITY]
_A_METRE = 0.001
ROUNDING = 1e-6
"""The domain rounds minutes to six places before it rounds them up."""


def waiting(hours: HoursNow, columns: Columns, search: Search, facts: Array) -> Array:
    """Return for these rows of facts the minutes that the hours cost."""
    weights, request = search.weights, search.request
    waits = hours.waits(columns.hours.examples, facts[:, Fact.HOURS], request.at)
    most = weights.closed_at_most(request.urgency)
    minutes = np.minimum(waits, most)
    minutes[waits == NOT_KNOWN] = weights.hours_unknown
    minutes[waits == NO_OPENING] = most
    return minutes


def other_minutes(columns: Columns, question: Question, rows: Array, facts: Array) -> Array:
    """Return for these rows the minutes of all drawbacks but the hours.

    Args:
        rows: numbers of services that no limit stops; `facts` are their rows of the table.
    """
    weights, needs = question.search.weights, question.search.request.needs
    total = _room(question, facts) + _listing(question, facts)
    total += question.people[facts[:, Fact.PEOPLE]]
    total += ((facts[:, Fact.TRAITS] & Trait.NOT_ON_CCR.value) != 0) * weights.not_on_ccr
    if len(needs) > 1:
        met = np.bitwise_count(facts[:, Fact.NEEDS] & question.wanted).astype(np.int64)
        total += (len(needs) - met) * weights.need_not_covered
    if question.language is not None:
        total += _language(columns, question, rows, facts)
    return total + _ties(question, facts)


def _room(question: Question, facts: Array) -> Array:
    room = facts[:, Fact.ROOM]
    minutes: Array = question.room[room]
    minutes[(room == HAS_ROOM) & (facts[:, Fact.ROOM_SAID_AT] >= question.fresh)] = 0
    return minutes


def _listing(question: Question, facts: Array) -> Array:
    weights, verified = question.search.weights, facts[:, Fact.VERIFIED_AT]
    minutes: Array = (verified < question.stale) * weights.listing_stale
    minutes[verified < question.outdated] = weights.listing_outdated
    minutes[verified == NEVER] = weights.listing_never_verified
    return minutes


def _language(columns: Columns, question: Question, rows: Array, facts: Array) -> Array:
    weights = question.search.weights
    by_staff = (facts[:, Fact.STAFF_SPEAK] & question.language) != 0
    if question.rare_language:
        wanted = wanted_language(question.search.request) or ""
        modes = [language_mode(columns.services[row], wanted) for row in rows.tolist()]
        by_staff = np.array([mode is LanguageMode.STAFF for mode in modes], bool)
    stated = facts[:, Fact.SPEAKS] != 0
    minutes: Array = np.where(stated, weights.language_interpreter, weights.language_unknown)
    minutes[by_staff] = 0
    return minutes


def _ties(question: Question, facts: Array) -> Array:
    victims = ((facts[:, Fact.TRAITS] & Trait.VICTIM_SERVICES.value) != 0).astype(np.int64)
    minutes: Array = question.strangers[victims]
    if len(question.members):
        members = 2 * facts[:, Fact.MEMBER] + victims
        places = np.searchsorted(question.members, members)
        places[places == len(question.members)] = 0
        known = question.members[places] == members
        minutes[known] = question.worth[places[known]]
    return minutes


def trip_bounds(low_km: Array, high_km: Array, trip: Array) -> tuple[Array, Array]:
    """Return the least and the most whole minutes that trips between these km can take.

    Args:
        trip: see Question.
    """
    least = np.ceil(_trip_minutes(low_km, trip) - ROUNDING)
    most = np.ceil(_trip_minutes(high_km, trip) + ROUNDING)
    return np.maximum(least, 0).astype(np.int64), most.astype(np.int64)


def _trip_minutes(km: Array, trip: Array) -> Array:
    """Return the minutes of trips of so many km, as the domain does before it rounds them up."""
    ways = []
    for detour, near_km, near_kmh, far_kmh, fixed in trip:
        road = km * detour
        near = np.minimum(road, near_km)
        ways.append(fixed + 60 * (near / near_kmh + (road - near) / far_kmh))
    quickest: Array = np.minimum(*ways) if len(ways) > 1 else ways[0]
    return quickest


@cache
def km_beyond(reach: int, transport: Transport) -> float:
    """Return a distance in km, to the metre, from which every trip is longer than the reach."""
    low, high = 0.0, 1.0
    while travel_minutes(high, transport) <= reach:
        low, high = high, high * 2
    while high - low > _A_METRE:
        middle = (low + high) / 2
        if travel_minutes(middle, transport) <= reach:
            low = middle
        else:
            high = middle
    return high
