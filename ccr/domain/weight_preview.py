"""What other weights would do, shown on made-up requests: never on one that somebody asked.

What lives here: the examples, where they ask from, and how two answers to one of them differ. What
must not: ranking, the clock, words for a page. Only partners with a public place are compared:
weights do not move the others, which stand in a fixed order (R49).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.directory import Agreement, Place, Service
from ccr.domain.phrases import Phrase
from ccr.domain.routing_request import Partner, RouteAnswer, RouteRequest
from ccr.domain.taxonomy import Need, Transport, Urgency

FIRST = 5
"""Partners compared for each example."""
LOOKED_AT = 25
"""Partners ranked for each example, so that one which leaves the first five still has a place."""
MOST_PLACES = 3


@dataclass(frozen=True, slots=True)
class Example:
    """A made-up request.

    Attributes:
        place: which of the network's places it asks from (see `example_places`), 0 to 2.
        hour: the hour of the day in the network, 0 to 23.
        language: ISO 639-1 code, or None for English.
    """

    needs: tuple[Need, ...]
    place: int
    hour: int
    transport: Transport = Transport.CAR
    urgency: Urgency = Urgency.STANDARD
    language: str | None = None


EXAMPLES = (
    Example((Need.ADVOCACY,), 0, 14),
    Example((Need.ADVOCACY, Need.PROTECTION_ORDER), 0, 10, Transport.TRANSIT, Urgency.HIGH, "es"),
    Example((Need.COUNSELING,), 1, 10, Transport.FOOT),
    Example((Need.FAMILY_LAW,), 1, 14, language="es"),
    Example((Need.HOUSING, Need.ECONOMIC), 0, 9, Transport.TRANSIT, Urgency.HIGH),
    Example((Need.IMMEDIATE_SAFETY,), 0, 22, urgency=Urgency.IMMEDIATE),
    Example((Need.MEDICAL,), 2, 3, urgency=Urgency.IMMEDIATE),
    Example((Need.SUPPORT_GROUP, Need.CHILDREN), 2, 18),
    Example((Need.FOOD,), 0, 18, Transport.FOOT, Urgency.HIGH),
    Example((Need.IMMIGRATION_LAW,), 1, 11, Transport.TRANSIT, language="ar"),
)
"""Needs, languages, ways and hours that differ, so that each weight can show what it does."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a partner stands for an example: its place from 1, its effective minutes."""

    place: int
    minutes: int


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part of the minutes that differs: its name, whole minutes before and after."""

    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Move:
    """One partner under both weights. None: not among those looked at.

    `stopped` says which limit keeps it out under the proposed weights, where one does.
    """

    service: Service
    before: Standing | None
    after: Standing | None
    parts: tuple[PartChange, ...] = ()
    stopped: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One example under both weights: the first partners of either, and the cheapest plan.

    `plan` is (before, after) in effective minutes, for examples with more than one need.
    """

    example: Example
    near: Place
    moves: tuple[Move, ...]
    plan: tuple[int | None, int | None] = (None, None)

    @property
    def changed(self) -> bool:
        """Return True when anything of it differs."""
        return self.plan[0] != self.plan[1] or any(
            move.before != move.after or move.parts for move in self.moves
        )


def example_places(services: Iterable[Service]) -> tuple[str, ...]:
    """Return the ZIPs to ask from: the commonest one of each of the three counties with most sites.

    Public sites alone are counted; the answer is empty where none has a ZIP and a county.
    """
    zips: dict[str, Counter[str]] = {}
    for service in services:
        for site in () if service.confidential else service.sites:
            if site.county_fips and site.zip_code:
                zips.setdefault(site.county_fips, Counter())[site.zip_code] += 1
    counties = sorted(zips, key=lambda fips: (-zips[fips].total(), fips))
    return tuple(
        min(zips[fips], key=lambda code, of=fips: (-zips[of][code], code))  # type: ignore[misc]
        for fips in counties[:MOST_PLACES]
    )


def example_sender(agreements_of: Mapping[UUID, Sequence[Agreement]]) -> UUID | None:
    """Return the member the examples are sent by: the one with most agreements, or nobody."""
    return min(
        agreements_of,
        key=lambda member_id: (-len(agreements_of[member_id]), member_id),
        default=None,
    )


def request_of(
    example: Example,
    places: Sequence[Place],
    *,
    sender: UUID | None,
    at: datetime,
    timezone: str,
) -> RouteRequest:
    """Return the request that an example makes on the day of `at` in the network.

    Args:
        places: at least one.
    """
    moment = at.astimezone(ZoneInfo(timezone)).replace(
        hour=example.hour, minute=0, second=0, microsecond=0
    )
    return RouteRequest(
        needs=example.needs,
        near=places[example.place % len(places)],
        at=moment.astimezone(at.tzinfo),
        urgency=example.urgency,
        language=example.language,
        transport=example.transport,
        sender_member_id=sender,
        limit=LOOKED_AT,
    )


def compare(example: Example, before: RouteAnswer, after: RouteAnswer) -> Comparison:
    """Return how two answers to one example differ, in the order of the second."""
    was, now = _standings(before), _standings(after)
    stopped = {item.service.id: item.text for item in after.why_not}
    first = dict.fromkeys(p.service.id for p in [*after.partners[:FIRST], *before.partners[:FIRST]])
    moves = [_move(was.get(i), now.get(i), stopped.get(i)) for i in first]
    return Comparison(
        example, before.request.near, tuple(moves), (_cheapest(before), _cheapest(after))
    )


def _standings(answer: RouteAnswer) -> dict[UUID, tuple[Standing, Partner]]:
    return {
        partner.service.id: (Standing(place, partner.effective_minutes), partner)
        for place, partner in enumerate(answer.partners, start=1)
    }


def _move(
    was: tuple[Standing, Partner] | None,
    now: tuple[Standing, Partner] | None,
    stopped: Phrase | None,
) -> Move:
    if was is None or now is None:
        (_, partner) = was or now  # type: ignore[misc]  # one of the first five of either
        return Move(
            partner.service,
            was[0] if was else None,
            now[0] if now else None,
            stopped=stopped if now is None else None,
        )
    old = {part.name: part.minutes for part in was[1].parts}
    new = {part.name: part.minutes for part in now[1].parts}
    parts = tuple(
        PartChange(name, old.get(name, 0), new.get(name, 0))
        for name in dict.fromkeys([*old, *new])
        if old.get(name, 0) != new.get(name, 0)
    )
    return Move(now[1].service, was[0], now[0], parts)


def _cheapest(answer: RouteAnswer) -> int | None:
    return min((plan.effective_minutes for plan in answer.plans), default=None)
