"""One request as numbers, to be held against the columns of many services.

What lives here: a request in the language of columns. What must not: the comparing (by_arrays does
that, and compiled); a rule that ccr.domain does not state.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from ccr.domain.eligibility import wanted_language
from ccr.domain.geography import TRAVEL
from ccr.domain.matching import Search
from ccr.domain.populations import known_match
from ccr.domain.taxonomy import CapacityStatus, Known, Track, Transport
from ccr.domain.ways import NOTHING, Target
from ccr.engine.columns import (
    LANGUAGE_BITS,
    NOT_FOR_TRACK,
    ONLY_FOR_GENDER,
    OUTSIDE_AGES,
    REFUSES,
    ROOM,
    Columns,
    Trait,
    microseconds,
    need_bits,
)
from ccr.engine.postings import Array

NOBODY = -1
"""Among numbers of members and compartments: none."""
STOPPED = -1
"""Among minutes by population: the service is for others."""


class Question:
    """What one search asks of columns. Times are microseconds, costs are minutes.

    Attributes:
        wanted: the needs, as bits of Fact.NEEDS.
        unnamed, forbidden: traits that keep a service from being named, and from being proposed.
        excluded: numbers of members never to be proposed.
        own: number of the sender's compartment, or NOBODY.
        language: bits of the wanted language; None when none is wanted, 0 when nobody speaks it.
        rare_language: True when other languages share that bit.
        people: minutes by number of a population, or STOPPED; the last one is for number -1.
        fresh, stale, outdated: dates from which on (fresh) or before which a fact is so.
        room: minutes by number of a capacity status, for figures that are not fresh.
        members, worth: twice the number of each member that agreements or ways between name, and
            one more for its victim services; ascending; with the minutes that each costs.
        strangers: what all others cost, and what their victim services do.
        trip: detour, near km, near and far km/h and fixed minutes; a second row for who walks
            where that is quicker.
    """

    def __init__(self, columns: Columns, search: Search) -> None:
        request, weights = search.request, search.weights
        self.search = search
        self.wanted = need_bits(request.needs)
        self._traits(search)
        known = columns.members.known
        self.excluded = np.array(
            [known[m.int] for m in request.excluded_members if m.int in known], np.int64
        )
        own = request.sender_compartment_id
        self.own = NOBODY if own is None else columns.compartments.known.get(own.int, NOBODY)
        self._language(columns, search)
        self.people = self._people(columns, search)
        self.fresh = self._before(weights.capacity_fresh_days)
        self.stale = self._before(weights.verified_days)
        self.outdated = self._before(weights.outdated_days)
        costs = {
            CapacityStatus.UNKNOWN: weights.capacity_unknown,
            CapacityStatus.WAITLIST: weights.capacity_waitlist,
            CapacityStatus.ADDITIONAL_ASSESSMENT: weights.capacity_assessment,
            CapacityStatus.NO_CAPACITY: weights.capacity_full_old,
            CapacityStatus.CAPACITY: weights.capacity_old,
        }
        self.room = np.array([costs[status] for status in ROOM], np.int64)
        self._ties(columns, search)
        self.trip = _TRIPS[request.transport]

    def _traits(self, search: Search) -> None:
        request = search.request
        self.unnamed = Trait.NOT_OFFERED.value
        if request.track is Track.ABUSIVE_PARTNER:
            self.unnamed |= Trait.VICTIM_SERVICES.value
        elif request.track is not Track.OTHER:
            self.unnamed |= Trait.APIP.value
        self.forbidden = self.unnamed | Trait.CLOSED.value | NOT_FOR_TRACK[request.track]
        if request.age_band is not None:
            self.forbidden |= OUTSIDE_AGES[request.age_band]
        if request.gender in ONLY_FOR_GENDER:
            self.forbidden |= sum(ONLY_FOR_GENDER.values()) - ONLY_FOR_GENDER[request.gender]
        for access in request.access:
            self.forbidden |= REFUSES[access]

    def _language(self, columns: Columns, search: Search) -> None:
        wanted = wanted_language(search.request)
        number = None if wanted is None else columns.languages.known.get(wanted)
        self.language = None if wanted is None else 0
        if number is not None:
            self.language = 1 << min(number, LANGUAGE_BITS)
        self.rare_language = number is not None and number >= LANGUAGE_BITS

    @staticmethod
    def _people(columns: Columns, search: Search) -> Array:
        """Return the minutes by number of a population; few are met in a directory."""
        request = search.request
        key = (request.age_band, request.gender, request.access, search.weights.made_for_others)
        told = columns.told_of_people.get(key)
        if told is not None and len(told) == len(columns.people.examples) + 1:
            return told
        minutes = np.zeros(len(columns.people.examples) + 1, np.int64)
        for number, service in enumerate(columns.people.examples):
            match = known_match(service, search.request)
            if match is Known.UNKNOWN:
                minutes[number] = search.weights.made_for_others
            elif match is Known.NO and service.populations:
                minutes[number] = STOPPED
        columns.told_of_people[key] = minutes
        return minutes

    def _ties(self, columns: Columns, search: Search) -> None:
        known, sender = columns.members.known, search.request.sender_member_id
        missing = 0 if sender is None else search.weights.agreement_missing
        worth: dict[int, int] = {}
        if sender is not None:
            for member, holds in search.agreements.items():
                if member.int in known:
                    worth[known[member.int]] = 0 if holds else search.weights.agreement_lapsed
            if sender.int in known:
                worth[known[sender.int]] = 0
        to, costs = search.ways.to, {}
        between = [to.get(target, NOTHING) for target in (Target.OTHERS, Target.VICTIM_SERVICES)]
        named = {m.int for each in between for m in each.by_member}
        slow = {
            known[member.int]: search.weights.slow(search.answer_times.hours_beyond(member))
            for member in search.answer_times.by_member
            if member.int in known
        }
        for number in {*worth, *slow, *(known[m] for m in named if m in known)}:
            own_cost = worth.get(number, missing) + slow.get(number, 0)
            costs[2 * number] = costs[2 * number + 1] = own_cost
        for victims, each in enumerate(between):
            own = {known[m.int]: n for m, n in each.by_member.items() if m.int in known}
            for key in (key for key in costs if key % 2 == victims):
                costs[key] += own.get(key // 2, each.otherwise)
        self.strangers = np.array([missing + each.otherwise for each in between], np.int64)
        self.members = np.array(sorted(costs), np.int64)
        self.worth = np.array([costs[key] for key in sorted(costs)], np.int64)

    def _before(self, days: int) -> int:
        return microseconds(self.search.request.at - timedelta(days=days))


def _trip(transport: Transport) -> Array:
    ways = [TRAVEL[transport]]
    if transport is Transport.TRANSIT:
        ways.append(TRAVEL[Transport.FOOT])
    return np.array([(w.detour, w.near_km, w.near_kmh, w.far_kmh, w.fixed_minutes) for w in ways])


_TRIPS = {transport: _trip(transport) for transport in Transport}
