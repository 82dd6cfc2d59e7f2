"""What services cost, in effective minutes, told for many at a time.

What lives here: the minutes of every drawback by the columns, and of the trip by its distance.
What must not: words; a drawback that ccr.domain.matching does not name.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import numpy as np

from ccr.domain.eligibility import wanted_language
from ccr.domain.geography import TRAVEL, Travel, travel_minutes
from ccr.domain.matching import Search
from ccr.domain.populations import known_match
from ccr.domain.reasons import language_mode
from ccr.domain.taxonomy import CapacityStatus, Known, LanguageMode, Transport
from ccr.engine.columns import (
    LANGUAGE_BITS,
    NEVER,
    ROOM,
    Columns,
    Fact,
    Trait,
    microseconds,
    need_bits,
)
from ccr.engine.hours_now import NO_OPENING, NOT_KNOWN, HoursNow
from ccr.engine.postings import Array

_A_METRE = 0.001
_ROUNDING = 1e-6
"""The domain rounds minutes to six places before it rounds them up."""


class Drawbacks:
    """The minutes that one search adds to the trip."""

    def __init__(self, columns: Columns, search: Search, hours: HoursNow) -> None:
        self._columns, self._search, self._hours = columns, search, hours

    def minutes(self, rows: Array, facts: Array) -> Array:
        """Return for these rows the minutes of all drawbacks together.

        Args:
            rows: numbers of services that no limit stops; `facts` are their rows of the table.
        """
        total = self._waiting(facts) + self._room(facts) + self._listing(facts)
        total += self._misfit(facts)
        weights, request = self._search.weights, self._search.request
        silent = (facts[:, Fact.TRAITS] & Trait.NOT_ON_CCR.value) != 0
        total += silent * weights.not_on_ccr
        wanted = wanted_language(request)
        if wanted is not None:
            total += self._language(wanted, rows, facts)
        if request.sender_member_id is not None:
            total += self._agreement(facts)
        return total

    def _waiting(self, facts: Array) -> Array:
        weights, request = self._search.weights, self._search.request
        waits = self._hours.waits(self._columns.hours.examples, facts[:, Fact.HOURS], request.at)
        most = weights.closed_at_most(request.urgency)
        minutes = np.minimum(waits, most)
        minutes[waits == NOT_KNOWN] = weights.hours_unknown
        minutes[waits == NO_OPENING] = most
        return minutes

    def _room(self, facts: Array) -> Array:
        weights = self._search.weights
        cost = {
            CapacityStatus.UNKNOWN: weights.capacity_unknown,
            CapacityStatus.WAITLIST: weights.capacity_waitlist,
            CapacityStatus.ADDITIONAL_ASSESSMENT: weights.capacity_assessment,
            CapacityStatus.NO_CAPACITY: weights.capacity_full_old,
            CapacityStatus.CAPACITY: weights.capacity_old,
        }
        room = facts[:, Fact.ROOM]
        minutes = np.array([cost[status] for status in ROOM], np.int64)[room]
        line = self._line(weights.capacity_fresh_days)
        fresh = (room == ROOM[CapacityStatus.CAPACITY]) & (facts[:, Fact.ROOM_SAID_AT] >= line)
        minutes[fresh] = 0
        return minutes

    def _listing(self, facts: Array) -> Array:
        weights, verified = self._search.weights, facts[:, Fact.VERIFIED_AT]
        old = verified < self._line(weights.outdated_days)
        minutes = (verified < self._line(weights.verified_days)) * weights.listing_stale
        minutes[old] = weights.listing_outdated
        minutes[verified == NEVER] = weights.listing_never_verified
        return minutes

    def _line(self, days: int) -> int:
        return microseconds(self._search.request.at - timedelta(days=days))

    def _language(self, wanted: str, rows: Array, facts: Array) -> Array:
        weights, number = self._search.weights, self._columns.languages.known.get(wanted)
        bit = 0 if number is None else 1 << min(number, LANGUAGE_BITS)
        by_staff = (facts[:, Fact.STAFF_SPEAK] & bit) != 0
        if number is not None and number >= LANGUAGE_BITS:
            services = [self._columns.services[row] for row in rows]
            modes = [language_mode(service, wanted) for service in services]
            by_staff = np.array([mode is LanguageMode.STAFF for mode in modes], bool)
        stated = facts[:, Fact.SPEAKS] != 0
        minutes: Array = np.where(stated, weights.language_interpreter, weights.language_unknown)
        minutes[by_staff] = 0
        return minutes

    def _agreement(self, facts: Array) -> Array:
        weights, known = self._search.weights, self._columns.members.known
        worth = {
            known[member.int]: 0 if holds else weights.agreement_lapsed
            for member, holds in self._search.agreements.items()
            if member.int in known
        }
        sender = self._search.request.sender_member_id
        if sender is not None and sender.int in known:
            worth[known[sender.int]] = 0
        minutes = np.full(len(facts), weights.agreement_missing)
        if worth:
            numbers = np.array(sorted(worth))
            members = facts[:, Fact.MEMBER]
            places = np.minimum(np.searchsorted(numbers, members), len(numbers) - 1)
            named = numbers[places] == members
            minutes[named] = np.array([worth[n] for n in numbers.tolist()])[places[named]]
        return minutes

    def _misfit(self, facts: Array) -> Array:
        weights, request = self._search.weights, self._search.request
        minutes = np.zeros(len(facts), np.int64)
        if len(request.needs) > 1:
            wanted = need_bits(request.needs)
            met = np.bitwise_count(facts[:, Fact.NEEDS] & wanted).astype(np.int64)
            minutes += (len(request.needs) - met) * weights.need_not_covered
        people = facts[:, Fact.PEOPLE]
        for number in set(people.tolist()) - {-1}:
            example = self._columns.people.examples[number]
            if known_match(example, request) is Known.UNKNOWN:
                minutes[people == number] += weights.made_for_others
        return minutes


def trip_minutes(km: Array, transport: Transport) -> Array:
    """Return the minutes of trips of so many km, as the domain does before it rounds them up."""
    minutes = _minutes(km, TRAVEL[transport])
    if transport is Transport.TRANSIT:
        minutes = np.minimum(minutes, _minutes(km, TRAVEL[Transport.FOOT]))
    return minutes


def trip_bounds(low_km: Array, high_km: Array, transport: Transport) -> tuple[Array, Array]:
    """Return the least and the most whole minutes that trips between these km can take."""
    least = np.ceil(trip_minutes(low_km, transport) - _ROUNDING)
    most = np.ceil(trip_minutes(high_km, transport) + _ROUNDING)
    return np.maximum(least, 0).astype(np.int64), most.astype(np.int64)


def _minutes(km: Array, travel: Travel) -> Array:
    road_km = km * travel.detour
    near_km = np.minimum(road_km, travel.near_km)
    hours = near_km / travel.near_kmh + (road_km - near_km) / travel.far_kmh
    minutes: Array = travel.fixed_minutes + 60 * hours
    return minutes


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
