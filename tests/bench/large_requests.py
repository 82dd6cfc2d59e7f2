"""Requests to a large directory, as a mix of what workers would ask, the same for the same seed.

Half draw their needs by popularity, half uniformly, so that rare needs come as often as common ones
and searches reach far. One in five starts from any ZIP of a state,
the others from where people live.
"""

from __future__ import annotations

import random
from datetime import timedelta
from functools import cache

from ccr.domain.directory import Place
from ccr.domain.routing_request import RouteRequest
from ccr.domain.taxonomy import Access, AgeBand, Gender, Need, Track, Transport, Urgency
from tests.bench.directory_parts import GAZETTEER, LANGUAGES, NEEDS, POPULARITY, crowds, towns
from tests.bench.large_directory import LargeDirectory
from tests.builders import NOW

_HOURS_LATER = (0, 0, 0, 0, 2, 5, 13, 40)


def requests_to(directory: LargeDirectory, count: int, seed: int) -> list[RouteRequest]:
    """Return so many requests."""
    rng = random.Random(f"{directory.seed}/{directory.size}/{seed}")
    return [_request(directory, rng, popular=n % 2 == 0) for n in range(count)]


def _request(directory: LargeDirectory, rng: random.Random, *, popular: bool) -> RouteRequest:
    sender = rng.randrange(len(directory.members))
    if rng.random() < 0.1:
        sender = rng.randrange(min(20, len(directory.members)))
    excluded = rng.sample(directory.members, rng.choice([0, 0, 1, 2, 3]))
    return RouteRequest(
        needs=_needs(rng, popular=popular),
        near=_near(rng, directory),
        at=NOW + timedelta(hours=rng.choice(_HOURS_LATER)),
        track=rng.choice([Track.SURVIVOR] * 7 + [Track.CHILD, Track.OTHER, Track.ABUSIVE_PARTNER]),
        urgency=rng.choice([Urgency.STANDARD] * 6 + [Urgency.HIGH] * 2 + [Urgency.IMMEDIATE] * 2),
        language=rng.choice([None] * 7 + ["es", "es", rng.choice(LANGUAGES)]),
        access=frozenset(rng.sample(list(Access), rng.choice([0, 0, 0, 0, 1, 2]))),
        age_band=rng.choice([None, *AgeBand]),
        gender=rng.choice([None, Gender.WOMEN, Gender.WOMEN, Gender.MEN]),
        transport=rng.choice([Transport.CAR] * 6 + [Transport.TRANSIT] * 3 + [Transport.FOOT]),
        excluded_members=frozenset(member.id for member in excluded),
        sender_member_id=directory.members[sender].id,
        sender_compartment_id=directory.compartments[sender],
    )


def _needs(rng: random.Random, *, popular: bool) -> tuple[Need, ...]:
    most = rng.choices([1, 2, 3, 4, 5], [55, 25, 12, 5, 3])[0]
    if not popular:
        return tuple(rng.sample(NEEDS, most))
    found: dict[Need, None] = {}
    while len(found) < most:
        found[rng.choices(NEEDS, POPULARITY)[0]] = None
    return tuple(found)


def _near(rng: random.Random, directory: LargeDirectory) -> Place:
    town = rng.choices(towns(), cum_weights=_cumulated(directory.seed, directory.size))[0]
    if rng.random() < 0.2:
        town = rng.choice([other for other in towns() if other.state == town.state])
    if rng.random() < 0.1:
        fact = GAZETTEER.county(town.county_fips)
        assert fact is not None
        return GAZETTEER.resolve(fact.label)
    return GAZETTEER.resolve(town.zip_code)


@cache
def _cumulated(seed: int, size: int) -> list[float]:
    sums: list[float] = crowds(seed, size).cumsum().tolist()
    return sums
